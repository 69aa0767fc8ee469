// Owns one websocket to GET /stream: opens it, keeps what came until it is taken, and ends it. What is said is
// the session's. Invariants: what waits to be taken is bounded by `buffer` and what one read of the socket brings,
// since beyond that the socket is not read, and the service sees a slow reader and does what the delivery promises; a
// server that says nothing for `silence`, no ping either, is given up; after its scope no timer and no socket is left.
import { Clock, Effect, Redacted, type Scope } from "effect"
import type { IncomingMessage } from "node:http"
import { WebSocket } from "ws"
import { refusedUpgrade } from "./refusedUpgrade.ts"
import { StreamLost, type StreamRefused } from "./StreamFailures.ts"

export interface ConnectionOptions {
  /** The service, e.g. http://127.0.0.1:4004. */
  readonly url: string
  readonly token: Redacted.Redacted | undefined
  /** Bytes that may wait for the reader. */
  readonly buffer: number
  /** Milliseconds. */
  readonly silence: number
}

const HANDSHAKE_LIMIT = 10_000
const CLOSE_LIMIT = 1_000
/** A whole book is one message. */
const MAX_MESSAGE = 128 << 20

/** An open connection; closed with the scope. */
export const connection = (
  options: ConnectionOptions
): Effect.Effect<Connection, StreamLost | StreamRefused, Scope.Scope> =>
  Effect.acquireRelease(Effect.flatMap(Clock.Clock, opened(options)), (connection) => connection.close, {
    interruptible: true
  }).pipe(Effect.tap((connection) => Effect.forkScoped(watch(connection, Math.max(10, options.silence / 4)), STARTED)))

const STARTED = { startImmediately: true }

/** Looks now and then whether the server still says something. */
const watch = (connection: Connection, interval: number) =>
  Effect.forever(
    Effect.delay(
      Effect.sync(() => connection.look()),
      interval
    )
  )

const opened = (options: ConnectionOptions) => (clock: Clock.Clock) =>
  Effect.callback<Connection, StreamLost | StreamRefused>((resume) => {
    const { token } = options
    const socket = new WebSocket(`${options.url.replace(/^http/, "ws").replace(/\/+$/, "")}/stream`, {
      perMessageDeflate: false,
      handshakeTimeout: HANDSHAKE_LIMIT,
      maxPayload: MAX_MESSAGE,
      headers: token === undefined ? {} : { authorization: `Bearer ${Redacted.value(token)}` }
    })
    const fail = (failure: Effect.Effect<never, StreamLost | StreamRefused>) => {
      socket.removeAllListeners().on("error", () => {})
      resume(failure)
    }
    // events that came with the handshake are heard from the first on
    const connection = new Connection(socket, options, () => Number(clock.monotonicTimeNanosUnsafe()) / 1e6)
    socket.once("open", () => {
      connection.begin()
      resume(Effect.succeed(connection))
    })
    socket.once("error", (cause) => fail(Effect.fail(new StreamLost({ code: null, reason: reasonOf(cause) }))))
    socket.once("unexpected-response", (_request, response: IncomingMessage) => fail(refusedUpgrade(response)))
    return Effect.sync(() => {
      socket.removeAllListeners().on("error", () => {})
      socket.terminate()
    })
  })

export class Connection {
  private readonly socket: WebSocket
  private readonly options: ConnectionOptions
  private messages: Array<string> = []
  private bytes = 0
  private readonly now: () => number
  private heard: number
  private lost: StreamLost | null = null
  private wake: (() => void) | null = null

  /** `now`: monotonic milliseconds. */
  constructor(socket: WebSocket, options: ConnectionOptions, now: () => number) {
    this.socket = socket
    this.options = options
    this.now = now
    this.heard = now()
    socket.on("message", (data: Buffer) => this.keep(data))
    socket.on("ping", () => (this.heard = this.now()))
    socket.on("error", (cause) => this.lose(null, cause.message))
    socket.on("close", (code, reason) => this.lose(code, String(reason) || "the connection broke"))
  }

  /** The handshake is done: from now on its silence counts. */
  begin(): void {
    this.heard = this.now()
  }

  send(text: string): void {
    this.socket.send(text)
  }

  /** All that waits, at least one message; once everything was taken, why there is no more. */
  readonly take: Effect.Effect<ReadonlyArray<string>, StreamLost> = Effect.callback((resume) => {
    const answer = (): void => {
      if (this.messages.length > 0) resume(Effect.succeed(this.taken()))
      else if (this.lost !== null) resume(Effect.fail(this.lost))
      else this.wake = answer
    }
    answer()
    return Effect.sync(() => (this.wake = null))
  })

  /** Says goodbye and waits for the other side, in bounded time. */
  readonly close: Effect.Effect<void> = Effect.callback((resume) => {
    const { socket } = this
    this.messages = []
    socket.removeAllListeners().on("error", () => {})
    if (socket.readyState !== WebSocket.OPEN) {
      socket.terminate()
      return resume(Effect.void)
    }
    const cut = setTimeout(() => socket.terminate(), CLOSE_LIMIT)
    socket.once("close", () => {
      clearTimeout(cut)
      resume(Effect.void)
    })
    socket.resume()
    socket.close(1000)
  })

  private keep(data: Buffer): void {
    this.heard = this.now()
    this.messages.push(data.toString("utf8"))
    this.bytes += data.length
    if (this.bytes > this.options.buffer) this.socket.pause()
    this.woken()
  }

  private taken(): ReadonlyArray<string> {
    const { messages } = this
    this.messages = []
    this.bytes = 0
    if (this.socket.isPaused) {
      this.heard = this.now()
      this.socket.resume()
    }
    return messages
  }

  /** Gives up a server that says nothing. */
  look(): void {
    const quiet = this.now() - this.heard
    if (this.socket.isPaused || this.socket.readyState !== WebSocket.OPEN || quiet < this.options.silence) return
    this.socket.terminate()
    this.lose(null, `nothing was heard for ${Math.round(quiet)} ms, no ping either`)
  }

  private lose(code: number | null, reason: string): void {
    this.lost ??= new StreamLost({ code, reason })
    this.woken()
  }

  private woken(): void {
    const { wake } = this
    this.wake = null
    wake?.()
  }
}

const reasonOf = (cause: Error): string => {
  const deepest = cause instanceof AggregateError ? (cause.errors[0] as Error) : cause
  return deepest.message === "" ? "no connection" : deepest.message
}
