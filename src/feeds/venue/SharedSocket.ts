// Owns one connection that several markets of a venue ride on: its session, which texts are said when, and to which
// seat a frame's instructions belong. Dialling and redialling is the pool's, the trust in a book each seat's own. Hot
// path: `receive` runs in the socket's message handler. Invariants: a market's defect or repair touches no other seat;
// only what the venue says of the whole socket reaches all of them; no more messages leave than the venue allows.
import { Effect, Queue } from "effect"
import type { Instruction, Instructions } from "../../schemes/Instruction.ts"
import type { Line, Session, TranslationScheme } from "../../schemes/TranslationScheme.ts"
import { textOf, Unreadable } from "../../schemes/Wire.ts"
import { ConnectionLost } from "../ConnectionLost.ts"
import { nowMicros } from "../Now.ts"
import type { Seat } from "./Seat.ts"
import { namesAlone } from "./namesAlone.ts"
import { Turnstile } from "./Turnstile.ts"
import { UnknownFrames } from "./UnknownFrames.ts"

/** More texts than this waiting to be said mean that the socket can't be kept. */
const MAX_OUTBOX = 2_000

/** Milliseconds before a venue that flooded us is dialled again. */
const FLOOD_PAUSE = 10_000

interface Message {
  readonly text: string
  /** Run once it was said. */
  readonly said: (() => void) | null
}

export class SharedSocket {
  readonly seats = new Map<string, Seat>()
  /** Those of the seats that are recorded. */
  private tapped: ReadonlyArray<Seat> = []
  readonly line: Line
  /** The venue said so, whatever its documents say. */
  isFull = false
  session: Session
  private unknown = new UnknownFrames(performance.now())
  private isFlooded = false
  /** The venue does not trade at all, as it said on this connection; null before and after. */
  private halt: Instruction | null = null
  private readonly scheme: TranslationScheme
  private readonly giveUp: (lost: ConnectionLost) => void
  private readonly messages: Turnstile
  private readonly wake = Effect.runSync(Queue.sliding<void>(1))
  private outbox: Array<Message> = []
  /** Seats whose subscription has not been put into words yet; those that wait are subscribed together. */
  private readonly arriving = new Set<Seat>()
  private say: ((text: string) => void) | null = null

  /** `giveUp` ends the connection. */
  constructor(scheme: TranslationScheme, line: Line, giveUp: (lost: ConnectionLost) => void) {
    this.scheme = scheme
    this.line = line
    this.giveUp = giveUp
    this.messages = new Turnstile(`a message to ${scheme.exchange}`, scheme.limits.messages)
    this.session = scheme.session(line.name)
  }

  get isOpen(): boolean {
    return this.say !== null
  }

  /** A connection is open: everybody on it subscribes again. */
  opened(say: (text: string) => void): void {
    this.session = this.scheme.session(this.line.name)
    this.outbox = []
    this.unknown = new UnknownFrames(performance.now())
    this.isFlooded = false
    this.halt = null
    this.say = say
    const at = nowMicros()
    for (const seat of this.seats.values()) {
      this.arrive(seat)
    }
    for (const seat of this.tapped) seat.tap?.("open", "", at)
  }

  /** The connection is gone. Seats stay until the pool tells them. */
  closed(): void {
    this.say = null
    this.arriving.clear()
  }

  board(seat: Seat): void {
    this.seats.set(seat.symbol, seat)
    if (seat.tap !== null) this.tapped = [...this.tapped, seat]
    if (this.say === null) return
    const at = nowMicros()
    seat.tap?.("open", "", at)
    if (this.halt !== null) this.give(seat, this.halt, at)
    this.arrive(seat)
  }

  leave(seat: Seat): void {
    if (this.seats.get(seat.symbol) !== seat) return
    this.seats.delete(seat.symbol)
    this.tapped = this.tapped.filter((one) => one !== seat)
    if (this.arriving.delete(seat) || this.say === null) return
    for (const text of this.session.leave([seat.symbol])) this.send(text)
  }

  /** Says a text when its turn comes. */
  readonly send = (text: string): void => this.post({ text, said: null })

  /** What one REST answer means, for the market that asked. */
  answer(symbol: string, status: number, body: string, at: number): void {
    const instructions = this.session.answer(symbol, status, body, at)
    const seat = this.seats.get(symbol)
    if (seat === undefined) return
    // a REST answer speaks of its market alone, also where it asks for another connection
    for (const instruction of instructions) this.give(seat, instruction, at)
  }

  /** Carries texts to the socket at the venue's pace. Runs beside the connection. */
  readonly talk: Effect.Effect<never> = Effect.gen({ self: this }, function* () {
    yield* Queue.take(this.wake)
    while (this.outbox.length > 0 || this.arriving.size > 0) {
      yield* this.messages.pass(1)
      if (this.outbox.length === 0) this.subscribe()
      const message = this.outbox.shift()
      if (message === undefined) continue
      const at = nowMicros()
      for (const seat of this.tapped) seat.tap?.("sent", message.text, at)
      this.say?.(message.text)
      message.said?.()
    }
  }).pipe(Effect.forever)

  readonly receive = (frame: Uint8Array, at: number): void => {
    for (const seat of this.tapped) seat.tap?.("recv", textOf(frame), at)
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
    if (instructions.length === 0 && this.seats.size === 1) {
      for (const seat of this.seats.values()) seat.frame(size, true, at)
    }
    let counted: Seat | undefined
    for (let i = 0; i < instructions.length; i++) {
      const instruction = instructions[i]!
      const symbol = "symbol" in instruction ? instruction.symbol : null
      if (symbol === null) {
        this.executeForAll(instruction, at)
        continue
      }
      const seat = this.seats.get(symbol)
      if (seat === undefined) continue
      if (seat !== counted) seat.frame(size, false, at)
      counted = seat
      // its own data end a halt of the whole venue for whoever comes later, too
      if (instruction.type === "changes") this.halt = null
      if (instruction.type === "full") this.isFull = true
      this.give(seat, instruction, at)
    }
  }

  /** What the venue says of the whole socket. */
  private executeForAll(instruction: Instruction, at: number): void {
    if (instruction.type === "send") return this.send(instruction.text)
    if (instruction.type === "closing") return this.willClose()
    if (instruction.type === "halted") this.halt = instruction
    for (const seat of this.seats.values()) this.give(seat, instruction, at)
    if (instruction.type !== "reconnect") return
    const { reason, detail, retryAfter } = instruction
    this.giveUp(new ConnectionLost({ reason, detail: this.shared(detail), retryAfter: retryAfter ?? 0 }))
  }

  /** The connection will not last: no market comes any more, and those that are here move on, each for itself. */
  willClose(): void {
    this.isFull = true
    for (const seat of this.seats.values()) seat.outlived()
  }

  private give(seat: Seat, instruction: Instruction, at: number): void {
    try {
      seat.take(instruction, at)
    } catch (defect) {
      this.crash(seat, defect)
    }
  }

  /** Whose frame it was can't be read, but perhaps be seen; else it may have been anybody's. */
  private unreadable(frame: Unreadable, at: number): void {
    if (!this.unknown.allows(performance.now())) {
      if (this.isFlooded) return
      this.isFlooded = true
      const detail = this.shared("the venue floods this connection with frames that are none of its protocol")
      return this.giveUp(new ConnectionLost({ reason: "overflow", detail, retryAfter: FLOOD_PAUSE }))
    }
    const named = this.named(frame.text)
    for (const seat of named === null ? [...this.seats.values()] : [named]) {
      seat.frame(frame.text.length, false, at)
      try {
        seat.unreadable(frame, namesAlone(frame.text, [seat.symbol]) !== null, at)
      } catch (defect) {
        this.crash(seat, defect)
      }
    }
  }

  /** A scheme's defect on a frame costs the market that the frame names, or everybody where it names none. */
  private blame(text: string, defect: unknown): void {
    const named = this.named(text)
    for (const seat of named === null ? [...this.seats.values()] : [named]) this.crash(seat, defect)
  }

  private crash(seat: Seat, defect: unknown): void {
    this.leave(seat)
    seat.crashed(defect)
  }

  /** The one seat that the text names, or the only one there is; null if there is none or more than one. */
  private named(text: string): Seat | null {
    if (this.seats.size === 1) return this.seats.values().next().value ?? null
    const symbol = namesAlone(text, [...this.seats.keys()])
    return symbol === null ? null : (this.seats.get(symbol) ?? null)
  }

  private shared(detail: string): string {
    return this.seats.size > 1 ? `${detail} (on a socket of ${this.seats.size} markets)` : detail
  }

  private arrive(seat: Seat): void {
    this.arriving.add(seat)
    seat.waiting(() => `its subscription waits for its turn among ${this.outbox.length + 1} messages`)
    Queue.offerUnsafe(this.wake, undefined)
  }

  /** Puts the subscriptions of all who wait into words. */
  private subscribe(): void {
    const seats = [...this.arriving]
    this.arriving.clear()
    const joined = (): void => {
      const at = nowMicros()
      for (const seat of seats) {
        if (this.seats.get(seat.symbol) !== seat) continue
        seat.waiting(null)
        seat.joined(at)
      }
    }
    const texts = this.session.join(seats.map(({ symbol }) => symbol))
    if (texts.length === 0) return joined()
    texts.forEach((text, index) => this.post({ text, said: index === texts.length - 1 ? joined : null }))
  }

  private post(message: Message): void {
    // said to a connection that is gone, it would reach the next one out of turn, or give it up
    if (this.say === null) return
    if (this.outbox.length >= MAX_OUTBOX) {
      const detail = `${MAX_OUTBOX} messages wait to be sent`
      return this.giveUp(new ConnectionLost({ reason: "overflow", detail, retryAfter: 0 }))
    }
    this.outbox.push(message)
    Queue.offerUnsafe(this.wake, undefined)
  }
}
