// Owns one websocket: dials it, hands the bytes of each frame to a plain synchronous handler, pings when it is quiet,
// and ends it. What frames mean is decided by the session, when to dial again by the pool. Every end is a
// ConnectionLost whose cause is data; interruption closes with a close frame and waits for the venue's, at most
// CLOSE_LIMIT. Time is watched by a fiber on Effect's Clock, outside the frame handler, which only notes that something
// came. Invariants: after the effect has ended no handler of it runs, and its socket and fiber are gone; no frame is
// larger than its bound. `ws`, because its frames cost a fraction of a stream's.
import { Clock, Deferred, Effect, Option } from "effect"
import type { IncomingMessage } from "node:http"
import { WebSocket } from "ws"
import { foreignText } from "../../domain/ForeignText.ts"
import type { Keepalive } from "../../schemes/TranslationScheme.ts"
import { ConnectionLost } from "../core/ConnectionLost.ts"
import {
  Broken,
  Closed,
  HandshakeFailed,
  HandshakeRefused,
  HandshakeTimedOut,
  type LossCause,
  Oversized,
  Silent,
  Stalled
} from "../core/LossCause.ts"
import { monotonicMillis, nowMicros } from "../core/Now.ts"
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

/** Milliseconds, each. */
const HANDSHAKE_LIMIT = 10_000
const CLOSE_LIMIT = 1_000
const LOOK_EVERY = 1_000
/** Whole books come in one frame; the largest seen were 1.3 MB (sheet of Coinbase, section 4, 2026-09-30). */
const MAX_FRAME = 16 << 20
/** More unsent bytes than this mean that the venue stopped reading. */
const MAX_UNSENT = 1 << 20

/** `ws`'s code of a frame beyond maxPayload. */
const TOO_LARGE = "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH"

/** An upgrade that was answered by an ordinary status, whichever it is, is the connection's trouble and no symbol's. */
const refusal = ({ statusCode = 0, headers }: IncomingMessage, now: number): HandshakeRefused =>
  new HandshakeRefused({
    status: statusCode,
    retryAfter: quietMs(statusCode, { "retry-after": headers["retry-after"], date: headers.date }, now) ?? 0
  })

/** The socket with its handlers: plain code, called by `ws`. */
class Connection {
  readonly opened = Deferred.makeUnsafe<void>()
  readonly ended = Deferred.makeUnsafe<never, ConnectionLost>()
  /** Something came since this was set to false. */
  heard = false
  private readonly socket: WebSocket
  private isOver = false

  constructor({ url, maxFrame = MAX_FRAME, onOpen, onFrame }: WebsocketOptions, clock: Clock.Clock) {
    const socket = new WebSocket(url, {
      perMessageDeflate: false,
      maxPayload: maxFrame,
      agent: agentFor(url),
      headers: { "user-agent": "level4" }
    })
    this.socket = socket
    socket.on("open", () => {
      Deferred.doneUnsafe(this.opened, Effect.void)
      try {
        onOpen(this.send)
      } catch (defect) {
        this.end(Effect.die(defect))
      }
    })
    socket.on("message", (data: Buffer) => {
      this.heard = true
      try {
        onFrame(data, nowMicros())
      } catch (defect) {
        this.end(Effect.die(defect))
      }
    })
    socket.on("ping", () => (this.heard = true))
    socket.on("pong", () => (this.heard = true))
    socket.on("unexpected-response", (_request, response) =>
      this.lose(refusal(response, clock.currentTimeMillisUnsafe()))
    )
    socket.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === TOO_LARGE) return this.lose(new Oversized({ bound: maxFrame }))
      const { detail: says, code, unreachable } = networkFault(error)
      if (Deferred.isDoneUnsafe(this.opened)) return this.lose(new Broken({ code, says }))
      this.lose(unreachable ?? new HandshakeFailed({ code, says }))
    })
    socket.on("close", (code, bytes) => this.lose(new Closed({ code, reason: foreignText(String(bytes)) })))
  }

  readonly send = (text: string): void => {
    if (this.socket.readyState !== WebSocket.OPEN) return
    const unsent = this.socket.bufferedAmount
    if (unsent > MAX_UNSENT) this.lose(new Stalled({ unsent }))
    else this.socket.send(text)
  }

  ping(text: string | null): void {
    if (text !== null) this.send(text)
    else if (this.socket.readyState === WebSocket.OPEN) this.socket.ping()
  }

  lose(cause: LossCause): void {
    this.end(Effect.fail(new ConnectionLost({ cause })))
  }

  /** Says goodbye and waits for the other side, in bounded time. */
  readonly close: Effect.Effect<void> = Effect.suspend(() => {
    const { socket } = this
    this.detach()
    const answered = Effect.callback<void>((resume) => {
      if (socket.readyState !== WebSocket.OPEN) return resume(Effect.void)
      socket.once("close", () => resume(Effect.void))
      socket.close(1000)
    })
    return Effect.interruptible(answered).pipe(
      Effect.timeoutOption(CLOSE_LIMIT),
      Effect.andThen(Effect.sync(() => socket.terminate()))
    )
  })

  private end(result: Effect.Effect<never, ConnectionLost>): void {
    if (this.isOver) return
    this.detach()
    this.socket.terminate()
    Deferred.doneUnsafe(this.ended, result)
  }

  private detach(): void {
    this.isOver = true
    // a late error of a socket that is being given up must not end the process
    this.socket.removeAllListeners().on("error", () => {})
  }
}

/** Bounds the handshake, pings, and ends a connection on which nothing comes; looks once a second. */
const watch = (connection: Connection, { ping, socketSilence }: Keepalive): Effect.Effect<void> =>
  Effect.gen(function* () {
    const opened = yield* Effect.timeoutOption(Deferred.await(connection.opened), HANDSHAKE_LIMIT)
    if (Option.isNone(opened)) return connection.lose(new HandshakeTimedOut({ limit: HANDSHAKE_LIMIT }))
    let heard = yield* monotonicMillis
    let pinged = heard
    for (;;) {
      yield* Effect.sleep(LOOK_EVERY)
      const now = yield* monotonicMillis
      if (connection.heard) heard = now
      connection.heard = false
      if (now - heard >= socketSilence) return connection.lose(new Silent({ for: now - heard }))
      if (now - Math.max(ping.always ? 0 : heard, pinged) < ping.every) continue
      pinged = now
      connection.ping(ping.text)
    }
  })

/** Runs one connection; never succeeds. */
export const websocket = (options: WebsocketOptions): Effect.Effect<never, ConnectionLost> =>
  Effect.gen(function* () {
    const clock = yield* Clock.Clock
    const connection = yield* Effect.acquireRelease(
      Effect.sync(() => new Connection(options, clock)),
      ({ close }) => close
    )
    yield* Effect.forkScoped(watch(connection, options.keepalive))
    return yield* Deferred.await(connection.ended)
  }).pipe(Effect.scoped)
