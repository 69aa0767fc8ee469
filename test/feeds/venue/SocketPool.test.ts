// Who is on which socket of a pool, and what becomes of them when it is dialled, opened, lost or left, in virtual time.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { ConnectionLost } from "../../../src/feeds/core/ConnectionLost.ts"
import { HandshakeRefused, Slept } from "../../../src/feeds/core/LossCause.ts"
import { bitfinex } from "../../../src/schemes/bitfinex/Bitfinex.ts"
import { type Dial, lost, setUp, unreachable } from "./poolStage.ts"

describe("SocketPool", () => {
  it.effect("dials every socket as soon as one dial succeeds, within the venue's budget", () =>
    Effect.gen(function* () {
      const { dials, told, pool } = yield* setUp(345, 15, (n, { onOpen }) =>
        n <= 6
          ? Effect.fail(unreachable())
          : Effect.andThen(
              Effect.sync(() => onOpen(() => {})),
              Effect.never
            )
      )
      yield* TestClock.adjust("16 seconds")
      // what never reached the venue is not counted: 20 in the first minute, the last three of 23 in the next
      assert.strictEqual(dials.length, 6 + 20)
      assert.strictEqual(pool.size, 23)
      yield* TestClock.adjust("62 seconds")
      assert.strictEqual(dials.length, 6 + 23)
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(told.joined, 345)
    }).pipe(Effect.scoped)
  )

  it.effect("dials no more when everybody has left", () =>
    Effect.gen(function* () {
      const { dials, pool, subscribers, sockets } = yield* setUp(2, 15, () =>
        Effect.fail(lost("the venue answered 503"))
      )
      yield* TestClock.adjust("1 second")
      const before = dials.length
      yield* Effect.forEach(subscribers, (subscriber, n) => pool.leave(subscriber, sockets[n]!))
      yield* TestClock.adjust("10 minutes")
      assert.strictEqual(dials.length, before)
      assert.strictEqual(pool.size, 0)
    }).pipe(Effect.scoped)
  )

  it.effect("passes the turn on when everybody leaves a socket in the middle of its dial", () =>
    Effect.gen(function* () {
      const { pool, subscribers, sockets, dials } = yield* setUp(30, 15, () => Effect.never)
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(dials, [0])
      for (let n = 0; n < 15; n++) yield* pool.leave(subscribers[n]!, sockets[n]!)
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual([dials.length, pool.size], [2, 1])
    }).pipe(Effect.scoped)
  )

  it.effect("decides by causes, whatever the words are", () =>
    Effect.gen(function* () {
      const few = { ...bitfinex.limits, connects: { count: 4, perMs: 3_600_000 } }
      const worded = yield* setUp(1, 15, () => Effect.fail(lost("connect ECONNREFUSED, says the venue")), 0.5, few)
      const silent = yield* setUp(1, 15, () => Effect.fail(unreachable()), 0.5, few)
      yield* TestClock.adjust("30 minutes")
      assert.strictEqual(worded.dials.length, 4, "the venue was reached: its budget is spent")
      assert.isAbove(silent.dials.length, 300, "nobody was reached: nothing is spent")
    }).pipe(Effect.scoped)
  )

  it.effect("takes a refused handshake for the connection's trouble, and for no symbol's", () =>
    Effect.gen(function* () {
      const statuses = [400, 403, 404, 451, 500, 503]
      const { told, pool } = yield* setUp(3, 15, (n) =>
        Effect.fail(
          new ConnectionLost({ cause: new HandshakeRefused({ status: statuses[n - 1] ?? 404, retryAfter: 0 }) })
        )
      )
      yield* TestClock.adjust("30 seconds")
      assert.isAtLeast(told.refused, 3 * statuses.length)
      assert.deepStrictEqual([told.took, told.lost, pool.size], [0, 0, 1])
    }).pipe(Effect.scoped)
  )

  it.effect("takes fresh connections at once after a sleep, open, dialling or paused, and counts no failure", () =>
    Effect.gen(function* () {
      const slept = new ConnectionLost({ cause: new Slept({ for: 1, who: "machine" }) })
      // the first opens, the second hangs
      const { pool, dials, told, subscribers } = yield* setUp(30, 15, (n, { onOpen }) =>
        n === 1
          ? Effect.andThen(
              Effect.sync(() => onOpen(() => {})),
              Effect.never
            )
          : Effect.never
      )
      yield* TestClock.adjust("5 seconds")
      pool.renew(slept)
      yield* TestClock.adjust("1 millis")
      assert.deepStrictEqual([told.lost, told.refused, pool.size], [15, 0, 1])
      for (const subscriber of subscribers.slice(0, 15)) pool.join(subscriber, null)
      yield* TestClock.adjust("1 millis")
      assert.deepStrictEqual(dials.slice(0, 3), [0, 0, 5_000])

      // one that fails pauses for longer and longer; a sleep ends the pause
      const gone = yield* setUp(1, 15, () => Effect.fail(lost("the venue answered 503")))
      yield* TestClock.adjust("30 seconds")
      const before = gone.dials.length
      gone.pool.renew(slept)
      yield* TestClock.adjust("1 millis")
      yield* TestClock.adjust("249 millis")
      assert.strictEqual(gone.dials.length, before + 2, "at once, and again after the first pause")
    }).pipe(Effect.scoped)
  )

  it.effect("says what a newcomer waits for, and looks at once when all had left", () =>
    Effect.gen(function* () {
      const { pool, subscribers, sockets, dials, asks } = yield* setUp(2, 15, () =>
        Effect.fail(lost("the venue answered 503"))
      )
      yield* pool.leave(subscribers[1]!, sockets[1]!)
      yield* TestClock.adjust("30 seconds")
      sockets[1] = pool.join(subscribers[1]!, null)
      assert.match(asks[1]?.() ?? "", /^dials again in [1-5] s, after refused: the venue answered 503$/)
      const before = dials.length
      for (const [n, subscriber] of subscribers.entries()) yield* pool.leave(subscriber, sockets[n]!)
      yield* TestClock.adjust("1 millis")
      assert.strictEqual(dials.length, before)
      pool.join(subscribers[0]!, null)
      yield* TestClock.adjust("1 millis")
      assert.strictEqual(dials.length, before + 1)
    }).pipe(Effect.scoped)
  )

  it.effect(
    "asks its markets to move shortly before the venue cuts the socket for its age, not all sockets at once",
    () =>
      Effect.gen(function* () {
        const early: Array<number> = []
        for (const chance of [0, 1]) {
          const open: Dial = (_n, { onOpen }) =>
            Effect.andThen(
              Effect.sync(() => onOpen(() => {})),
              Effect.never
            )
          const { told } = yield* setUp(2, 15, open, chance, bitfinex.limits, 100_000)
          yield* TestClock.adjust("93999 millis")
          assert.strictEqual(told.outlived, 0)
          for (let ms = 94_000; told.outlived === 0; ms += 1_000) {
            early.push(ms)
            yield* TestClock.adjust(ms === 94_000 ? "1 millis" : "1 second")
          }
          assert.deepStrictEqual([told.outlived, told.lost], [2, 0])
        }
        assert.deepStrictEqual(early, [94_000, 94_000, 95_000, 96_000, 97_000, 98_000])
      }).pipe(Effect.scoped)
  )
})
