// Owns the queue before one limit of a venue: whoever needs some of it waits in turn, and can say at any moment which
// number it has, about how long that will take, and until when the venue itself asked for quiet. All times are those of
// the monotonic clock. Invariant: first come, first served; who is interrupted while waiting leaves the queue and has
// spent nothing.
import { Clock, Effect, Semaphore } from "effect"
import { elapsed, monotonicMillis } from "../core/Now.ts"
import { Allowance, type Rate } from "./Allowance.ts"

/** A place in a queue: 1 is next. */
export interface Place {
  readonly position: number
  readonly of: number
  readonly etaMs: number
}

interface Ticket {
  readonly weight: number
}

export class RateQueue {
  /** What is waited for, in words: `a connection slot`. */
  readonly what: string
  private readonly allowance: Allowance
  private readonly turn = Semaphore.makeUnsafe(1)
  private readonly tickets = new Set<Ticket>()
  /** How often the venue refused although our own count had room. */
  refusals = 0
  /** Why the venue asked for quiet, the last time that it did. */
  private why = ""

  constructor(what: string, rate: Rate) {
    this.what = what
    this.allowance = new Allowance(rate)
  }

  /**
   * Waits for its turn and spends. `place` is handed a function that tells the place of the moment, for as long as it
   * waits.
   */
  pass(weight: number, place: (ask: (() => string) | null) => void = () => {}): Effect.Effect<void> {
    return Clock.clockWith((clock) => {
      const ticket: Ticket = { weight }
      this.tickets.add(ticket)
      place(() => this.describe(ticket, clock))
      return this.turn.withPermit(this.spend(weight)).pipe(
        Effect.ensuring(
          Effect.sync(() => {
            this.tickets.delete(ticket)
            place(null)
          })
        )
      )
    })
  }

  /** The venue asked for quiet, or refused: nobody passes for so long. `why`: its words, to be shown. */
  block(ms: number, now: number, why: string): void {
    this.refusals++
    if (ms >= this.allowance.blockedFor(now)) this.why = why
    this.allowance.block(now + ms)
  }

  refund(weight: number): void {
    this.allowance.refund(weight)
  }

  left(now: number): number {
    return this.allowance.left(now)
  }

  get waiting(): number {
    return this.tickets.size
  }

  get rate(): Rate {
    return this.allowance.rate
  }

  /** How long a newcomer of this weight would wait, in milliseconds. */
  etaMs(weight: number, now: number): number {
    let ahead = 0
    for (const ticket of this.tickets) ahead += ticket.weight
    return this.allowance.wait(weight, now, ahead)
  }

  private spend(weight: number): Effect.Effect<void> {
    return Effect.gen({ self: this }, function* () {
      for (;;) {
        const now = yield* monotonicMillis
        const wait = this.allowance.wait(weight, now)
        if (wait <= 0) return this.allowance.spend(weight, now)
        yield* Effect.sleep(Math.ceil(wait))
      }
    })
  }

  private describe(ticket: Ticket, clock: Clock.Clock): string {
    const now = elapsed(clock)
    const { position, of, etaMs } = this.place(ticket, now)
    const text = `waiting for ${this.what}: number ${position} of ${of}, about ${Math.ceil(etaMs / 1000)} s`
    const quiet = this.allowance.blockedFor(now)
    if (quiet <= 0) return text
    const until = new Date(clock.currentTimeMillisUnsafe() + quiet).toISOString().slice(11, 19)
    return `${text}; the venue asks for quiet until ${until} UTC (${this.why})`
  }

  private place(ticket: Ticket, now: number): Place {
    let position = 0
    let ahead = 0
    for (const one of this.tickets) {
      position++
      if (one === ticket) break
      ahead += one.weight
    }
    return { position, of: this.tickets.size, etaMs: this.allowance.wait(ticket.weight, now, ahead) }
  }
}
