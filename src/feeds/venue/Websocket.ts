// Owns one websocket: dials it, hands the bytes of each frame to a plain synchronous handler, pings when it is quiet,
// and ends it. What frames mean is decided by the session, when to dial again by the market feed. Every end is a typed
// ConnectionLost with its cause as data; interruption closes with a close frame and waits for the venue's, at most
// CLOSE_LIMIT. Invariants: after the effect has ended no handler of it runs, and its socket and timer are gone; no
// frame is larger than its bound. `ws`, because its frames cost a fraction of a stream's.
import { Effect } from "effect"
import type { IncomingMessage } from "node:http"
import { WebSocket } from "ws"
import { foreignText } from "../../domain/ForeignText.ts"
import type { ReasonCode } from "../../domain/ReasonCode.ts"
import type { Keepalive } from "../../schemes/TranslationScheme.ts"
import { ConnectionLost } from "../core/ConnectionLost.ts"
import {
  Closed,
  HandshakeFailed,
  HandshakeRefused,
  type LossCause,
  Oversized,
  Silent,
  Stalled
} from "../core/LossCause.ts"
import { nowMicros } from "../core/Now.ts"
import { networkFault } from "./NetworkFault.ts"
import { agentFor } from "./Proxy.ts"
import { quietMs } from "./RetryAfter.ts"

export interface WebsocketOptions {
  readonly url: string
  readonly keepalive: Keepalive
  /** The largest frame in bytes; MAX_FRAME where the scheme says nothing. */
  readonly maxFrame?: number
  readonly onOpen: (send: (text: string) => void) => void
  /**
   * The bytes are the socket's own, to be read before this returns; `at`: microseconds since 1970. What it throws is a
   * defect and ends the socket.
   */
  readonly onFrame: (frame: Uint8Array, at: number) => void
}

const HANDSHAKE_LIMIT = 10_000
const CLOSE_LIMIT = 1_000
/** Whole books come in one frame; the largest seen were 1.3 MB (sheet of Coinbase, section 4, 2026-09-30). */
const MAX_FRAME = 16 << 20
/** More unsent bytes than this mean that the venue stopped reading. */
const MAX_UNSENT = 1 << 20

/** `ws`'s code of a frame beyond maxPayload. */
const TOO_LARGE = "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH"
/** RFC 6455, 7.1.5: ended without a close frame. */
const ABNORMAL = 1006

/** An upgrade that was answered by an ordinary status, whichever it is, is the connection's trouble and no symbol's. */
const refusal = ({ statusCode = 0, headers }: IncomingMessage): HandshakeRefused =>
  new HandshakeRefused({
    status: statusCode,
    retryAfter: quietMs(statusCode, { "retry-after": headers["retry-after"], date: headers.date }, Date.now()) ?? 0
  })

/** Runs one connection; never succeeds. */
export const websocket = (options: WebsocketOptions): Effect.Effect<never, ConnectionLost> =>
  Effect.callback<never, ConnectionLost>((resume) => {
    const { maxFrame = MAX_FRAME } = options
    const socket = new WebSocket(options.url, {
      perMessageDeflate: false,
      handshakeTimeout: HANDSHAKE_LIMIT,
      maxPayload: maxFrame,
      agent: agentFor(options.url),
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
    const lose = (reason: ReasonCode, detail: string, cause: LossCause, retryAfter = 0): void =>
      end(Effect.fail(new ConnectionLost({ reason, detail, retryAfter, cause })))
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
      const unsent = socket.bufferedAmount
      if (unsent > MAX_UNSENT) lose("stalled", "the venue does not read what it is sent", new Stalled({ unsent }))
      else socket.send(text)
    }
    const timer = setInterval(() => {
      const now = performance.now()
      if (socket.readyState !== WebSocket.OPEN) return
      const silence = now - heard
      if (silence > socketSilence)
        return lose("silent", `no frame for ${Math.round(silence / 1000)} s`, new Silent({ for: silence }))
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
      const cause = refusal(response)
      lose("refused", `the venue answered ${cause.status}`, cause, cause.retryAfter)
    })
    socket.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === TOO_LARGE) {
        const detail = `a frame is larger than ${maxFrame} bytes`
        return lose("overflow", detail, new Oversized({ bound: maxFrame }))
      }
      const { detail, code, unreachable } = networkFault(error)
      if (opened) return lose("closed", detail, new Closed({ code: ABNORMAL, reason: detail }))
      lose("refused", detail, unreachable ?? new HandshakeFailed({ code }))
    })
    socket.on("close", (code, bytes) => {
      const reason = foreignText(String(bytes))
      lose("closed", `${code} ${reason}`.trim(), new Closed({ code, reason }))
    })
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
