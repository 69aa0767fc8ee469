// Holds the plan of a run of chaos to its word: the same seed, the same faults, and no venue struck oftener than it can bear.
import { assert, describe, it } from "@effect/vitest"
import { planOf, type Target } from "../../../scripts/chaos/Plan.ts"
import { FAULT_NAMES } from "../../../src/simulator/Faults.ts"

const targets: ReadonlyArray<Target> = [
  { exchange: "Kraken", market_type: "SPOT", symbols: ["BTC/USD", "ETH/USD"], asksRest: false, mostFaults: 99 },
  { exchange: "Binance", market_type: "PERP", symbols: ["BTCUSDT"], asksRest: true, mostFaults: 99 }
]

describe("planOf", () => {
  it("is the same for the same seed, and another for another", () => {
    assert.deepStrictEqual(planOf("7", 100_000, targets), planOf("7", 100_000, targets))
    assert.notDeepEqual(planOf("7", 100_000, targets), planOf("8", 100_000, targets))
  })

  it("strikes every venue with every kind but those that fall to the kill, each once and apart from the last", () => {
    const { faults, kill } = planOf("7", 200_000, targets)
    for (const { exchange } of targets) {
      const own = faults.filter(({ request }) => request.exchange === exchange)
      assert.isAtLeast(own.length, FAULT_NAMES.length - 3)
      assert.strictEqual(new Set(own.map(({ request }) => request.fault)).size, own.length)
    }
    for (const { afterMs, request } of faults) {
      const end = afterMs + (request.for_ms ?? 0)
      assert.isTrue(end <= kill.afterMs || afterMs >= kill.afterMs + kill.forMs, `${request.fault} at ${afterMs}`)
      assert.isAtMost(afterMs, 200_000)
    }
  })

  it("strikes a venue no oftener than its connects allow", () => {
    const { faults } = planOf("7", 200_000, [{ ...targets[0]!, mostFaults: 4 }])
    assert.isAtMost(faults.length, 4)
  })

  it("has something to do in the shortest run", () => {
    const { faults, database, kill } = planOf("7", 5_000, targets)
    assert.isAtMost(faults.length, targets.length)
    assert.isAbove(database.forMs, 0)
    assert.isBelow(kill.afterMs, 5_000)
  })
})
