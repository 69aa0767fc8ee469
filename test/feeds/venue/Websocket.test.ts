// One websocket against servers on loopback that refuse, hang up, or send too much: every end is data.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { createServer } from "node:http"
import { type WebSocket, WebSocketServer } from "ws"
import { websocket } from "../../../src/feeds/venue/Websocket.ts"
import { listening } from "./loopback.ts"

/** A server that answers every upgrade with these lines. */
const refusing = (lines: ReadonlyArray<string>) => {
  const server = createServer()
  server.on("upgrade", (_request, socket) => socket.end(`${lines.join("\r\n")}\r\n\r\n`))
  return Effect.map(listening(server), (address) => `ws://${address}`)
}

const speaking = (speak: (socket: WebSocket) => void) => {
  const server = createServer()
  const accept = new WebSocketServer({ server })
  accept.on("connection", (socket) => {
    socket.on("error", () => {})
    speak(socket)
  })
  return Effect.map(listening(server), (address) => `ws://${address}`)
}

const endOf = (url: string, maxFrame?: number) =>
  Effect.flip(
    websocket({
      url,
      keepalive: { ping: { every: 60_000, text: null }, socketSilence: 60_000, marketSilence: null },
      ...(maxFrame === undefined ? {} : { maxFrame }),
      onOpen: () => {},
      onFrame: () => {}
    })
  )

describe("a websocket", () => {
  it.live("tells a refused upgrade with its status, and for how long the venue wants to be left alone", () =>
    Effect.gen(function* () {
      const date = (ms: number) => new Date(Date.UTC(2026, 0, 1) + ms).toUTCString()
      const cases = [
        [["HTTP/1.1 503 Busy", "Retry-After: 90"], 503, 90_000],
        [["HTTP/1.1 429 Slow", `Date: ${date(0)}`, `Retry-After: ${date(45_000)}`], 429, 45_000],
        [["HTTP/1.1 418 Banned", "Retry-After: 259200"], 418, 3_600_000],
        [["HTTP/1.1 404 Not Found", "Retry-After: soon"], 404, 0],
        // a ban grows while it is asked, so one that names no end is waited out
        [["HTTP/1.1 418 Banned"], 418, 120_000],
        [["HTTP/1.1 429 Slow"], 429, 1_000]
      ] as const
      for (const [lines, status, retryAfter] of cases) {
        const lost = yield* endOf(yield* refusing(lines))
        assert.deepInclude(lost, { reason: "refused", detail: `the venue answered ${status}`, retryAfter })
        assert.deepInclude(lost.cause, { _tag: "HandshakeRefused", status, retryAfter })
      }
    }).pipe(Effect.scoped)
  )

  it.live("makes a close reason safe to print", () =>
    Effect.gen(function* () {
      const url = yield* speaking((socket) => socket.close(4001, "bye\r\n\u001b[31mlevel=fatal\u202e"))
      const lost = yield* endOf(url)
      assert.strictEqual(lost.detail, "4001 bye\\r\\n\\u{001b}[31mlevel=fatal\\u{202e}")
      assert.deepInclude(lost.cause, { _tag: "Closed", code: 4001 })
    }).pipe(Effect.scoped)
  )

  it.live("reads no frame beyond its bound", () =>
    Effect.gen(function* () {
      const small = yield* endOf(yield* speaking((socket) => socket.send("x".repeat(1_001))), 1_000)
      assert.deepInclude(small, { reason: "overflow", detail: "a frame is larger than 1000 bytes" })
      assert.deepInclude(small.cause, { _tag: "Oversized", bound: 1_000 })
      // a snapshot of a million levels, and what says nothing of its size until it ends
      const level = '["12345.67","0.12345678"],'
      const whole = yield* endOf(yield* speaking((socket) => socket.send(level.repeat(1_000_000))))
      assert.deepInclude(whole.cause, { _tag: "Oversized", bound: 16 << 20 })
      const endless = yield* endOf(
        yield* speaking((socket) => {
          const more = (error?: Error | null) => {
            if (!error && socket.readyState === 1) socket.send(" ".repeat(1 << 20), { fin: false }, more)
          }
          more()
        })
      )
      assert.deepInclude(endless.cause, { _tag: "Oversized", bound: 16 << 20 })
    }).pipe(Effect.scoped)
  )
})
