// What leaves a feed of a venue's own words: safe to print, and bounded, whichever way they come.
import { assert, describe, it } from "@effect/vitest"
import { MarketId } from "../../../src/domain/Market.ts"
import { ConnectionLost, SymbolRejected } from "../../../src/feeds/core/ConnectionLost.ts"
import { Broken } from "../../../src/feeds/core/LossCause.ts"
import type { FeedEvent } from "../../../src/feeds/core/FeedEvent.ts"
import { FeedExchange } from "../../../src/feeds/core/FeedExchange.ts"

const NASTY = "no\r\n2026-11-28 FATAL forged\u001b[2J\u202egnp"
const SAFE = "no\\r\\n2026-11-28 FATAL forged\\u{001b}[2J\\u{202e}gnp"

const setUp = () => {
  const events: Array<FeedEvent> = []
  const sink = { wanted: true, emit: (event: FeedEvent) => void events.push(event) }
  const exchange = new FeedExchange(MarketId.make(1), "KRAKEN.SPOT:BTC-USD", sink, 0)
  exchange.signal("dial", null, 1)
  return { exchange, events, reasons: () => events.flatMap((event) => (event.type === "status" ? [event.reason] : [])) }
}

describe("what a venue says", () => {
  it("is safe in the label, in status events and in what is told beside", () => {
    const { exchange, reasons } = setUp()
    exchange.signal("disconnected", NASTY, 2, 3)
    exchange.report(NASTY, 4)
    assert.deepStrictEqual(reasons(), [null, SAFE, SAFE])
    assert.strictEqual(exchange.status().reason, SAFE)
    // the same again is no news
    exchange.signal("disconnected", NASTY, 5, 6)
    assert.lengthOf(reasons(), 3)
  })

  it("is safe as a sample of an unknown frame", () => {
    const { exchange } = setUp()
    exchange.unreadable(NASTY)
    assert.strictEqual(exchange.view().unknown_sample, SAFE)
  })

  it("is bounded everywhere", () => {
    const { exchange, reasons } = setUp()
    exchange.signal("disconnected", "x".repeat(1e6), 2, 3)
    exchange.unreadable("x".repeat(1e6))
    assert.isAtMost(reasons()[1]?.length ?? 0, 400)
    assert.isAtMost(exchange.view().unknown_sample?.length ?? 0, 256)
  })

  it("is safe in errors, which are logged as they are", () => {
    assert.strictEqual(new ConnectionLost({ cause: new Broken({ code: null, says: NASTY }) }).detail, SAFE)
    assert.strictEqual(new SymbolRejected({ detail: NASTY }).detail, SAFE)
  })
})
