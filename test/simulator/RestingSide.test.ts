// One side of the simulated book against a naive one: orders in a list by price, whatever comes to rest, is taken or
// goes.
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { RestingSide } from "../../src/simulator/RestingSide.ts"
import type { SimLevel } from "../../src/simulator/Venue.ts"

const LISTING = { symbol: "X", base: "X", quote: "Y", priceDecimals: 1, sizeDecimals: 2, price: 100, size: 1 }

const Upto = (maximum: number) => Schema.Int.check(Schema.isBetween({ minimum: 0, maximum }))
/** What is done, where and how much of it, as shares of what there is. */
const Acts = Schema.Array(Schema.Tuple([Upto(5), Upto(99), Upto(99)]))

/** Orders by tick, oldest first. */
class NaiveSide {
  readonly orders = new Map<number, Array<number>>()
  readonly sign: number
  constructor(sign: number) {
    this.sign = sign
  }
  get ticks(): ReadonlyArray<number> {
    return [...this.orders.keys()].sort((a, b) => this.sign * (a - b))
  }
  tidy(): void {
    for (const [tick, orders] of this.orders) {
      const left = orders.filter((lots) => lots > 0)
      if (left.length === 0) this.orders.delete(tick)
      else this.orders.set(tick, left)
    }
  }
  get levels(): ReadonlyArray<SimLevel> {
    return this.ticks.map((tick) => {
      const orders = this.orders.get(tick)!
      const lots = orders.reduce((sum, one) => sum + one, 0)
      return { price: (tick / 10).toFixed(1), size: (lots / 100).toFixed(2), orders: orders.length }
    })
  }
}

const act = (side: RestingSide, naive: NaiveSide, [what, where, much]: readonly [number, number, number]): void => {
  const { ticks } = naive
  if (what >= 3 || ticks.length === 0) {
    const tick = 900 + where
    side.rest(tick, 1 + much)
    naive.orders.set(tick, [...(naive.orders.get(tick) ?? []), 1 + much])
  } else if (what === 0) {
    const orders = naive.orders.get(ticks[0]!)!
    const taken = Math.min(orders[0]!, 1 + much)
    assert.strictEqual(side.takeBest(1 + much), taken)
    orders[0]! -= taken
  } else if (what === 1) {
    const rank = Math.floor((where / 100) * ticks.length)
    const orders = naive.orders.get(ticks[rank]!)!
    const place = Math.floor((much / 100) * orders.length)
    side.cancel(rank, much / 100, 0.5)
    orders[place]! -= Math.ceil(orders[place]! * 0.5)
  } else {
    side.dropWorst()
    naive.orders.delete(ticks.at(-1)!)
  }
  naive.tidy()
}

describe("RestingSide", () => {
  it.prop(
    "holds what the naive side holds, and tells what changed",
    [Schema.Boolean, Schema.Array(Acts)],
    ([bids, rounds]) => {
      const side = new RestingSide(bids ? "bid" : "ask", LISTING)
      const naive = new NaiveSide(bids ? -1 : 1)
      let before: ReadonlyArray<SimLevel> = []
      for (const acts of rounds) {
        for (const one of acts) act(side, naive, one)
        const changes = side.settle()
        const { levels } = naive
        assert.deepStrictEqual(side.views, levels)
        assert.strictEqual(side.length, levels.length)
        const gone = before
          .filter(({ price }) => !levels.some((level) => level.price === price))
          .map(({ price }) => ({ price, size: "0.00", orders: 0 }))
        const set = levels.filter(
          (level) =>
            !before.some(
              ({ price, size, orders }) => price === level.price && size === level.size && orders === level.orders
            )
        )
        assert.sameDeepMembers([...changes], [...gone, ...set])
        before = levels
      }
    },
    { arbitrary: { runs: 500 } }
  )
})
