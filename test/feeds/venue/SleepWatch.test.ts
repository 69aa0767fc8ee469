// A sleep of the machine, told by two clocks that the test sets against each other.
import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect } from "effect"
import { TestClock } from "effect/testing"
import { watchSleep } from "../../../src/feeds/venue/SleepWatch.ts"
import { skewedClock } from "../../support/skewedClock.ts"

const setUp = Effect.gen(function* () {
  const { clock, skew } = yield* skewedClock
  const told: Array<string> = []
  yield* Effect.forkScoped(
    Effect.provideService(
      watchSleep((lost) => told.push(`${lost.reason}: ${lost.detail} ${lost.cause?._tag}`)),
      Clock.Clock,
      clock
    ),
    { startImmediately: true }
  )
  return { skew, told }
})

describe("watchSleep", () => {
  it.effect("are told once, within a second, when the wall clock ran ahead", () =>
    Effect.gen(function* () {
      const { skew, told } = yield* setUp
      yield* TestClock.adjust("1 hour")
      assert.deepStrictEqual(told, [])
      skew.wall = 3_600_000
      yield* TestClock.adjust("1 second")
      const expected = ["slept: the machine slept for 3600 s, or its clock was set forward Slept"]
      assert.deepStrictEqual(told, expected)
      yield* TestClock.adjust("1 hour")
      assert.deepStrictEqual(told, expected)
    }).pipe(Effect.scoped)
  )

  it.effect("are not a wall clock that is set back, nor one that is corrected by little", () =>
    Effect.gen(function* () {
      const { skew, told } = yield* setUp
      for (const wall of [-3_600_000, -3_595_000, -7_200_000]) {
        skew.wall = wall
        yield* TestClock.adjust("1 minute")
      }
      assert.deepStrictEqual(told, [])
    }).pipe(Effect.scoped)
  )

  it.effect("are told where the monotonic clock runs through a sleep, or the process stood still", () =>
    Effect.gen(function* () {
      const { skew, told } = yield* setUp
      yield* TestClock.adjust("1500 millis")
      skew.wall = 120_000
      skew.monotonic = 120_000
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(told, ["slept: the process stood still for 120 s Slept"])
    }).pipe(Effect.scoped)
  )
})
