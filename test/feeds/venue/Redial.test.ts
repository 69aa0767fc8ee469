// The pauses between dials, in virtual time: how often a venue that is gone is asked, however many feeds wait for it.
import { assert, describe, it } from "@effect/vitest"
import { Effect, Random } from "effect"
import { TestClock } from "effect/testing"
import { nowMicros } from "../../../src/feeds/core/Now.ts"
import { bitfinex } from "../../../src/schemes/bitfinex/Bitfinex.ts"
import { lost, pooled, setUp, unreachable } from "./poolStage.ts"

describe("dialling again", () => {
  it.effect("knocks once for all who wait: capped pauses, one dial at a time, for ever", () =>
    Effect.gen(function* () {
      const { dials, told } = yield* setUp(300, 15, () => Effect.fail(unreachable()))
      yield* TestClock.adjust("10 minutes")
      const pauses = dials.slice(1).map((at, index) => at - dials[index]!)
      assert.deepStrictEqual(pauses.slice(0, 8), [250, 500, 1_000, 2_000, 4_000, 5_000, 5_000, 5_000])
      assert.isTrue(pauses.slice(5).every((pause) => pause === 5_000))
      assert.isAtMost(dials.length, 125)
      assert.isAbove(told.refused, 600)
      assert.strictEqual(told.lost, 0)
    }).pipe(Effect.scoped)
  )

  it.effect("tells the next dial in whole microseconds, whatever the jitter", () =>
    Effect.gen(function* () {
      const before = nowMicros()
      const { told } = yield* setUp(1, 15, () => Effect.fail(lost("Unexpected server response: 503", 0.5)), 0.123456789)
      assert.strictEqual(told.refused, 1)
      assert.isTrue(Number.isInteger(told.next), String(told.next))
      // 250 ms, less what chance takes of it
      assert.isAtLeast(told.next, before + 212_000)
      assert.isAtMost(told.next, nowMicros() + 213_000)
    }).pipe(Effect.scoped)
  )

  it.effect("keeps to a pace that leaves some of the budget, where the venue answers and refuses", () =>
    Effect.gen(function* () {
      const scarce = { ...bitfinex.limits, connects: { count: 60, perMs: 3_600_000 } }
      const refuse = () => Effect.fail(lost("the venue answered 503"))
      const { dials } = yield* setUp(300, 15, refuse, 0.5, scarce)
      yield* TestClock.adjust("1 hour")
      const pauses = dials.slice(1).map((at, index) => at - dials[index]!)
      assert.deepStrictEqual(pauses.slice(4, 8), [4_000, 5_000, 5_000, 5_000], "soon while there is plenty")
      assert.deepStrictEqual([...new Set(pauses.slice(29))], [120_000], "rarely when half of it is gone")
      assert.isBelow(dials.length, 60)
    }).pipe(Effect.scoped)
  )

  it.effect("counts the end of many sockets at once as one failure", () =>
    Effect.gen(function* () {
      const { dials, told, pool, subscribers } = yield* setUp(30, 15, (_n, { onOpen }) =>
        Effect.andThen(
          Effect.sync(() => onOpen(() => {})),
          Effect.delay(Effect.fail(lost("1006")), "5 seconds")
        )
      )
      yield* TestClock.adjust("5 seconds")
      assert.deepStrictEqual([told.lost, pool.size], [30, 0])
      for (const subscriber of subscribers) pool.join(subscriber, null)
      yield* TestClock.adjust("250 millis")
      assert.deepStrictEqual(dials, [0, 0, 5_250, 5_250])
    }).pipe(Effect.scoped)
  )

  it.effect("waits as long as the venue asks, with every socket", () =>
    Effect.gen(function* () {
      const { dials } = yield* setUp(30, 15, (n) =>
        n === 1 ? Effect.fail(lost("the venue answered 429", 60_000)) : Effect.never
      )
      yield* TestClock.adjust("59 seconds")
      assert.strictEqual(dials.length, 1)
      yield* TestClock.adjust("2 seconds")
      assert.strictEqual(dials.length, 2)
    }).pipe(Effect.scoped)
  )

  it.effect("begins its pauses again after a connection that lasted, not after one that was only long in coming", () =>
    Effect.gen(function* () {
      // what follows the fifth failure: a connection that takes so long to open and lasts so long
      const pauseAfter = Effect.fnUntraced(function* (opening: number, open: number) {
        const { dials, pool, subscribers } = yield* setUp(1, 15, (n, { onOpen }) =>
          n === 6
            ? Effect.sleep(opening).pipe(
                Effect.andThen(Effect.sync(() => onOpen(() => {}))),
                Effect.andThen(Effect.delay(Effect.fail(lost("1006")), open))
              )
            : Effect.fail(unreachable())
        )
        yield* TestClock.adjust(7_750 + opening + open)
        pool.join(subscribers[0]!, null)
        yield* TestClock.adjust("20 seconds")
        return [6, 7].map((n) => dials[n]! - dials[n - 1]!)
      })
      assert.deepStrictEqual(yield* pauseAfter(0, 29_000), [29_000 + 5_000, 5_000])
      assert.deepStrictEqual(yield* pauseAfter(0, 31_000), [31_000, 250], "at once, and then after the first pause")
      assert.deepStrictEqual(yield* pauseAfter(31_000, 1_000), [32_000 + 5_000, 5_000])
    }).pipe(Effect.scoped)
  )

  it.effect("dials again at the same moments where chance has the same seed", () =>
    Effect.gen(function* () {
      const run = (seed: string) =>
        Effect.gen(function* () {
          const { dials } = yield* pooled(1, 15, () => Effect.fail(unreachable()), bitfinex.limits)
          yield* TestClock.adjust("1 minute")
          return dials.map((at) => at - dials[0]!)
        }).pipe(Random.withSeed(seed), Effect.scoped)
      const first = yield* run("level4")
      assert.isAbove(new Set(first.slice(6).map((at, n) => at - first[n + 5]!)).size, 3, "jittered after the cap")
      assert.deepStrictEqual(yield* run("level4"), first)
      assert.notDeepEqual(yield* run("level5"), first)
    })
  )
})
