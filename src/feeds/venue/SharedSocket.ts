// Owns one connection that several markets of a venue share: its session, and to which subscriber a frame's
// instructions belong. Dialling is the pool's work, the order and pace of what is sent Outbox's, the trust in a book
// each subscriber's own. Hot path: `receive` runs in the socket's message handler. Invariants: a market's defect or
// repair touches no other subscriber; only what the venue says of the whole socket reaches all of them.
import type { Effect } from "effect"
import type { Instruction, Instructions } from "../../schemes/Instruction.ts"
import type { Line, Session, TranslationScheme } from "../../schemes/TranslationScheme.ts"
import { textOf, Unreadable } from "../../wire/Wire.ts"
import { ConnectionLost } from "../core/ConnectionLost.ts"
import { Flooded, OutboxFull, SentAway } from "../core/LossCause.ts"
import { nowMicros } from "../core/Now.ts"
import type { SocketSubscriber } from "./SocketSubscriber.ts"
import { namesAlone } from "./namesAlone.ts"
import { Outbox } from "./Outbox.ts"
import { UnknownFrames } from "./UnknownFrames.ts"

/** Milliseconds before a venue that flooded us is dialled again. */
const FLOOD_PAUSE = 10_000

export class SharedSocket {
  readonly subscribers = new Map<string, SocketSubscriber>()
  /** Those of the subscribers that are recorded. */
  private tapped: ReadonlyArray<SocketSubscriber> = []
  readonly line: Line
  /** The venue said so, whatever its documents say. */
  isFull = false
  session: Session
  /** Since when the connection of the moment is open; microseconds since 1970, null while none is. */
  openedAt: number | null = null
  private unknown = new UnknownFrames()
  private isFlooded = false
  /** The venue does not trade at all, as it said on this connection; null before and after. */
  private halt: Instruction | null = null
  private readonly scheme: TranslationScheme
  private readonly giveUp: (lost: ConnectionLost) => void
  private readonly outbox: Outbox
  /** Subscribers whose subscription has not been put into words yet; those that wait are subscribed together. */
  private readonly arriving = new Set<SocketSubscriber>()

  /** `giveUp` ends the connection. */
  constructor(scheme: TranslationScheme, line: Line, giveUp: (lost: ConnectionLost) => void) {
    this.scheme = scheme
    this.line = line
    this.giveUp = giveUp
    this.outbox = new Outbox(scheme.exchange, scheme.limits.messages, {
      hasMore: () => this.arriving.size > 0,
      compose: () => this.subscribe(),
      sending: (text) => {
        const at = nowMicros()
        for (const subscriber of this.tapped) subscriber.tap?.("sent", text, at)
      },
      overflow: (waiting) => this.giveUp(new ConnectionLost({ cause: new OutboxFull({ waiting }) }))
    })
    this.session = scheme.session(line.name)
  }

  get isOpen(): boolean {
    return this.outbox.isOpen
  }

  /** A connection is open: everybody on it subscribes again. */
  opened(say: (text: string) => void): void {
    this.session = this.scheme.session(this.line.name)
    this.unknown = new UnknownFrames()
    this.isFlooded = false
    this.halt = null
    this.outbox.open(say)
    const at = nowMicros()
    this.openedAt = at
    for (const subscriber of this.subscribers.values()) {
      this.arrive(subscriber)
    }
    for (const subscriber of this.tapped) subscriber.tap?.("open", "", at)
  }

  /** The connection is gone. Subscribers stay until the pool tells them. */
  closed(): void {
    this.outbox.close()
    this.openedAt = null
    this.arriving.clear()
  }

  join(subscriber: SocketSubscriber): void {
    this.subscribers.set(subscriber.symbol, subscriber)
    if (subscriber.tap !== null) this.tapped = [...this.tapped, subscriber]
    if (!this.outbox.isOpen) return
    const at = nowMicros()
    subscriber.tap?.("open", "", at)
    if (this.halt !== null) this.give(subscriber, this.halt, at)
    this.arrive(subscriber)
  }

  leave(subscriber: SocketSubscriber): void {
    if (this.subscribers.get(subscriber.symbol) !== subscriber) return
    this.subscribers.delete(subscriber.symbol)
    this.tapped = this.tapped.filter((one) => one !== subscriber)
    if (this.arriving.delete(subscriber) || !this.outbox.isOpen) return
    for (const text of this.session.leave([subscriber.symbol])) this.send(text)
  }

  /** Says a text when its turn comes. */
  readonly send = (text: string): void => this.outbox.post(text)

  /** What one REST answer means, for the market that asked. */
  answer(symbol: string, status: number, body: string, at: number): void {
    const instructions = this.session.answer(symbol, status, body, at)
    const subscriber = this.subscribers.get(symbol)
    if (subscriber === undefined) return
    // a REST answer speaks of its market alone, also where it asks for another connection
    for (const instruction of instructions) this.give(subscriber, instruction, at)
  }

  /** Says what waits, at the venue's pace. Runs beside the connection. */
  get talk(): Effect.Effect<never> {
    return this.outbox.talk
  }

  readonly receive = (frame: Uint8Array, at: number): void => {
    for (const subscriber of this.tapped) subscriber.tap?.("recv", textOf(frame), at)
    let result: Instructions | Unreadable
    try {
      result = this.session.receive(frame, at)
    } catch (defect) {
      return this.blame(textOf(frame), defect)
    }
    if (result instanceof Unreadable) this.unreadable(result, at)
    else this.execute(result, at, frame.length)
  }

  private execute(instructions: Instructions, at: number, size: number): void {
    if (instructions.length === 0 && this.subscribers.size === 1) {
      for (const subscriber of this.subscribers.values()) subscriber.frame(size, true, at)
    }
    let counted: SocketSubscriber | undefined
    for (let i = 0; i < instructions.length; i++) {
      const instruction = instructions[i]!
      const symbol = "symbol" in instruction ? instruction.symbol : null
      if (symbol === null) {
        this.executeForAll(instruction, at)
        continue
      }
      const subscriber = this.subscribers.get(symbol)
      if (subscriber === undefined) continue
      if (subscriber !== counted) subscriber.frame(size, false, at)
      counted = subscriber
      // its own data end a halt of the whole venue for whoever comes later, too
      if (instruction.type === "changes") this.halt = null
      if (instruction.type === "full") this.isFull = true
      this.give(subscriber, instruction, at)
    }
  }

  /** What the venue says of the whole socket. */
  private executeForAll(instruction: Instruction, at: number): void {
    if (instruction.type === "send") return this.send(instruction.text)
    if (instruction.type === "closing") return this.willClose()
    if (instruction.type === "halted") this.halt = instruction
    for (const subscriber of this.subscribers.values()) this.give(subscriber, instruction, at)
    if (instruction.type !== "reconnect") return
    const { reason, detail: says, retryAfter = 0 } = instruction
    const cause = new SentAway({ reason, says, markets: this.subscribers.size, retryAfter })
    this.giveUp(new ConnectionLost({ cause }))
  }

  /** The connection will not last: no market comes any more, and those that are here move on, each for itself. */
  willClose(): void {
    this.isFull = true
    for (const subscriber of this.subscribers.values()) subscriber.outlived()
  }

  private give(subscriber: SocketSubscriber, instruction: Instruction, at: number): void {
    try {
      subscriber.take(instruction, at)
    } catch (defect) {
      this.crash(subscriber, defect)
    }
  }

  /** Whose frame it was can't be read, but perhaps be seen; else it may have been anybody's. */
  private unreadable(frame: Unreadable, at: number): void {
    if (!this.unknown.allows(at)) {
      if (this.isFlooded) return
      this.isFlooded = true
      const cause = new Flooded({ markets: this.subscribers.size })
      return this.giveUp(new ConnectionLost({ cause, retryAfter: FLOOD_PAUSE }))
    }
    const named = this.named(frame.text)
    for (const subscriber of named === null ? [...this.subscribers.values()] : [named]) {
      subscriber.frame(frame.text.length, false, at)
      try {
        subscriber.unreadable(frame, namesAlone(frame.text, [subscriber.symbol]) !== null, at)
      } catch (defect) {
        this.crash(subscriber, defect)
      }
    }
  }

  /** A scheme's defect on a frame costs the market that the frame names, or everybody where it names none. */
  private blame(text: string, defect: unknown): void {
    const named = this.named(text)
    for (const subscriber of named === null ? [...this.subscribers.values()] : [named]) this.crash(subscriber, defect)
  }

  private crash(subscriber: SocketSubscriber, defect: unknown): void {
    this.leave(subscriber)
    subscriber.crashed(defect)
  }

  /** The one subscriber that the text names, or the only one there is; null if there is none or more than one. */
  private named(text: string): SocketSubscriber | null {
    if (this.subscribers.size === 1) return this.subscribers.values().next().value ?? null
    const symbol = namesAlone(text, [...this.subscribers.keys()])
    return symbol === null ? null : (this.subscribers.get(symbol) ?? null)
  }

  private arrive(subscriber: SocketSubscriber): void {
    this.arriving.add(subscriber)
    subscriber.waiting(() => `its subscription waits for its turn among ${this.outbox.size + 1} messages`)
    this.outbox.remind()
  }

  /** Puts the subscriptions of all who wait into words. */
  private subscribe(): void {
    const subscribers = [...this.arriving]
    this.arriving.clear()
    const joined = (): void => {
      const at = nowMicros()
      for (const subscriber of subscribers) {
        if (this.subscribers.get(subscriber.symbol) !== subscriber) continue
        subscriber.waiting(null)
        subscriber.joined(at)
      }
    }
    const texts = this.session.join(subscribers.map(({ symbol }) => symbol))
    if (texts.length === 0) return joined()
    texts.forEach((text, index) => this.outbox.post(text, index === texts.length - 1 ? joined : null))
  }
}
