// Owns the proof that each trade leaves once: what is repeated, what is missed, and a venue that counts from a lower
// number.
import { assert, describe, it } from "@effect/vitest"
import { MarketId } from "../../../src/domain/Market.ts"
import { FeedExchange } from "../../../src/feeds/core/FeedExchange.ts"
import { MarketMemory } from "../../../src/feeds/truth/MarketMemory.ts"
import { TradeLog } from "../../../src/feeds/truth/TradeLog.ts"
import type { Fill } from "../../../src/schemes/Instruction.ts"

const stage = (ids: "dense" | "unique" | "none" = "dense") => {
  const reported: Array<string> = []
  const passed: Array<string | number | null> = []
  const emit = (event: {
    readonly type: string
    readonly reason?: string | null
    readonly id?: string | number | null
  }): void => {
    if (event.type === "status") reported.push(event.reason ?? "")
    if (event.type === "trade") passed.push(event.id ?? null)
  }
  const exchange = new FeedExchange(MarketId.make(1), "X", { wanted: true, emit }, 0)
  const memory = new MarketMemory()
  const log = new TradeLog(ids, exchange, memory)
  const fill = (id: number | string, time: number | null = null, size = 1): Fill => ({
    id,
    price: 1,
    size,
    side: "buy",
    time
  })
  const add = (...trades: ReadonlyArray<number>) =>
    log.add(
      trades.map((id) => fill(id)),
      1
    )
  const counts = () => {
    const { trades, trades_missed, trades_repeated } = exchange.counts
    return [trades, trades_missed, trades_repeated]
  }
  const again = () => new TradeLog(ids, exchange, memory)
  return { log, fill, add, reported, passed, counts, again }
}

describe("dense trade ids", () => {
  it("far below the last are a new count, which is followed and held to itself", () => {
    const { add, reported, counts } = stage()
    add(5_001, 5_002, 3, 4, 4, 6)
    assert.deepStrictEqual(counts(), [5, 3, 1])
    assert.deepStrictEqual(reported, [
      "trade ids begin again: 3 after 5002",
      "trades missed: 1 to 2",
      "trades missed: 5"
    ])
  })

  it("far below the last may be learnt of by history too", () => {
    const { log, add, reported, counts } = stage()
    add(5_001)
    log.anchor(7, 1)
    add(7, 8)
    assert.deepStrictEqual(counts(), [2, 7, 1])
    assert.deepStrictEqual(reported, ["trade ids begin again: 7 after 5001", "trades missed: 1 to 7"])
  })

  it("take a late repetition for one, however late a network makes it", () => {
    const { add, reported, counts } = stage()
    add(5_001, 5_002, 4_003)
    assert.deepStrictEqual(counts(), [2, 0, 1])
    assert.isEmpty(reported)
  })

  it("of a young market begin again at 1 after 600: known by their times", () => {
    const { log, fill, reported, passed } = stage()
    log.add([fill(599, 1_000), fill(600, 2_000)], 1)
    log.add([fill(1, 3_000), fill(2, 3_000), fill(3, 4_000)], 2)
    assert.deepStrictEqual(passed, [599, 600, 1, 2, 3])
    assert.deepStrictEqual(reported, ["trade ids begin again: 1 after 600"])
  })

  it("that come again with another time are other trades, also where the count had begun at 1 itself", () => {
    const { log, fill, passed, counts } = stage()
    log.add([fill(1, 1_000), fill(2, 2_000), fill(3, 3_000)], 1)
    log.add([fill(2, 2_000)], 2)
    assert.deepStrictEqual(counts(), [3, 0, 1])
    log.add([fill(1, 9_000), fill(2, 9_500)], 3)
    assert.deepStrictEqual(passed, [1, 2, 3, 1, 2])
  })

  it("of a market that is known by a few trades begin again just below them", () => {
    const { log, fill, passed } = stage()
    log.add([fill(20, 1_000), fill(21, 2_000)], 1)
    log.add([fill(1, 3_000), fill(2, 4_000)], 2)
    assert.deepStrictEqual(passed, [20, 21, 1, 2])
  })

  it("begin again far below all that are known although the venue's clock stands still", () => {
    const { log, fill, passed } = stage()
    log.add([fill(600, 1_000), fill(601, 1_000)], 1)
    log.add([fill(2, 1_000), fill(3, 1_000)], 2)
    assert.deepStrictEqual(passed, [600, 601, 2, 3])
  })

  it("of older trades that come late are repetitions or late, never a new count", () => {
    const { log, fill, reported, counts } = stage()
    log.add([fill(100, 5_000), fill(101, 6_000)], 1)
    log.add([fill(40, 1_000), fill(99, 4_000)], 2)
    assert.deepStrictEqual(counts(), [2, 0, 2])
    assert.isEmpty(reported)
  })
})

describe("unique trade ids", () => {
  it("pass once, whenever they come again", () => {
    const { log, fill, passed, counts } = stage("unique")
    log.add([fill("aaaa-1"), fill("aaaa-2")], 1)
    log.add([fill("aaaa-2"), fill("aaaa-1"), fill("aaaa-3")], 2)
    assert.deepStrictEqual(passed, ["aaaa-1", "aaaa-2", "aaaa-3"])
    assert.deepStrictEqual(counts(), [3, 0, 2])
  })

  it("that are a millisecond stand for several trades, told apart by size", () => {
    const { log, fill, counts } = stage("unique")
    log.add([fill(1_700_000_000_000, null, 1), fill(1_700_000_000_000, null, 2)], 1)
    assert.deepStrictEqual(counts(), [2, 0, 0])
  })

  it("are remembered up to a bound, the oldest forgotten first", () => {
    const { log, fill, counts } = stage("unique")
    for (let id = 1; id <= 513; id++) log.add([fill(id)], 1)
    log.add([fill(2), fill(513)], 2)
    assert.deepStrictEqual(counts(), [513, 0, 2])
    log.add([fill(1)], 3)
    assert.deepStrictEqual(counts(), [514, 0, 2])
  })
})

describe("trades without ids", () => {
  const nameless = (fill: Fill): Fill => ({ ...fill, id: null })
  it("pass as they come where they have no time either", () => {
    const { log, fill, counts } = stage("none")
    log.add([nameless(fill(1)), nameless(fill(1))], 1)
    log.add([nameless(fill(1))], 2)
    assert.deepStrictEqual(counts(), [3, 0, 0])
  })

  it("are two within one frame, and the same in a later one or after a reconnect", () => {
    const { log, fill, counts, again } = stage("none")
    log.add([nameless(fill(1, 5)), nameless(fill(1, 5))], 1)
    log.add([nameless(fill(1, 5)), nameless(fill(1, 5, 2)), nameless(fill(1, 6))], 2)
    assert.deepStrictEqual(counts(), [4, 0, 1])
    again().add([nameless(fill(1, 6)), nameless(fill(1, 7))], 3)
    assert.deepStrictEqual(counts(), [5, 0, 2])
  })
})
