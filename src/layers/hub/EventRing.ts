// Owns the last events of one market, for clients that come back: bounded by their number and by their characters, of which
// all rings together keep no more than a shared allowance. Invariant: every event with a seq above `forgotten` that was put
// in is still there, in order.
import type { Told } from "./Topic.ts"

const MAX_EVENTS = 8_192
const MAX_CHARACTERS = 4 << 20

/** What all rings of the process may keep together. */
export class RingAllowance {
  readonly limit: number
  used = 0
  constructor(limit: number) {
    this.limit = limit
  }
}

export class EventRing {
  /** The seq of the newest event that is here no more. */
  forgotten = 0
  private readonly allowance: RingAllowance
  private events: Array<Told | undefined> = []
  private first = 0
  private characters = 0

  constructor(allowance: RingAllowance) {
    this.allowance = allowance
  }

  get length(): number {
    return this.events.length - this.first
  }

  push(told: Told): void {
    this.events.push(told)
    this.characters += told.text.length
    this.allowance.used += told.text.length
    while (
      this.length > 0 &&
      (this.length > MAX_EVENTS || this.characters > MAX_CHARACTERS || this.allowance.used > this.allowance.limit)
    )
      this.forget()
    // dropping from the front one by one would move the whole array each time
    if (this.first > 1_024 && this.first > this.events.length >> 1) {
      this.events = this.events.slice(this.first)
      this.first = 0
    }
  }

  clear(): void {
    while (this.length > 0) this.forget()
    this.events = []
    this.first = 0
  }

  /** The events after a seq, oldest first. */
  after(seq: number): ReadonlyArray<Told> {
    return this.events.slice(this.indexAfter(seq)).filter((told) => told !== undefined)
  }

  /** True unless what is here shows that this seq was not of this epoch. */
  agrees(epoch: number, seq: number): boolean {
    const next = this.indexAfter(seq)
    const before = next > this.first ? this.events[next - 1] : undefined
    const after = this.events[next]
    if (before?.seq === seq) return before.epoch === epoch
    return (before === undefined || before.epoch <= epoch) && (after === undefined || epoch <= after.epoch)
  }

  private indexAfter(seq: number): number {
    let low = this.first
    let high = this.events.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.events[middle]!.seq <= seq) low = middle + 1
      else high = middle
    }
    return low
  }

  private forget(): void {
    const told = this.events[this.first]!
    // the slot goes with the next cut, the text goes now
    this.events[this.first++] = undefined
    this.forgotten = told.seq
    this.characters -= told.text.length
    this.allowance.used -= told.text.length
  }
}
