// The queue before a venue's limit, in virtual time: order, places, interruption, and pauses the venue imposes.
import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { Turnstile } from "../../../src/feeds/venue/Turnstile.ts"

const setUp = (people: number) =>
  Effect.gen(function* () {
    const turnstile = new Turnstile("a connection to Kraken", { count: 2, perMs: 10_000 })
    const passed: Array<readonly [number, number]> = []
    const asks: Array<((now: number) => string) | null> = []
    const fibers = yield* Effect.forEach(
      Array.from({ length: people }, (_, n) => n),
      (n) =>
        turnstile
          .pass(1, (ask) => {
            asks[n] = ask
          })
          .pipe(
            Effect.andThen(Clock.currentTimeMillis),
            Effect.tap((at) => Effect.sync(() => passed.push([n, at]))),
            Effect.forkChild({ startImmediately: true })
          )
    )
    return { turnstile, passed, asks, fibers }
  })

describe("Turnstile", () => {
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
      const { asks, turnstile } = yield* setUp(5)
      yield* TestClock.adjust("300 millis")
      assert.deepStrictEqual(
        asks.map((ask) => ask?.(300) ?? "passed"),
        [
          "passed",
          "passed",
          "waiting for a connection to Kraken: number 1 of 3, about 10 s",
          "waiting for a connection to Kraken: number 2 of 3, about 10 s",
          "waiting for a connection to Kraken: number 3 of 3, about 21 s"
        ]
      )
      assert.strictEqual(turnstile.waiting, 3)
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
      const { turnstile, passed } = yield* setUp(3)
      yield* TestClock.adjust("1 second")
      turnstile.block(30_000, yield* Clock.currentTimeMillis)
      yield* TestClock.adjust("29 seconds")
      assert.strictEqual(passed.length, 2)
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(passed[2], [2, 31_000])
    })
  )
})
