// Owns what waits to be sent on one connection: texts leave in order, at the pace that the venue allows a socket. Which
// texts those are is SharedSocket's work; what can still wait, such as the subscriptions of those who arrive together,
// it puts into words only when a turn has come. Invariants: no more messages leave than the venue allows; what was to
// be sent on one connection never reaches the next; no more than MAX_WAITING wait.
import { Effect, Queue } from "effect"
import type { Rate } from "./Allowance.ts"
import { RateQueue } from "./RateQueue.ts"

/** More texts than this waiting to be sent mean that the socket can't be kept. */
const MAX_WAITING = 2_000

interface Message {
  readonly text: string
  /** Run once it was sent. */
  readonly sent: (() => void) | null
}

/** Whom it serves. */
interface Speaker {
  /** Something is to be sent that is not in words yet. */
  readonly hasMore: () => boolean
  /** Puts that into words, and posts them. */
  readonly compose: () => void
  /** A text leaves now. */
  readonly sending: (text: string) => void
  /** So many wait that the connection is to be given up. */
  readonly overflow: (waiting: number) => void
}

export class Outbox {
  private readonly pace: RateQueue
  private readonly speaker: Speaker
  private readonly wake = Effect.runSync(Queue.sliding<void>(1))
  private messages: Array<Message> = []
  private connection: ((text: string) => void) | null = null

  constructor(exchange: string, rate: Rate, speaker: Speaker) {
    this.pace = new RateQueue(`a message to ${exchange}`, rate)
    this.speaker = speaker
  }

  get isOpen(): boolean {
    return this.connection !== null
  }

  /** Messages that wait. */
  get size(): number {
    return this.messages.length
  }

  open(connection: (text: string) => void): void {
    this.messages = []
    this.connection = connection
  }

  close(): void {
    this.connection = null
  }

  /** There is more to compose. */
  remind(): void {
    Queue.offerUnsafe(this.wake, undefined)
  }

  post(text: string, sent: (() => void) | null = null): void {
    // sent to a connection that is gone, it would reach the next one out of turn, or give it up
    if (this.connection === null) return
    if (this.messages.length >= MAX_WAITING) return this.speaker.overflow(MAX_WAITING)
    this.messages.push({ text, sent })
    this.remind()
  }

  /** Carries texts to the connection at the venue's pace. Runs beside it. */
  readonly talk: Effect.Effect<never> = Effect.gen({ self: this }, function* () {
    const { speaker } = this
    yield* Queue.take(this.wake)
    while (this.messages.length > 0 || speaker.hasMore()) {
      yield* this.pace.pass(1)
      if (this.messages.length === 0) speaker.compose()
      const message = this.messages.shift()
      if (message === undefined) continue
      speaker.sending(message.text)
      this.connection?.(message.text)
      message.sent?.()
    }
  }).pipe(Effect.forever)
}
