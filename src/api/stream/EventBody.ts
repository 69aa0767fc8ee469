// Owns the body of one answer to GET /markets/:id/events: server-sent events with the place of each as its id, a
// comment now and then so that proxies and clients see that it lives, and a last event `close` that says why it ends.
// Invariant: what waits for a slow client is bounded by its send queue, and does not wait for ever; whoever reads no
// more is let go of.
import { type Cause, Effect, Queue, Stream } from "effect"
import type { Hub } from "../../hub/Hub.ts"
import type { Cancel, Timers } from "../../hub/Timers.ts"
import type { ClientSink } from "./ClientSink.ts"
import { eventStreamFormat } from "./formats.ts"
import { Subscriber } from "./Subscriber.ts"
import type { TimeBudget } from "./TimeBudget.ts"
import type { Job, WorkQueue } from "./WorkQueue.ts"

/** Milliseconds that a client may take to read what waits for it when its stream ends. */
const GOODBYE_LIMIT = 10_000
const HEARTBEAT = Buffer.from(": level4\n\n")

export interface EventBodyOptions {
  readonly hub: Hub
  /** Subscriptions that it may hold. */
  readonly limit: number
  readonly work: WorkQueue
  readonly timers: Timers
  readonly budgets: ReadonlyArray<TimeBudget>
  /** Called when it ends. */
  readonly gone: () => void
  /** Closes the connection of a client that does not read that end. */
  readonly cut: () => void
}

export class EventBody implements Job, ClientSink {
  readonly budgets: ReadonlyArray<TimeBudget>
  readonly subscriber: Subscriber
  unsent = 0
  private readonly queue = Effect.runSync(Queue.unbounded<Buffer, Cause.Done>())
  private readonly options: EventBodyOptions
  private ended = false
  private cutting: Cancel | null = null

  constructor(options: EventBodyOptions) {
    const { hub, limit, work, budgets } = options
    this.options = options
    this.budgets = budgets
    this.subscriber = new Subscriber(hub, this, eventStreamFormat, limit, () => work.want(this))
  }

  step(): boolean {
    return this.subscriber.step()
  }

  /** What the client reads. */
  get stream(): Stream.Stream<Uint8Array> {
    return Stream.fromQueue(this.queue).pipe(
      Stream.map((chunk) => {
        this.unsent -= chunk.length
        if (this.unsent === 0) queueMicrotask(() => this.subscriber.drained())
        return chunk
      }),
      Stream.ensuring(
        Effect.sync(() => {
          this.end()
          this.cutting?.()
        })
      )
    )
  }

  write(chunk: Buffer): void {
    if (this.ended) return
    this.unsent += chunk.length
    Queue.offerUnsafe(this.queue, chunk)
  }

  warn(_field: string, message: string): void {
    this.write(Buffer.from(`: ${message}\n\n`))
  }

  beat(): void {
    if (this.unsent === 0) this.write(HEARTBEAT)
  }

  close(code: number, reason: string): void {
    if (this.ended) return
    this.cutting = this.options.timers.after(GOODBYE_LIMIT, this.options.cut)
    this.write(Buffer.from(`event: close\ndata: ${JSON.stringify({ type: "close", code, reason })}\n\n`))
    this.end()
  }

  private end(): void {
    if (this.ended) return
    this.ended = true
    this.subscriber.close()
    this.options.work.drop(this)
    this.options.gone()
    Queue.endUnsafe(this.queue)
  }
}
