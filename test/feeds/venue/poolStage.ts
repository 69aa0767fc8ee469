// Owns a pool whose dials are the test's own, with subscribers that note what they hear: for tests of when sockets are
// dialled, in virtual time.
import { assert } from "@effect/vitest"
import { Clock, Effect, FiberSet, Random } from "effect"
import { ConnectionLost } from "../../../src/feeds/core/ConnectionLost.ts"
import { HandshakeFailed, Unreachable } from "../../../src/feeds/core/LossCause.ts"
import type { SocketSubscriber } from "../../../src/feeds/venue/SocketSubscriber.ts"
import { SocketPool } from "../../../src/feeds/venue/SocketPool.ts"
import { VenueBudget } from "../../../src/feeds/venue/VenueBudget.ts"
import type { WebsocketOptions } from "../../../src/feeds/venue/Websocket.ts"
import type { Limits } from "../../../src/schemes/TranslationScheme.ts"
import { bitfinex } from "../../../src/schemes/bitfinex/Bitfinex.ts"

export type Dial = (n: number, options: WebsocketOptions) => Effect.Effect<never, ConnectionLost>

/** The venue was reached. */
export const lost = (says: string, retryAfter = 0) =>
  new ConnectionLost({ cause: new HandshakeFailed({ code: null, says }), retryAfter })
export const unreachable = () =>
  new ConnectionLost({ cause: new Unreachable({ code: "ECONNREFUSED", says: "no such house" }) })

const numbersTo = (people: number) => Array.from({ length: people }, (_, n) => n)

/**
 * So many subscribers on a pool whose n-th dial is `dial(n)`; each dial's time in milliseconds, and what the
 * subscribers heard.
 */
export const setUp = (
  people: number,
  room: number,
  dial: Dial,
  chance = 0.5,
  limits = bitfinex.limits,
  maxAge?: number
) =>
  Effect.provideService(pooled(people, room, dial, limits, maxAge), Random.Random, {
    nextIntUnsafe: () => assert.fail("no whole number is asked for"),
    nextDoubleUnsafe: () => chance
  })

export const pooled = Effect.fnUntraced(function* (
  people: number,
  room: number,
  dial: Dial,
  limits: Limits,
  maxAge?: number
) {
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
