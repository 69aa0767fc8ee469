// The arithmetic of a venue's limit, against a naive count of every window, and what is promised about waiting.
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { Allowance } from "../../../src/feeds/venue/Allowance.ts"

const rate = { count: 10, perMs: 1_000 }
const Ask = Schema.Struct({
  weight: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 12 })),
  later: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 900 }))
})

describe("Allowance", () => {
  it.prop(
    "never spends more than its count in any window, and waits no longer than it must",
    [Schema.Array(Ask).check(Schema.isMaxLength(40))],
    ([asks]) => {
      const allowance = new Allowance(rate)
      const spent: Array<{ readonly at: number; readonly weight: number }> = []
      let now = 0
      const inWindow = (at: number) => spent.reduce((sum, entry) => sum + (entry.at > at - 1_120 ? entry.weight : 0), 0)
      for (const { weight, later } of asks) {
        now += later
        const wait = allowance.wait(weight, now)
        const counted = Math.min(weight, rate.count)
        // a moment earlier it would not have fitted
        if (wait > 0) assert.isAbove(inWindow(now + wait - 0.001) + counted, rate.count)
        now += wait
        assert.strictEqual(allowance.wait(weight, now), 0)
        allowance.spend(weight, now)
        spent.push({ at: now, weight: counted })
        assert.isAtMost(inWindow(now), rate.count)
        assert.strictEqual(allowance.left(now), rate.count - inWindow(now))
      }
    },
    { arbitrary: { runs: 1_000 } }
  )

  it("foretells the wait of those behind: whole windows for what does not fit into one", () => {
    const allowance = new Allowance(rate)
    assert.strictEqual(allowance.wait(1, 0, 9), 0)
    assert.strictEqual(allowance.wait(1, 0, 10), 1_120)
    assert.strictEqual(allowance.wait(1, 0, 25), 2_240)
    allowance.spend(4, 0)
    allowance.spend(4, 500)
    assert.strictEqual(allowance.wait(2, 600), 0)
    assert.strictEqual(allowance.wait(3, 600), 520)
    assert.strictEqual(allowance.wait(7, 600), 1_020)
  })

  it("keeps a pause that the venue asked for, and gives back what never reached it", () => {
    const allowance = new Allowance(rate)
    allowance.block(5_000)
    assert.strictEqual(allowance.wait(1, 1_000), 4_000)
    assert.strictEqual(allowance.left(1_000), 0)
    allowance.block(2_000)
    assert.strictEqual(allowance.wait(1, 1_000), 4_000)
    for (let i = 0; i < 10; i++) allowance.spend(1, 5_000)
    assert.strictEqual(allowance.left(5_000), 0)
    allowance.refund(1)
    assert.strictEqual(allowance.left(5_000), 1)
  })
})
