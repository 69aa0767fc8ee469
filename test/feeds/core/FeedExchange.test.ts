// What leaves a feed of a venue's own words: safe to print, and bounded, whichever way they come; and that a value that
// no event can have costs no book.
import { assert, describe, it } from "@effect/vitest"
import { MarketId } from "../../../src/domain/Market.ts"
import { ConnectionLost, SymbolRejected } from "../../../src/feeds/core/ConnectionLost.ts"
import { Broken } from "../../../src/feeds/core/LossCause.ts"
import type { FeedEvent } from "../../../src/feeds/core/FeedEvent.ts"
import type { StatusReason } from "../../../src/feeds/core/StatusReason.ts"
import { FeedExchange } from "../../../src/feeds/core/FeedExchange.ts"
import { Hub } from "../../../src/hub/Hub.ts"
import { ManualTimers } from "../../support/manualTimers.ts"
import { StagedFeed, stagedMarket } from "../../support/StagedFeed.ts"

const NASTY = "no\r\n2026-11-28 FATAL forged\u001b[2J\u202egnp"
const SAFE = "no\\r\\n2026-11-28 FATAL forged\\u{001b}[2J\\u{202e}gnp"

const SAID: StatusReason = { code: "closed", text: NASTY }

const setUp = () => {
  const events: Array<FeedEvent> = []
  const sink = { wanted: true, emit: (event: FeedEvent) => void events.push(event) }
  const exchange = new FeedExchange(MarketId.make(1), "KRAKEN.SPOT:BTC-USD", sink, 0)
  exchange.signal("dial", null, 1)
  const statuses = () => events.flatMap((event) => (event.type === "status" ? [event] : []))
  const reasons = () => statuses().map(({ reason }) => reason)
  return { exchange, events, reasons, codes: () => statuses().map(({ reason_code }) => reason_code) }
}

describe("the label's reason", () => {
  it("is the place in a queue while the feed waits there, with a code of its own", () => {
    const { exchange } = setUp()
    exchange.signal("disconnected", SAID, 2, 3)
    let left = 3
    exchange.queue(() => `dials again in ${left} s`)
    assert.deepInclude(exchange.status(), { reason: "dials again in 3 s", reason_code: "queued" })
    left = 2
    assert.strictEqual(exchange.status().reason, "dials again in 2 s")
    exchange.queue(null)
    assert.deepInclude(exchange.status(), { reason: SAFE, reason_code: "closed" })
  })

  it("is none where the book is live, not even a place in a queue", () => {
    const { exchange, reasons, codes } = setUp()
    exchange.signal("connected", { code: "first_book", text: "waiting for the first book" }, 2)
    exchange.signal("synced", null, 3)
    exchange.queue(() => "waiting for its turn")
    assert.deepInclude(exchange.status(), { state: "live", reason: null, reason_code: null })
    assert.deepStrictEqual(
      [reasons(), codes()],
      [
        [null, "waiting for the first book", null],
        [null, "first_book", null]
      ]
    )
  })
})

describe("what a venue says", () => {
  it("is safe in the label, in status events and in what is reported beside", () => {
    const { exchange, reasons, codes } = setUp()
    exchange.signal("disconnected", SAID, 2, 3)
    exchange.report(SAID, 4)
    assert.deepStrictEqual(reasons(), [null, SAFE, SAFE])
    assert.strictEqual(exchange.status().reason, SAFE)
    assert.deepStrictEqual([exchange.status().reason_code, ...codes()], ["closed", null, "closed", "closed"])
    // the same again is no news
    exchange.signal("disconnected", SAID, 5, 6)
    assert.lengthOf(reasons(), 3)
  })

  it("is safe as a sample of an unknown frame", () => {
    const { exchange } = setUp()
    exchange.unreadable(NASTY)
    assert.strictEqual(exchange.view().unknown_sample, SAFE)
  })

  it("is bounded everywhere", () => {
    const { exchange, reasons } = setUp()
    exchange.signal("disconnected", { code: "closed", text: "x".repeat(1e6) }, 2, 3)
    exchange.unreadable("x".repeat(1e6))
    assert.isAtMost(reasons()[1]?.length ?? 0, 400)
    assert.isAtMost(exchange.view().unknown_sample?.length ?? 0, 256)
  })

  it("is safe in errors, which are logged as they are", () => {
    assert.strictEqual(new ConnectionLost({ cause: new Broken({ code: null, says: NASTY }) }).detail, SAFE)
    assert.strictEqual(new SymbolRejected({ detail: NASTY }).detail, SAFE)
  })
})

describe("a value that no event can have", () => {
  it("leaves the book live, is counted, and reaches nobody", () => {
    const hub = new Hub(1_000, new ManualTimers())
    const feed = new StagedFeed(hub, stagedMarket(1))
    feed.snapshot([["100", "1"]], [["101", "2"]])
    const topic = feed.channel.topic("trade")
    topic.hold()
    const { exchange } = feed.feed
    const [before, book] = [exchange.status(), feed.text]
    const fields = { id: 1, price: "100", size: "1", side: "buy" } as const
    exchange.emit("trade", { ...fields, price: "" }, null, 1)
    exchange.emit("trade", { ...fields, size: NaN }, null, 2)
    assert.strictEqual(before.state, "live")
    assert.deepStrictEqual([exchange.status(), feed.text], [before, book])
    assert.strictEqual(topic.count, 0)
    assert.strictEqual(exchange.counts.unknown, 2)
    assert.strictEqual(exchange.view().unknown_sample, 'trade {"id":1,"price":"100","size":null,"side":"buy"}')
    exchange.emit("trade", fields, null, 3)
    assert.deepStrictEqual([topic.count, exchange.seq], [1, before.seq + 1])
    hub.close()
  })
})
