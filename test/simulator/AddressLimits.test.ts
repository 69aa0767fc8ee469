// What a simulated venue allows an address, against a naive count of every window, and what a breach costs.
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { AddressLimits, SlidingWindow } from "../../src/simulator/AddressLimits.ts"
import type { SimLimits } from "../../src/simulator/Venue.ts"

const limits: SimLimits = {
  connects: { count: 2, perMs: 1_000 },
  messages: { count: 1, perMs: 1 },
  rest: { weight: 10, perMs: 1_000, weightOf: (path) => Number(path) },
  marketsPerSocket: 1,
  ban: { status: 429, ms: 5_000 }
}

const Spends = Schema.Array(
  Schema.Tuple([
    Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 400_000 })),
    Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 4 }))
  ])
)

describe("SlidingWindow", () => {
  it.prop(
    "allows exactly what fits into every window",
    [Spends],
    ([spends]) => {
      const window = new SlidingWindow(6, 1_000)
      const allowed: Array<readonly [number, number]> = []
      let at = 0
      for (const [pause, weight] of spends) {
        at += pause
        const used = allowed.filter(([when]) => at - when < 1_000_000).reduce((sum, [, spent]) => sum + spent, 0)
        assert.strictEqual(window.used(at), used)
        assert.strictEqual(window.spend(weight, at), used + weight <= 6)
        if (used + weight <= 6) allowed.push([at, weight])
      }
    },
    { arbitrary: { runs: 500 } }
  )

  it("forgets what is long over", () => {
    const window = new SlidingWindow(5, 1)
    for (let at = 0; at < 20_000_000; at += 1_000) assert.isTrue(window.spend(5, at))
  })
})

describe("AddressLimits", () => {
  it("bans for the whole time after a connect too many, calls as well", () => {
    const address = new AddressLimits(limits)
    assert.isNull(address.connect(0))
    assert.isNull(address.connect(1))
    assert.deepStrictEqual(address.connect(2), { status: 429, retryAfterS: 5 })
    assert.deepStrictEqual(address.call("1", 4_000_002), { status: 429, retryAfterS: 1 })
    assert.isNull(address.call("1", 5_000_002))
    assert.isNull(address.connect(5_000_002))
    assert.strictEqual(address.bans, 1)
  })

  it("counts calls by their weight", () => {
    const address = new AddressLimits(limits)
    assert.isNull(address.call("6", 0))
    assert.isNull(address.call("4", 0))
    assert.isNull(address.call("10", 1_000_000))
    assert.strictEqual(address.call("1", 1_999_999)?.status, 429)
  })

  it("leaves calls alone where the venue limits none", () => {
    const address = new AddressLimits({ ...limits, rest: null })
    for (let n = 0; n < 1_000; n++) assert.isNull(address.call("9", n))
  })
})
