// The window's changes against their definition: the old window with the changes applied is the new window, nothing in
// it is told twice, and nothing is told that did not change.
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { MatchingEngine } from "../../src/simulator/MatchingEngine.ts"
import { topChanges } from "../../src/simulator/topChanges.ts"
import type { SimLevel } from "../../src/simulator/Venue.ts"

const LISTING = {
  symbol: "X",
  base: "X",
  quote: "USD",
  priceDecimals: 2,
  sizeDecimals: 3,
  price: 100,
  size: 20.005
}

const applied = (
  window: ReadonlyArray<SimLevel>,
  changes: ReadonlyArray<SimLevel>,
  sign: number
): ReadonlyArray<SimLevel> => {
  const levels = new Map(window.map((level) => [level.price, level]))
  for (const change of changes) {
    if (change.orders > 0) levels.set(change.price, change)
    else {
      assert.match(change.size, /^0\.000$|^0+\.000$/)
      assert.isTrue(levels.delete(change.price), "what is removed was there")
    }
  }
  return [...levels.values()].sort((a, b) => sign * (Number(a.price) - Number(b.price)))
}

const Seed = Schema.Int
const Depth = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 70 }))
const Steps = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 40 }))

describe("topChanges", () => {
  it.prop("lead from window to window, over any number of steps", [Seed, Depth, Steps], ([seed, depth, steps]) => {
    const market = new MatchingEngine(LISTING, String(seed))
    for (let round = 0; round < 5; round++) {
      const { bids, asks } = market
      for (let n = 0; n < steps; n++) market.step(n)
      const changes = topChanges({ bids, asks }, market, depth)
      assert.deepStrictEqual(applied(bids.slice(0, depth), changes.bids, -1), market.bids.slice(0, depth))
      assert.deepStrictEqual(applied(asks.slice(0, depth), changes.asks, 1), market.asks.slice(0, depth))
      for (const [before, told] of [
        [bids, changes.bids],
        [asks, changes.asks]
      ] as const) {
        assert.strictEqual(new Set(told.map(({ price }) => price)).size, told.length)
        assert.isFalse(told.some((level) => before.slice(0, depth).includes(level)))
      }
    }
  })

  it.prop("without what was pushed out, a client that cuts its book has the same window", [Seed, Depth], (drawn) => {
    const [seed, depth] = drawn
    const market = new MatchingEngine(LISTING, String(seed))
    let window = market.bids.slice(0, depth)
    for (let n = 0; n < 60; n++) {
      const before = market.bids
      market.step(n)
      const { bids } = topChanges({ bids: before, asks: [] }, { bids: market.bids, asks: [] }, depth, false)
      window = applied(window, bids, -1).slice(0, depth)
      assert.deepStrictEqual(window, market.bids.slice(0, depth))
    }
  })

  it("writes a removal as a zero of the listing's decimals", () => {
    const level = { price: "1.50", size: "10.250", orders: 2 }
    assert.deepStrictEqual(topChanges({ bids: [level], asks: [] }, { bids: [], asks: [] }, 10).bids, [
      { price: "1.50", size: "0.000", orders: 0 }
    ])
  })
})
