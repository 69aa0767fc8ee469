// Faults by schedule: a file as it should be and as it should not, and plans that follow from their seed.
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem, Schema } from "effect"
import { FAULT_NAMES, WHOLE_VENUE } from "../../src/simulator/Faults.ts"
import { chaosPlan, readSchedule, ScheduledFault } from "../../src/simulator/FaultSchedule.ts"

const file = Effect.fnUntraced(function* (text: string) {
  const files = yield* FileSystem.FileSystem
  const path = yield* files.makeTempFileScoped({ suffix: ".json" })
  yield* files.writeFileString(path, text)
  return path
})

const TARGETS = [
  { exchange: "Kraken", market_type: "SPOT", symbols: ["BTC/USD", "ETH/USD"] },
  { exchange: "Binance", market_type: "PERP", symbols: ["BTCUSDT"] }
] as const

describe("readSchedule", () => {
  it.effect("gives the faults in order of time", () =>
    Effect.gen(function* () {
      const late = { after_ms: 9_000, exchange: "Kraken", fault: "drop" }
      const early = { after_ms: 0, exchange: "Kraken", fault: "close", code: 1013 }
      const path = yield* file(JSON.stringify([late, early]))
      assert.deepStrictEqual<ReadonlyArray<object>>(yield* readSchedule(path), [early, late])
    }).pipe(Effect.provide(NodeServices.layer), Effect.scoped)
  )

  it.effect.each(["", "{}", '[{"exchange":"Kraken","fault":"drop"}]', '[{"after_ms":1,"exchange":"X","fault":"no"}]'])(
    "refuses %j, and names the file",
    (text) =>
      Effect.gen(function* () {
        const path = yield* file(text)
        const error = yield* Effect.flip(readSchedule(path))
        assert.strictEqual(error._tag, "UnusableSchedule")
        assert.include(error.message, path)
      }).pipe(Effect.provide(NodeServices.layer), Effect.scoped)
  )

  it.effect("refuses a file that is not there", () =>
    Effect.gen(function* () {
      assert.include((yield* Effect.flip(readSchedule("/nowhere/faults.json"))).message, "/nowhere/faults.json")
    }).pipe(Effect.provide(NodeServices.layer))
  )
})

describe("chaosPlan", () => {
  const plan = (seed: string) => [...chaosPlan({ seed, everyMs: 500, untilMs: 600_000, targets: TARGETS })]

  it("follows from its seed", () => {
    assert.deepStrictEqual(plan("7"), plan("7"))
    assert.notDeepEqual(plan("7"), plan("8"))
  })

  it("strikes with every fault, every target, within its time, each as the simulator takes it", () => {
    const faults = plan("1")
    const is = Schema.is(ScheduledFault)
    assert.approximately(faults.length, 1_200, 200)
    assert.sameMembers([...new Set(faults.map(({ fault }) => fault))], [...FAULT_NAMES])
    assert.strictEqual(new Set(faults.map(({ exchange }) => exchange)).size, 2)
    let last = 0
    for (const planned of faults) {
      assert.isTrue(is(planned))
      assert.isTrue(planned.symbol === undefined || !WHOLE_VENUE.has(planned.fault))
      assert.isTrue(planned.after_ms >= last && planned.after_ms <= 600_000)
      last = planned.after_ms
    }
  })

  it("is empty where there is nothing to strike", () => {
    assert.deepStrictEqual([...chaosPlan({ seed: "1", everyMs: 1, untilMs: Infinity, targets: [] })], [])
  })
})
