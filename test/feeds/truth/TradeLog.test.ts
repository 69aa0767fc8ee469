// Proves the continuity of dense trade ids: what is repeated, what is missed, and a venue that counts anew.
import { assert, describe, it } from "@effect/vitest"
import { MarketId } from "../../../src/domain/Market.ts"
import { FeedExchange } from "../../../src/feeds/FeedExchange.ts"
import { TradeLog } from "../../../src/feeds/truth/TradeLog.ts"

const stage = () => {
  const told: Array<string> = []
  const emit = (event: { readonly type: string; readonly reason?: string | null }): void => {
    if (event.type === "status") told.push(event.reason ?? "")
  }
  const exchange = new FeedExchange(MarketId.make(1), "X", { wanted: true, emit }, 0)
  const log = new TradeLog(true, exchange)
  const add = (...ids: ReadonlyArray<number>) =>
    log.add(
      ids.map((id) => ({ id, price: 1, size: 1, side: "buy" as const, time: null })),
      1
    )
  const counts = () => {
    const { trades, trades_missed, trades_repeated } = exchange.counts
    return [trades, trades_missed, trades_repeated]
  }
  return { log, add, told, counts }
}

describe("TradeLog", () => {
  it("tells every trade of a venue that counts anew, and holds it to its new count", () => {
    const { add, told, counts } = stage()
    add(5_001, 5_002, 3, 4, 4, 6)
    assert.deepStrictEqual(counts(), [5, 1, 1])
    assert.deepStrictEqual(told, ["trade ids begin anew: 3 after 5002", "trades missed: 5"])
  })

  it("learns of it by history too", () => {
    const { log, add, told, counts } = stage()
    add(5_001)
    log.anchor(7, 1)
    add(7, 8)
    assert.deepStrictEqual(counts(), [2, 0, 1])
    assert.deepStrictEqual(told, ["trade ids begin anew: 7 after 5001"])
  })

  it("takes a late repetition for one, however late a network makes it", () => {
    const { add, told, counts } = stage()
    add(5_001, 5_002, 4_003)
    assert.deepStrictEqual(counts(), [2, 0, 1])
    assert.isEmpty(told)
  })
})
