// Owns what outlives one connection of a stream: how far the reader has come, and when to try again. Reads the
// service's messages into values. Invariants: with delivery `lossless` a new connection continues at the last place of
// each market, and what can't be continued is named; with `latest` it starts over with how things stand, which is what
// that delivery is for.
import { Clock, Duration, Effect, Pull, Schedule, Schema } from "effect"
import { type Answer, ServerMessage } from "../api/stream/Protocol.ts"
import type { StreamEvent } from "../domain/StreamEvent.ts"
import type { Connection } from "./Connection.ts"
import { Places } from "./Places.ts"
import { StreamLost, StreamRefused, StreamUnreadable } from "./StreamFailures.ts"
import { type StreamRequest, subscription } from "./StreamRequest.ts"
import type { Disconnected, StreamValue } from "./StreamValue.ts"

/** The connection at hand, as far as a session needs it. */
type Line = Pick<Connection, "send" | "take">

export type Reconnect = Schedule.Schedule<unknown, StreamLost>

/** A connection that held for so long shows that the service is well: the next try is a first one again. */
const HEALTHY = 5_000

/** Only differences of it mean anything, so a wall clock that is set changes nothing. */
const monotonicMillis = Effect.map(Clock.monotonicTimeNanos, (nanos) => Number(nanos) / 1e6)

const isServerMessage = Schema.is(ServerMessage)

export class StreamSession {
  private readonly request: StreamRequest
  private readonly reconnect: Reconnect
  private readonly places: Places
  private step: Effect.Success<ReturnType<typeof Schedule.toStep<unknown, StreamLost, never, never>>> | null = null
  private delay: Duration.Duration = Duration.zero
  private connectedAt: number | null = null
  private everConnected = false
  private untold: ReadonlyArray<StreamEvent> = []

  constructor(request: StreamRequest, reconnect: Reconnect) {
    this.request = request
    this.reconnect = reconnect
    this.places = new Places(request.since)
  }

  /** Until the next connection may be tried. */
  readonly patience: Effect.Effect<void> = Effect.suspend(() => Effect.sleep(this.delay))

  subscribe(connection: Line): void {
    if (this.everConnected && this.request.delivery === "latest") this.places.clear()
    const { text, leftOut } = subscription(this.request, this.places, this.places.run)
    connection.send(text)
    const given = leftOut.map((market) => this.places.giveUp(market, "one message has no room for so many places"))
    this.untold = [...this.untold, ...given]
  }

  /** The next values of a connection, in order. */
  readonly next = (connection: Line) => Effect.flatMap(connection.take, (messages) => this.read(connection, messages))

  /** Tells that a connection ended, and sets when the next one may be tried; fails when the schedule allows none. */
  readonly lost = Effect.fnUntraced(function* (
    this: StreamSession,
    lost: StreamLost
  ): Effect.fn.Return<Disconnected, StreamLost> {
    const now = yield* monotonicMillis
    if (this.connectedAt !== null && now - this.connectedAt >= HEALTHY) this.step = null
    this.connectedAt = null
    this.step ??= yield* Schedule.toStep(this.reconnect)
    const [, delay] = yield* Pull.catchDone(this.step(now, lost), () => Effect.fail(lost))
    this.delay = delay
    const { code, reason } = lost
    return { type: "disconnected", code, reason, retry_in_ms: Math.round(Duration.toMillis(delay)) }
  })

  private readonly read = Effect.fnUntraced(function* (
    this: StreamSession,
    connection: Line,
    messages: ReadonlyArray<string>
  ): Effect.fn.Return<ReadonlyArray<StreamValue>, StreamRefused | StreamUnreadable | StreamLost> {
    const values: Array<StreamValue> = []
    const now = yield* monotonicMillis
    for (const text of messages) {
      const message = parse(text)
      if (!isServerMessage(message)) return yield* new StreamUnreadable({ sample: text.slice(0, 256) })
      if ("type" in message) {
        const failure = this.hear(connection, message, now, values)
        if (failure !== null) return yield* failure
        continue
      }
      for (const event of message) {
        this.places.note(event)
        values.push(event)
      }
    }
    return values
  })

  private hear(
    connection: Line,
    answer: Answer,
    now: number,
    values: Array<StreamValue>
  ): StreamRefused | StreamLost | null {
    if (answer.type === "subscribed") {
      const { markets, patterns, run } = answer
      this.places.run = run
      const named = run === undefined ? {} : { run }
      values.push({ type: "connected", markets, patterns, ...named }, ...this.untold)
      this.untold = []
      this.connectedAt = now
      this.everConnected = true
    }
    if (answer.type !== "error") return null
    const { errors } = answer
    // it answers nothing that was asked: a market appeared for which this connection has no room
    if (answer.id === null && this.connectedAt !== null) {
      for (const { message } of errors) values.push({ type: "left_out", reason: message })
      return null
    }
    // a limit of one connection is the same for the next one
    if (!this.everConnected || errors.some(({ code }) => code === "limit")) {
      return new StreamRefused({ status: null, title: "The subscription is refused", detail: null, faults: errors })
    }
    // it was understood before: after a restart the service may not know of a market yet, or of the catalog
    const places = errors.flatMap(({ field }) => /^\/since\/(\d+)$/.exec(field)?.[1] ?? [])
    if (places.length < errors.length) {
      const reason = errors.map(({ field, message }) => `${field}: ${message}`).join("; ")
      return new StreamLost({ code: null, reason: `refused for now: ${reason}` })
    }
    const given = places.map((market) =>
      this.places.giveUp(Number(market), "the service knows this market no more, or not yet")
    )
    this.untold = [...this.untold, ...given]
    this.subscribe(connection)
    return null
  }
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
