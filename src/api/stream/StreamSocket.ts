// Owns one client's websocket from its upgrade to its end: reads its messages one after the other, each when it is its
// turn, answers each, and is the sink of what it listens to. What messages mean is readOrder's, what is heard the
// subscriber's, whose turn it is WorkQueue.ts's. Invariants: a fault in a message is answered and leaves the connection
// open; while a message waits for the catalog no other is read; what waits to be read is bounded by INBOX and one read
// of the socket, and who sends more than its budget allows for PATIENCE is closed with the reason; after the end
// nothing is written and nothing is held.
import { Effect } from "effect"
import type { Duplex } from "node:stream"
import { WebSocket } from "ws"
import { nowMicros } from "../../feeds/core/Now.ts"
import type { Timers } from "../../hub/Timers.ts"
import { LOSSLESS_LIMIT } from "./SendQueue.ts"
import { textFrame, websocketFormat } from "./formats.ts"
import type { ClientSink } from "./ClientSink.ts"
import { type Answer, type ClientMessage, limitation, readMessage, refusal } from "./Protocol.ts"
import { type Markets, readOrder } from "./readOrder.ts"
import { type Order, Subscriber } from "./Subscriber.ts"
import type { TimeBudget } from "./TimeBudget.ts"
import type { Job, WorkQueue } from "./WorkQueue.ts"

/** What a connection works with. */
export interface Means {
  readonly timers: Timers
  readonly work: WorkQueue
  /** Its own budget first. */
  readonly budgets: ReadonlyArray<TimeBudget>
  /** Runs an effect to its end; it never fails. */
  readonly run: (effect: Effect.Effect<void>) => void
}

/** How long a client may take to answer a close frame, and to read what waits before it. */
const GOODBYE_LIMIT = 10_000
/** Messages that wait before the socket is read no more. */
const INBOX = 64
/** How long a client may have more messages waiting than its own budget allows, in milliseconds. */
const PATIENCE = 15_000
/** Milliseconds that a frame costs before it is a message here. */
const FRAME_COST = 0.01
/**
 * The most that a wait for the catalog is counted, in milliseconds: it works for the client then, and may be out of
 * reach.
 */
const CATALOG_COST = 20
/** The websocket close code for what a service does not allow. */
const POLICY_VIOLATION = 1008

export class StreamSocket implements ClientSink {
  readonly subscriber: Subscriber
  /** False once a ping went unanswered. */
  alive = true
  private readonly ws: WebSocket
  private readonly socket: Duplex
  private readonly markets: Markets
  private readonly means: Means
  private readonly reading: Job
  private readonly opening: Job
  private inbox: Array<string> = []
  private busy = false
  /** Since when its messages wait for its own budget; null while they do not. */
  private behindSince: number | null = null

  /** `ws` owns the protocol on `socket`; frames made for many are written to the socket itself, between its own. */
  constructor(ws: WebSocket, socket: Duplex, markets: Markets, limit: number, means: Means) {
    this.ws = ws
    this.socket = socket
    this.markets = markets
    this.means = means
    const { budgets, work } = means
    this.reading = { budgets, step: () => this.read(), held: (budget) => this.heldBack(budget) }
    this.opening = { budgets, step: () => this.subscriber.step() }
    this.subscriber = new Subscriber(markets.hub, this, websocketFormat, limit, () => work.want(this.opening))
    ws.on("message", (data: Buffer, binary) => this.receive(data, binary))
    ws.on("pong", () => (this.alive = true))
    ws.on("error", () => {}) // a broken frame; ws closes with its code
    ws.on("ping", () => this.arrived())
    ws.on("close", () => this.end())
    socket.on("drain", () => this.subscriber.drained())
  }

  get unsent(): number {
    return this.socket.writableLength
  }

  write(chunk: Buffer): void {
    if (this.ws.readyState === WebSocket.OPEN) this.socket.write(chunk)
  }

  warn(field: string, message: string): void {
    this.answer(limitation(null, field, message))
  }

  close(code: number, reason: string): void {
    this.end()
    if (this.ws.readyState !== WebSocket.OPEN) return
    const read = this.means.timers.after(GOODBYE_LIMIT, () => this.ws.terminate())
    this.ws.once("close", read)
    this.ws.close(code, reason)
    // its answer to that has to be read
    this.ws.resume()
  }

  /** Ends it without a word. */
  terminate(): void {
    this.ws.terminate()
  }

  /** Asks for a sign of life; who gave none since the last time is closed. */
  ping(): void {
    if (!this.alive) return this.close(1001, "no answer to a ping")
    this.alive = false
    this.ws.ping()
  }

  private receive(data: Buffer, binary: boolean): void {
    if (this.ws.readyState !== WebSocket.OPEN) return
    if (binary) {
      return this.answer(refusal(null, [{ path: "", message: "Expected JSON as text; binary messages are not read" }]))
    }
    this.inbox.push(data.toString("utf8"))
    this.arrived()
  }

  /** Something came, which costs before it is read: a flood of it stops being taken from the socket. */
  private arrived(): void {
    for (const budget of this.means.budgets) budget.spend(FRAME_COST)
    const spent = this.means.budgets[0]!.wait(this.means.work.now()) > 0
    if (spent || this.inbox.length >= INBOX) this.ws.pause()
    if (!this.busy) this.means.work.want(this.reading)
  }

  /** Reads one message; true if another can be read. */
  private read(): boolean {
    if (this.busy || this.ws.readyState !== WebSocket.OPEN) return false
    const text = this.inbox.shift()
    if (text !== undefined) {
      const message = readMessage(text)
      if (message._tag === "Failure") this.answer(message.failure)
      else this.execute(message.success)
    }
    if (this.busy) return false
    if (this.inbox.length > 0) return true
    this.behindSince = null
    this.ws.resume()
    return false
  }

  /** Its messages wait for a budget. */
  private heldBack(budget: TimeBudget): void {
    // what others of the same address or token spent is not its own fault
    if (budget !== this.means.budgets[0] || this.inbox.length === 0) return
    const now = this.means.work.now()
    this.behindSince ??= now
    const seconds = (now - this.behindSince) / 1_000
    if (seconds * 1_000 < PATIENCE) return
    this.close(
      POLICY_VIOLATION,
      `too many messages: for ${seconds.toFixed(0)} s they ask for more than one client may have`
    )
  }

  private end(): void {
    this.inbox = []
    this.subscriber.close()
    this.means.work.drop(this.reading)
    this.means.work.drop(this.opening)
  }

  private execute(message: ClientMessage): void {
    const id = message.id ?? null
    if (message.op === "ping") return this.answer({ type: "pong", id, ts: nowMicros() })
    const { budgets, run, work } = this.means
    const begun = work.now()
    let atOnce = true
    this.busy = true
    const done = Effect.matchCause(readOrder(this.markets, message), {
      onSuccess: (order) =>
        atOnce ? this.obey(message, order) : work.pay(this.reading, () => this.obey(message, order)),
      onFailure: (cause) => {
        const faults = cause.reasons.flatMap((reason) => (reason._tag === "Fail" ? reason.error : []))
        this.answer(
          refusal(id, faults.length > 0 ? faults : [{ path: "", message: "level4 failed to read this; see its log" }])
        )
      }
    })
    const next = Effect.sync(() => {
      this.busy = false
      if (atOnce) return
      const waited = Math.min(CATALOG_COST, work.now() - begun)
      for (const budget of budgets) budget.spend(waited)
      work.want(this.reading)
    })
    run(Effect.andThen(done, next))
    atOnce = false
    if (this.busy) this.ws.pause()
  }

  private obey(message: Exclude<ClientMessage, { op: "ping" }>, order: Order): void {
    if (this.ws.readyState !== WebSocket.OPEN) return
    const { subscriber } = this
    const id = message.id ?? null
    const understood = {
      id,
      channels: message.channels,
      markets: order.markets.map(({ id, tag, label }) => ({ id, tag, state: label.state })),
      patterns: order.patterns.map(({ text }) => text)
    }
    if (message.op === "unsubscribe") {
      subscriber.unsubscribe(order)
      return this.answer({ type: "unsubscribed", ...understood })
    }
    const refused = subscriber.refusal(order)
    if (refused !== null) return this.answer(limitation(id, "/channels", refused))
    this.answer({ type: "subscribed", ...understood, delivery: order.delivery, run: this.markets.hub.run })
    subscriber.subscribe(order)
  }

  private answer(answer: Answer): void {
    if (this.unsent > LOSSLESS_LIMIT)
      return this.close(1013, `too slow: ${this.unsent} bytes wait, and answers are not read`)
    this.write(textFrame(JSON.stringify(answer)))
  }
}
