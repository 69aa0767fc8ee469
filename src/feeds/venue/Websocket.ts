// Owns one websocket: dials it, hands the bytes of each frame to a plain synchronous handler, pings when it is quiet, and ends it.
// What frames mean is the session's affair, when to dial again the market feed's. Every end is a typed ConnectionLost;
// interruption closes with a close frame and waits for the venue's, at most CLOSE_LIMIT. Invariant: after the effect has
// ended no handler of it runs, and its socket and timer are gone. `ws`, because its frames cost a fraction of a stream's.
import { Effect } from "effect"
import { WebSocket } from "ws"
import type { Keepalive } from "../../schemes/TranslationScheme.ts"
import { ConnectionLost } from "../ConnectionLost.ts"
import { nowMicros } from "../Now.ts"

export interface WebsocketOptions {
  readonly url: string
  readonly keepalive: Keepalive
  readonly onOpen: (send: (text: string) => void) => void
  /**
   * The bytes are the socket's own, to be read before this returns; `at`: microseconds since 1970. What it throws is a
   * defect and ends the socket.
   */
  readonly onFrame: (frame: Uint8Array, at: number) => void
}

const HANDSHAKE_LIMIT = 10_000
const CLOSE_LIMIT = 1_000
/** Whole books of big venues come in one frame. */
const MAX_FRAME = 128 << 20
/** More unsent bytes than this mean that the venue stopped reading. */
const MAX_UNSENT = 1 << 20

/** Runs one connection; never succeeds. */
export const websocket = (options: WebsocketOptions): Effect.Effect<never, ConnectionLost> =>
  Effect.callback<never, ConnectionLost>((resume) => {
    const socket = new WebSocket(options.url, {
      perMessageDeflate: false,
      handshakeTimeout: HANDSHAKE_LIMIT,
      maxPayload: MAX_FRAME,
      headers: { "user-agent": "level4" }
    })
    const { ping, socketSilence } = options.keepalive
    let ended = false
    let opened = false
    let heard = performance.now()
    let pinged = heard
    const end = (result: Effect.Effect<never, ConnectionLost>): void => {
      if (ended) return
      detach()
      socket.terminate()
      resume(result)
    }
    const lose = (reason: string, detail: string, retryAfter = 0): void =>
      end(Effect.fail(new ConnectionLost({ reason, detail, retryAfter })))
    const guarded = (work: () => void): void => {
      if (ended) return
      heard = performance.now()
      try {
        work()
      } catch (defect) {
        end(Effect.die(defect))
      }
    }
    const send = (text: string): void => {
      if (socket.readyState !== WebSocket.OPEN) return
      if (socket.bufferedAmount > MAX_UNSENT) lose("stalled", "the venue does not read what it is sent")
      else socket.send(text)
    }
    const timer = setInterval(() => {
      const now = performance.now()
      if (socket.readyState !== WebSocket.OPEN) return
      if (now - heard > socketSilence) return lose("silent", `no frame for ${Math.round((now - heard) / 1000)} s`)
      if (now - Math.max(ping.always ? 0 : heard, pinged) < ping.every) return
      pinged = now
      if (ping.text === null) socket.ping()
      else send(ping.text)
    }, 1_000)
    const detach = (): void => {
      ended = true
      clearInterval(timer)
      // a late error of a socket that is being given up must not end the process
      socket.removeAllListeners().on("error", () => {})
    }
    socket.on("open", () => {
      opened = true
      guarded(() => options.onOpen(send))
    })
    socket.on("message", (data: Buffer) => guarded(() => options.onFrame(data, nowMicros())))
    socket.on("ping", () => (heard = performance.now()))
    socket.on("pong", () => (heard = performance.now()))
    socket.on("unexpected-response", (_request, response) => {
      const seconds = Number(response.headers["retry-after"] ?? 0)
      lose("refused", `the venue answered ${response.statusCode}`, Number.isFinite(seconds) ? seconds * 1000 : 0)
    })
    socket.on("error", (cause) => lose(opened ? "closed" : "refused", cause.message))
    socket.on("close", (code, reason) => lose("closed", `${code} ${String(reason)}`.trim()))
    return Effect.suspend(() => {
      detach()
      return closed(socket)
    })
  })

/** Says goodbye and waits for the other side, in bounded time. */
const closed = (socket: WebSocket): Effect.Effect<void> =>
  Effect.callback<void>((resume) => {
    if (socket.readyState !== WebSocket.OPEN) {
      socket.terminate()
      return resume(Effect.void)
    }
    const timer = setTimeout(() => socket.terminate(), CLOSE_LIMIT)
    socket.once("close", () => {
      clearTimeout(timer)
      resume(Effect.void)
    })
    socket.close(1000)
  })
