// Owns one client's websocket from its upgrade to its end: reads its messages one after the other, answers each, and is the
// outlet of what it listens to. What messages mean is readOrder's, what is heard the subscriber's. Invariants: a fault in a
// message is answered and leaves the connection open; while a message waits for the catalog no other is read; after the end
// nothing is written and nothing is held.
import { Effect } from "effect"
import type { Duplex } from "node:stream"
import { WebSocket } from "ws"
import { nowMicros } from "../../feeds/Now.ts"
import { LOSSLESS_LIMIT } from "./Lane.ts"
import { textFrame, websocketFormat } from "./formats.ts"
import type { Outlet } from "./Outlet.ts"
import { type Answer, type ClientMessage, limitation, readMessage, refusal } from "./Protocol.ts"
import { type Markets, readOrder } from "./readOrder.ts"
import { type Order, Subscriber } from "./Subscriber.ts"

/** Runs an effect to its end; it never fails. */
export type Run = (effect: Effect.Effect<void>) => void

/** How long a client may take to answer a close frame, and to read what waits before it. */
const GOODBYE_LIMIT = 10_000

export class StreamSocket implements Outlet {
  readonly subscriber: Subscriber
  /** False once a ping went unanswered. */
  alive = true
  private readonly ws: WebSocket
  private readonly socket: Duplex
  private readonly markets: Markets
  private readonly run: Run
  private inbox: Array<string> = []
  private busy = false

  /** `ws` owns the protocol on `socket`; frames made for many are written to the socket itself, between its own. */
  constructor(ws: WebSocket, socket: Duplex, markets: Markets, limit: number, run: Run) {
    this.ws = ws
    this.socket = socket
    this.markets = markets
    this.run = run
    this.subscriber = new Subscriber(markets.hub, this, websocketFormat, limit)
    ws.on("message", (data: Buffer, binary) => this.receive(data, binary))
    ws.on("pong", () => (this.alive = true))
    ws.on("error", () => {}) // a broken frame; ws closes with its code
    ws.on("close", () => this.subscriber.close())
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
    this.subscriber.close()
    this.inbox = []
    if (this.ws.readyState !== WebSocket.OPEN) return
    const cut = setTimeout(() => this.ws.terminate(), GOODBYE_LIMIT)
    this.ws.once("close", () => clearTimeout(cut))
    this.ws.close(code, reason)
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
    this.read()
  }

  private read(): void {
    while (!this.busy && this.inbox.length > 0) {
      const message = readMessage(this.inbox.shift()!)
      if (message._tag === "Failure") this.answer(message.failure)
      else this.execute(message.success)
    }
  }

  private execute(message: ClientMessage): void {
    const id = message.id ?? null
    if (message.op === "ping") return this.answer({ type: "pong", id, ts: nowMicros() })
    this.busy = true
    this.ws.pause()
    const done = Effect.matchCause(readOrder(this.markets, message), {
      onSuccess: (order) => this.obey(message, order),
      onFailure: (cause) => {
        const faults = cause.reasons.flatMap((reason) => (reason._tag === "Fail" ? reason.error : []))
        this.answer(
          refusal(id, faults.length > 0 ? faults : [{ path: "", message: "level4 failed to read this; see its log" }])
        )
      }
    })
    this.run(
      Effect.andThen(
        done,
        Effect.sync(() => {
          this.busy = false
          this.ws.resume()
          this.read()
        })
      )
    )
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
