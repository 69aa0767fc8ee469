// Owns a client of GET /stream for tests: keeps what it was told, events apart from answers, and lets a test wait for
// what it needs. It reads nothing while it is paused.
import { Effect, Schema } from "effect"
import { WebSocket } from "ws"
import { ServerMessage } from "../../src/api/stream/Protocol.ts"
import { until } from "./until.ts"

/** An event or an answer, as it came. */
export interface Said {
  readonly type: string
  readonly [field: string]: unknown
}

const decodeMessage = Schema.decodeUnknownSync(ServerMessage, { onExcessProperty: "error" })
/** So many messages of each client are held to the protocol's schemas; all would take too long. */
const CHECKED = 40

export class StreamClient {
  readonly socket: WebSocket
  readonly events: Array<Said> = []
  readonly answers: Array<Said> = []
  /** Close code and reason, once closed. */
  end: { readonly code: number; readonly reason: string } | null = null
  private checked = 0

  constructor(socket: WebSocket) {
    this.socket = socket
    socket.on("message", (data: Buffer) => {
      const said = JSON.parse(data.toString("utf8")) as Said | ReadonlyArray<Said>
      if (this.checked < CHECKED) decodeMessage(said)
      this.checked++
      if (Array.isArray(said)) this.events.push(...(said as ReadonlyArray<Said>))
      else this.answers.push(said as Said)
    })
    socket.on("close", (code, reason) => (this.end = { code, reason: String(reason) }))
    socket.on("error", () => {})
  }

  say(message: object | string): void {
    this.socket.send(typeof message === "string" ? message : JSON.stringify(message))
  }

  /** Says it and waits for the next answer. */
  ask(message: object | string): Effect.Effect<Said> {
    const before = this.answers.length
    this.say(message)
    return Effect.map(
      until(
        "an answer",
        Effect.sync(() => this.answers),
        (answers) => answers.length > before
      ),
      (answers) => answers[before]!
    ).pipe(Effect.orDie)
  }

  of(type: string): ReadonlyArray<Said> {
    return this.events.filter((event) => event.type === type)
  }

  /** Waits until there are so many events. */
  atLeast(count: number) {
    return until(
      `${count} events`,
      Effect.sync(() => this.events.length),
      (length) => length >= count
    )
  }

  /** Waits for an event. */
  until(what: string, good: (event: Said) => boolean) {
    return until(
      what,
      Effect.sync(() => this.events.find(good)),
      (event) => event !== undefined
    )
  }

  get ended() {
    return until(
      "the end",
      Effect.sync(() => this.end),
      (end) => end !== null
    )
  }
}

/** A connected client of the service at such an address, gone with the scope. */
export const streamClient = (url: string, options: object = {}) =>
  Effect.acquireRelease(
    Effect.callback<StreamClient>((resume) => {
      const address = `${url.replace("http", "ws")}/stream`
      const client = new StreamClient(new WebSocket(address, { perMessageDeflate: false, ...options }))
      client.socket.once("open", () => resume(Effect.succeed(client)))
      client.socket.once("error", (cause) => resume(Effect.die(cause)))
    }),
    ({ socket }) => Effect.sync(() => socket.terminate())
  )

/** A book made of what a stream told: a snapshot, and every change since. */
export class ConsumerBook {
  readonly bids = new Map<string, string>()
  readonly asks = new Map<string, string>()
  private begun = false

  apply(event: Said): void {
    if (event.type !== "book_snapshot" && event.type !== "book_change") return
    if (event.type === "book_snapshot") {
      this.begun = true
      this.bids.clear()
      this.asks.clear()
    }
    if (!this.begun) throw new Error("a change came before any snapshot")
    this.set(this.bids, event["bids"] as ReadonlyArray<readonly [string, string]>)
    this.set(this.asks, event["asks"] as ReadonlyArray<readonly [string, string]>)
  }

  /** Both sides, best first, in one text. */
  get text(): string {
    const sorted = (levels: Map<string, string>, sign: number) =>
      [...levels].sort(([a], [b]) => (Number(a) - Number(b)) * sign)
    return JSON.stringify([sorted(this.bids, -1), sorted(this.asks, 1)])
  }

  private set(side: Map<string, string>, levels: ReadonlyArray<readonly [string, string]>): void {
    for (const [price, size] of levels) {
      if (size === "0") side.delete(price)
      else side.set(price, size)
    }
  }
}
