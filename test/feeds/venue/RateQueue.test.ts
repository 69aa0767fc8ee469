// The queue before a venue's limit, in virtual time: order, places, interruption, and pauses the venue imposes.
import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { RateQueue } from "../../../src/feeds/venue/RateQueue.ts"
import { skewedClock } from "../../support/skewedClock.ts"

const setUp = (people: number) =>
  Effect.gen(function* () {
    const queue = new RateQueue("a connection to Kraken", { count: 2, perMs: 10_000 })
    const passed: Array<readonly [number, number]> = []
    const asks: Array<(() => string) | null> = []
    const fibers = yield* Effect.forEach(
      Array.from({ length: people }, (_, n) => n),
      (n) =>
        queue
          .pass(1, (ask) => {
            asks[n] = ask
          })
          .pipe(
            Effect.andThen(Clock.currentTimeMillis),
            Effect.tap((at) => Effect.sync(() => passed.push([n, at]))),
            Effect.forkChild({ startImmediately: true })
          )
    )
    return { queue, passed, asks, fibers }
  })

describe("RateQueue", () => {
  it.effect("lets pass in order, no more than the window holds", () =>
    Effect.gen(function* () {
      const { passed } = yield* setUp(5)
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(passed, [
        [0, 0],
        [1, 0],
        [2, 10_300],
        [3, 10_300],
        [4, 20_600]
      ])
    })
  )

  it.effect("tells everybody who waits the place and about how long it takes", () =>
    Effect.gen(function* () {
      const { asks, queue } = yield* setUp(5)
      yield* TestClock.adjust("300 millis")
      assert.deepStrictEqual(
        asks.map((ask) => ask?.() ?? "passed"),
        [
          "passed",
          "passed",
          "waiting for a connection to Kraken: number 1 of 3, about 10 s",
          "waiting for a connection to Kraken: number 2 of 3, about 10 s",
          "waiting for a connection to Kraken: number 3 of 3, about 21 s"
        ]
      )
      assert.strictEqual(queue.waiting, 3)
    })
  )

  it.effect("is left by who is interrupted, and nothing is spent for them", () =>
    Effect.gen(function* () {
      const { fibers, passed } = yield* setUp(4)
      yield* TestClock.adjust("1 second")
      yield* Fiber.interrupt(fibers[2]!)
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(passed, [
        [0, 0],
        [1, 0],
        [3, 10_300]
      ])
    })
  )

  it.effect("keeps everybody back while the venue asks for quiet, also those who wait already", () =>
    Effect.gen(function* () {
      const { queue, passed, asks } = yield* setUp(3)
      yield* TestClock.adjust("1 second")
      queue.block(30_000, 1_000, "429 from api.kraken.com")
      // a shorter pause neither ends the longer one nor takes its reason
      queue.block(5_000, 1_000, "503 from api.kraken.com")
      yield* TestClock.adjust("29 seconds")
      assert.strictEqual(passed.length, 2)
      assert.strictEqual(
        asks[2]?.(),
        "waiting for a connection to Kraken: number 1 of 1, about 1 s; " +
          "the venue asks for quiet until 00:00:31 UTC (429 from api.kraken.com)"
      )
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(passed[2], [2, 31_000])
    })
  )

  it.effect("lets pass in time although the wall clock is set back or forward by an hour", () =>
    Effect.gen(function* () {
      const { clock, skew } = yield* skewedClock
      const { passed, queue } = yield* Effect.provideService(setUp(5), Clock.Clock, clock)
      yield* TestClock.adjust("1 second")
      skew.wall = -3_600_000
      queue.block(20_000, 1_000, "429")
      yield* TestClock.adjust("20 seconds")
      assert.deepStrictEqual(
        passed.map(([n]) => n),
        [0, 1, 2, 3]
      )
      skew.wall = 3_600_000
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual(passed.length, 4, "nor is anybody let pass too soon")
      yield* TestClock.adjust("300 millis")
      assert.strictEqual(passed.length, 5)
    })
  )
})
