// Owns the body of one answer to GET /markets/:id/events: server-sent events with the place of each as its id, a
// comment now and then so that proxies and clients see that it lives, and a last event `close` that says why it ends.
// Invariant: what waits for a slow client is bounded by its lane, and does not wait for ever; whoever reads no more is
// let go of.
import { type Cause, Effect, Queue, Stream } from "effect"
import type { Hub } from "../../hub/Hub.ts"
import { eventStreamFormat } from "./formats.ts"
import type { Outlet } from "./Outlet.ts"
import { Subscriber } from "./Subscriber.ts"
import type { TimeBudget } from "./TimeBudget.ts"
import type { Job, Turns } from "./Turns.ts"

/** Milliseconds that a client may take to read what waits for it when its stream ends. */
const GOODBYE_LIMIT = 10_000
const HEARTBEAT = Buffer.from(": level4\n\n")

export class EventBody implements Job, Outlet {
  readonly budgets: ReadonlyArray<TimeBudget>
  readonly subscriber: Subscriber
  unsent = 0
  private readonly queue = Effect.runSync(Queue.unbounded<Buffer, Cause.Done>())
  private readonly turns: Turns
  private readonly gone: () => void
  private readonly cut: () => void
  private readonly patience: number
  private ended = false
  private cutting: NodeJS.Timeout | null = null

  /** `gone` is called when it ends; `cut` closes the connection of a client that does not read that end. */
  constructor(
    hub: Hub,
    limit: number,
    turns: Turns,
    budgets: ReadonlyArray<TimeBudget>,
    gone: () => void,
    cut: () => void,
    patience = GOODBYE_LIMIT
  ) {
    this.turns = turns
    this.budgets = budgets
    this.gone = gone
    this.cut = cut
    this.patience = patience
    this.subscriber = new Subscriber(hub, this, eventStreamFormat, limit, () => turns.want(this))
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
          if (this.cutting !== null) clearTimeout(this.cutting)
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
    this.cutting = setTimeout(this.cut, this.patience)
    this.write(Buffer.from(`event: close\ndata: ${JSON.stringify({ type: "close", code, reason })}\n\n`))
    this.end()
  }

  private end(): void {
    if (this.ended) return
    this.ended = true
    this.subscriber.close()
    this.turns.drop(this)
    this.gone()
    Queue.endUnsafe(this.queue)
  }
}
