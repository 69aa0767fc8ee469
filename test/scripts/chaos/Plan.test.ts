// Holds the plan of a run of chaos to its word: the same seed, the same faults, and no venue struck oftener than it can
// bear.
import { assert, describe, it } from "@effect/vitest"
import { planOf, type Target } from "../../../scripts/chaos/Plan.ts"
import { FAULT_NAMES } from "../../../src/simulator/Faults.ts"

const targets: ReadonlyArray<Target> = [
  {
    exchange: "Kraken",
    market_type: "SPOT",
    symbols: ["BTC/USD", "ETH/USD"],
    asksRest: false,
    lacks: ["ids_anew", "announce_shutdown"],
    connects: 999
  },
  { exchange: "Binance", market_type: "PERP", symbols: ["BTCUSDT"], asksRest: true, lacks: [], connects: 999 }
]

describe("planOf", () => {
  it("is the same for the same seed, and another for another", () => {
    assert.deepStrictEqual(planOf("7", 100_000, targets), planOf("7", 100_000, targets))
    assert.notDeepEqual(planOf("7", 100_000, targets), planOf("8", 100_000, targets))
  })

  it("strikes every venue with every kind that it can have, each once and apart from the last", () => {
    const { faults, kill } = planOf("7", 200_000, targets)
    for (const { exchange, lacks } of targets) {
      const own = faults.filter(({ request }) => request.exchange === exchange)
      const kinds = own.map(({ request }) => request.fault)
      assert.sameMembers(
        kinds,
        FAULT_NAMES.filter((name) => !lacks.includes(name))
      )
      own.slice(1).forEach(({ afterMs }, index) => assert.isAtLeast(afterMs - own[index]!.afterMs, 2_000))
    }
    for (const { afterMs, request } of faults) {
      const end = afterMs + (request.for_ms ?? 0)
      assert.isTrue(end <= kill.afterMs || afterMs >= kill.afterMs + kill.forMs, `${request.fault} at ${afterMs}`)
      assert.isAtMost(afterMs, 200_000)
    }
  })

  it("strikes a venue no oftener than its connects allow", () => {
    const kinds = (connects: number) =>
      planOf("7", 200_000, [{ ...targets[0]!, connects }]).faults.map(({ request }) => request.fault)
    assert.strictEqual(kinds(1).length, 1)
    const cutting = kinds(16).filter((name) => ["cut", "close", "restart", "maintenance", "refuse"].includes(name))
    assert.isAtMost(cutting.length, 4)
    assert.isAbove(kinds(16).length, 4)
  })

  it("lets a subscription die last, where nothing else will mend it, and gives ids that begin again their time", () => {
    for (const seed of ["1", "2", "3"]) {
      const own = planOf(seed, 120_000, targets).faults.filter(({ request }) => request.exchange === "Binance")
      assert.include(["dies", "acked_silent"], own.at(-1)!.request.fault)
      const trades = own.find(({ request }) => request.fault === "trades_anew")
      if (trades !== undefined) assert.isAbove(trades.afterMs, 0.6 * 120_000)
      const anew = own.findIndex(({ request }) => request.fault === "ids_anew")
      if (anew >= 0) assert.isAtLeast(own[anew + 1]!.afterMs - own[anew]!.afterMs, 9_000)
    }
  })

  it("sets the service's clock back and forward, and lets it sleep, none at the kill", () => {
    const { clock, kill } = planOf("7", 105_000, targets)
    assert.deepStrictEqual(
      clock.map(({ name }) => name),
      ["clock_back", "clock_forward", "sleep"]
    )
    for (const { afterMs, forMs } of clock)
      assert.isTrue(afterMs + forMs < kill.afterMs || afterMs > kill.afterMs + kill.forMs)
  })

  it("has something to do in the shortest run", () => {
    const { faults, database, kill } = planOf("7", 5_000, targets)
    assert.isAtMost(faults.length, targets.length)
    assert.isAbove(database.forMs, 0)
    assert.isBelow(kill.afterMs, 5_000)
  })
})
