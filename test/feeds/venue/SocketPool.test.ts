// When sockets are dialled, in virtual time: how often a venue that is gone is asked, however many feeds wait for it.
import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, FiberSet, Random } from "effect"
import { TestClock } from "effect/testing"
import { ConnectionLost } from "../../../src/feeds/core/ConnectionLost.ts"
import { HandshakeFailed, HandshakeRefused, Slept, Unreachable } from "../../../src/feeds/core/LossCause.ts"
import { nowMicros } from "../../../src/feeds/core/Now.ts"
import type { SocketSubscriber } from "../../../src/feeds/venue/SocketSubscriber.ts"
import { SocketPool } from "../../../src/feeds/venue/SocketPool.ts"
import { VenueBudget } from "../../../src/feeds/venue/VenueBudget.ts"
import type { WebsocketOptions } from "../../../src/feeds/venue/Websocket.ts"
import type { Limits } from "../../../src/schemes/TranslationScheme.ts"
import { bitfinex } from "../../../src/schemes/bitfinex/Bitfinex.ts"

type Dial = (n: number, options: WebsocketOptions) => Effect.Effect<never, ConnectionLost>

/** The venue was reached. */
const lost = (says: string, retryAfter = 0) =>
  new ConnectionLost({ cause: new HandshakeFailed({ code: null, says }), retryAfter })
const unreachable = () =>
  new ConnectionLost({ cause: new Unreachable({ code: "ECONNREFUSED", says: "no such house" }) })

const numbersTo = (people: number) => Array.from({ length: people }, (_, n) => n)

/**
 * So many subscribers on a pool whose n-th dial is `dial(n)`; each dial's time in milliseconds, and what the
 * subscribers heard.
 */
const setUp = (people: number, room: number, dial: Dial, chance = 0.5, limits = bitfinex.limits, maxAge?: number) =>
  Effect.provideService(pooled(people, room, dial, limits, maxAge), Random.Random, {
    nextIntUnsafe: () => assert.fail("no whole number is asked for"),
    nextDoubleUnsafe: () => chance
  })

const pooled = Effect.fnUntraced(function* (people: number, room: number, dial: Dial, limits: Limits, maxAge?: number) {
  const fork = yield* FiberSet.makeRuntime<never, void>()
  const dials: Array<number> = []
  const told = { outlived: 0, refused: 0, lost: 0, joined: 0, next: 0, took: 0 }
  /** What each subscriber waits for at the moment. */
  const asks: Array<(() => string) | null> = numbersTo(people).map(() => null)
  const pool = new SocketPool({
    scheme: maxAge === undefined ? bitfinex : { ...bitfinex, keepalive: { ...bitfinex.keepalive, maxAge } },
    line: bitfinex.lines[0],
    url: "ws://127.0.0.1/",
    room,
    budget: new VenueBudget("Bitfinex", limits),
    fork: (effect) => fork(effect),
    dial: (options) =>
      Effect.gen(function* () {
        dials.push(yield* Clock.currentTimeMillis)
        return yield* dial(dials.length, options)
      })
  })
  const subscribers = numbersTo(people).map((n): SocketSubscriber => ({
    symbol: `tS${n}USD`,
    tap: null,
    waiting: (ask) => {
      asks[n] = ask
    },
    dialling: () => {},
    refused: (_lost, _at, next) => {
      told.refused++
      told.next = next
    },
    joined: () => void told.joined++,
    take: () => void told.took++,
    frame: () => {},
    unreadable: () => {},
    outlived: () => void told.outlived++,
    lost: () => void told.lost++,
    crashed: () => assert.fail("no subscriber crashes here")
  }))
  const sockets = subscribers.map((subscriber) => pool.join(subscriber, null))
  yield* Effect.yieldNow
  return { pool, subscribers, sockets, dials, told, asks }
})

describe("SocketPool", () => {
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
