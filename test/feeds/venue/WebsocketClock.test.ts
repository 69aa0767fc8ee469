// What a websocket does by the clock, in virtual time, against a real server on loopback: it is quiet for too long, it
// pings, its handshake is bounded, and so is its end. What passes the wire is waited for, never slept for.
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Queue } from "effect"
import { TestClock } from "effect/testing"
import { createServer } from "node:http"
import { type WebSocket, WebSocketServer } from "ws"
import type { Keepalive } from "../../../src/schemes/TranslationScheme.ts"
import { websocket } from "../../../src/feeds/venue/Websocket.ts"
import { listening } from "./loopback.ts"

/** An open connection, the venue's end of it, and what each end hears, in order. */
const connected = Effect.fnUntraced(function* (keepalive: Keepalive) {
  const venues = yield* Queue.unbounded<WebSocket>()
  const heard = yield* Queue.unbounded<string>()
  const frames = yield* Queue.unbounded<string>()
  const server = createServer()
  new WebSocketServer({ server, autoPong: false }).on("connection", (socket) => {
    socket.on("ping", () => Queue.offerUnsafe(heard, "ping"))
    socket.on("message", (data: Buffer) => Queue.offerUnsafe(heard, String(data)))
    Queue.offerUnsafe(venues, socket)
  })
  const url = `ws://${yield* listening(server)}`
  const opened = yield* Queue.unbounded<void>()
  const fiber = yield* Effect.forkScoped(
    websocket({
      url,
      keepalive,
      onOpen: () => void Queue.offerUnsafe(opened, undefined),
      onFrame: (frame) => void Queue.offerUnsafe(frames, String(frame))
    }),
    { startImmediately: true }
  )
  const venue = yield* Queue.take(venues)
  yield* Queue.take(opened)
  // the fiber that watches the clock has seen that it is open
  yield* Effect.yieldNow
  return { fiber, venue, heard, frames }
})

const QUIET: Keepalive = { ping: { every: 3_600_000, text: null }, socketSilence: 30_000, marketSilence: null }

describe("a websocket and the clock", () => {
  it.effect("is given up when nothing came for as long as it may be quiet, and no sooner", () =>
    Effect.gen(function* () {
      const { fiber, venue, frames } = yield* connected(QUIET)
      yield* TestClock.adjust("20 seconds")
      venue.send("news")
      assert.strictEqual(yield* Queue.take(frames), "news")
      yield* TestClock.adjust("30 seconds")
      assert.isUndefined(fiber.pollUnsafe(), "it spoke 30 s ago, and was seen to at the next look")
      yield* TestClock.adjust("1 second")
      const lost = yield* Effect.flip(Fiber.join(fiber))
      assert.deepInclude(lost, { reason: "silent", detail: "no frame for 30 s" })
      assert.deepInclude(lost.cause, { _tag: "Silent", for: 30_000 })
    }).pipe(Effect.scoped)
  )

  it.effect("counts a ping of the venue as a word of it", () =>
    Effect.gen(function* () {
      const { fiber, venue } = yield* connected(QUIET)
      yield* TestClock.adjust("29 seconds")
      yield* Effect.callback<void>((resume) => {
        venue.on("pong", () => resume(Effect.void))
        venue.ping()
      })
      yield* TestClock.adjust("29 seconds")
      assert.isUndefined(fiber.pollUnsafe())
    }).pipe(Effect.scoped)
  )

  it.effect("pings when it is quiet, and not while frames come", () =>
    Effect.gen(function* () {
      const ping = { every: 10_000, text: '{"op":"ping"}' }
      const { venue, heard, frames } = yield* connected({ ...QUIET, ping })
      for (let n = 0; n < 3; n++) {
        yield* TestClock.adjust("6 seconds")
        venue.send("news")
        yield* Queue.take(frames)
      }
      // what comes first is the first that was sent: a ping before it would be heard here
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual(Queue.sizeUnsafe(heard), 0, "the last frame is seen at the next look")
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* Queue.take(heard), ping.text)
    }).pipe(Effect.scoped)
  )

  it.effect("pings all the same where the venue wants to hear of us", () =>
    Effect.gen(function* () {
      const { venue, heard, frames } = yield* connected({ ...QUIET, ping: { every: 10_000, text: null, always: true } })
      for (let n = 0; n < 2; n++) {
        yield* TestClock.adjust("5 seconds")
        venue.send("news")
        yield* Queue.take(frames)
      }
      assert.strictEqual(yield* Queue.take(heard), "ping")
    }).pipe(Effect.scoped)
  )

  it.effect("is given up when its handshake is not answered", () =>
    Effect.gen(function* () {
      const server = createServer()
      const asked = new Promise<void>((resolve) => server.on("upgrade", () => resolve()))
      const url = `ws://${yield* listening(server)}`
      const fiber = yield* Effect.forkScoped(
        websocket({ url, keepalive: QUIET, onOpen: () => assert.fail("never open"), onFrame: () => {} }),
        { startImmediately: true }
      )
      yield* Effect.promise(() => asked)
      yield* TestClock.adjust("9999 millis")
      assert.isUndefined(fiber.pollUnsafe())
      yield* TestClock.adjust("1 millis")
      const lost = yield* Effect.flip(Fiber.join(fiber))
      assert.deepInclude(lost, { reason: "refused", detail: "Opening handshake has timed out", retryAfter: 0 })
    }).pipe(Effect.scoped)
  )

  it.effect("waits a second at most for a venue that does not say goodbye", () =>
    Effect.gen(function* () {
      const { fiber, venue } = yield* connected(QUIET)
      venue.pause()
      const ending = yield* Effect.forkScoped(Fiber.interrupt(fiber), { startImmediately: true })
      yield* TestClock.adjust("999 millis")
      assert.isUndefined(ending.pollUnsafe(), "it is waited for")
      yield* TestClock.adjust("1 millis")
      yield* Fiber.join(ending)
      assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(fiber)))
    }).pipe(Effect.scoped)
  )
})
