// When sockets are dialled, in virtual time: how often a venue that is gone is asked, however many feeds wait for it.
import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, FiberSet } from "effect"
import { TestClock } from "effect/testing"
import { ConnectionLost } from "../../../src/feeds/ConnectionLost.ts"
import type { Seat } from "../../../src/feeds/venue/Seat.ts"
import { SocketPool } from "../../../src/feeds/venue/SocketPool.ts"
import { VenueBudget } from "../../../src/feeds/venue/VenueBudget.ts"
import type { WebsocketOptions } from "../../../src/feeds/venue/Websocket.ts"
import { bitfinex } from "../../../src/schemes/Bitfinex.ts"

type Dial = (n: number, options: WebsocketOptions) => Effect.Effect<never, ConnectionLost>

const lost = (detail: string, retryAfter = 0) => new ConnectionLost({ reason: "refused", detail, retryAfter })

/** So many seats on a pool whose n-th dial is `dial(n)`; each dial's time in milliseconds, and what the seats were told. */
const setUp = Effect.fnUntraced(function* (
  people: number,
  room: number,
  dial: Dial,
  chance = 0.5,
  limits = bitfinex.limits
) {
  const fork = yield* FiberSet.makeRuntime<never, void>()
  const dials: Array<number> = []
  const told = { outlived: 0, refused: 0, lost: 0, joined: 0, next: 0 }
  const pool = new SocketPool({
    scheme: bitfinex,
    line: bitfinex.lines[0],
    url: "ws://127.0.0.1/",
    room,
    budget: new VenueBudget("Bitfinex", limits),
    fork: (effect) => fork(effect),
    random: () => chance,
    dial: (options) =>
      Effect.gen(function* () {
        dials.push(yield* Clock.currentTimeMillis)
        return yield* dial(dials.length, options)
      })
  })
  const seats = Array.from({ length: people }, (_, n): Seat => ({
    symbol: `tS${n}USD`,
    tap: null,
    waiting: () => {},
    dialling: () => {},
    refused: (_lost, _at, next) => {
      told.refused++
      told.next = next
    },
    joined: () => void told.joined++,
    take: () => {},
    frame: () => {},
    unreadable: () => {},
    outlived: () => void told.outlived++,
    lost: () => void told.lost++,
    crashed: () => assert.fail("no seat crashes here")
  }))
  const sockets = seats.map((seat) => pool.board(seat, null))
  yield* Effect.yieldNow
  return { pool, seats, sockets, dials, told }
})

describe("SocketPool", () => {
  it.effect("knocks once for all who wait: capped pauses, one dial at a time, for ever", () =>
    Effect.gen(function* () {
      const { dials, told } = yield* setUp(300, 15, () => Effect.fail(lost("connect ECONNREFUSED 127.0.0.1:1")))
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
      const { told } = yield* setUp(1, 15, () => Effect.fail(lost("Unexpected server response: 503", 0.5)), 0.123456789)
      assert.strictEqual(told.refused, 1)
      assert.isTrue(Number.isInteger(told.next), String(told.next))
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
          ? Effect.fail(lost("connect ECONNREFUSED 127.0.0.1:1"))
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
      const { dials, told, pool, seats } = yield* setUp(30, 15, (_n, { onOpen }) =>
        Effect.andThen(
          Effect.sync(() => onOpen(() => {})),
          Effect.delay(Effect.fail(lost("1006")), "5 seconds")
        )
      )
      yield* TestClock.adjust("5 seconds")
      assert.deepStrictEqual([told.lost, pool.size], [30, 0])
      for (const seat of seats) pool.board(seat, null)
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
      const { dials, pool, seats, sockets } = yield* setUp(2, 15, () => Effect.fail(lost("the venue answered 503")))
      yield* TestClock.adjust("1 second")
      const before = dials.length
      yield* Effect.forEach(seats, (seat, n) => pool.leave(seat, sockets[n]!))
      yield* TestClock.adjust("10 minutes")
      assert.strictEqual(dials.length, before)
      assert.strictEqual(pool.size, 0)
    }).pipe(Effect.scoped)
  )
})
