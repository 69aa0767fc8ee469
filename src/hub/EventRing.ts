// Owns the last events of one market, for clients that come back: bounded by their number and by their characters, of
// which all rings together keep no more than a shared allowance. Invariant: every event with a seq above `forgotten`
// that was put in is still there, in order. Where the allowance is exceeded the largest ring gives way, so that a busy
// market never costs a quiet one what it remembers.
import type { EncodedEvent } from "./EncodedEvent.ts"

const MAX_EVENTS = 8_192
const MAX_CHARACTERS = 4 << 20

/** Beyond its limit an allowance frees this share of it at once, so that not every event looks for the largest ring. */
const SLACK = 1 / 128
/** Of a ring that gives way at most this share goes before the largest is looked for again. */
const SHRINK = 1 / 8

/** What all rings of the process may keep together. */
export class RingAllowance {
  readonly limit: number
  used = 0
  private readonly rings = new Set<EventRing>()

  constructor(limit: number) {
    this.limit = limit
  }

  /** A ring holds something, or nothing any more. */
  hold(ring: EventRing, holds: boolean): void {
    if (holds) this.rings.add(ring)
    else this.rings.delete(ring)
  }

  /** Brings all rings together below the limit. */
  enforce(): void {
    if (this.used <= this.limit) return
    const goal = this.limit * (1 - SLACK)
    while (this.used > goal) {
      let largest: EventRing | null = null
      for (const ring of this.rings) if (largest === null || ring.size > largest.size) largest = ring
      if (largest === null) return
      largest.shrink(Math.max(goal - (this.used - largest.size), largest.size * (1 - SHRINK)))
    }
  }
}

export class EventRing {
  /** The seq of the newest event that is here no more. */
  forgotten = 0
  private readonly allowance: RingAllowance
  private events: Array<EncodedEvent | undefined> = []
  private first = 0
  private characters = 0

  constructor(allowance: RingAllowance) {
    this.allowance = allowance
  }

  get length(): number {
    return this.events.length - this.first
  }

  /** Characters kept. */
  get size(): number {
    return this.characters
  }

  push(event: EncodedEvent): void {
    this.events.push(event)
    this.characters += event.text.length
    this.allowance.used += event.text.length
    if (this.length === 1) this.allowance.hold(this, true)
    while (this.length > 0 && (this.length > MAX_EVENTS || this.characters > MAX_CHARACTERS)) this.forget()
    this.allowance.enforce()
    this.compact()
  }

  /** Forgets the oldest events, at least one, until no more than so many characters are left. */
  shrink(characters: number): void {
    do this.forget()
    while (this.length > 0 && this.characters > characters)
    this.compact()
  }

  clear(): void {
    while (this.length > 0) this.forget()
    this.events = []
    this.first = 0
  }

  /** The events after a seq, oldest first. */
  after(seq: number): ReadonlyArray<EncodedEvent> {
    return this.events.slice(this.indexAfter(seq)).filter((event) => event !== undefined)
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

  /** Dropping from the front one by one would move the whole array each time. */
  private compact(): void {
    if (this.first <= 1_024 || this.first <= this.events.length >> 1) return
    this.events = this.events.slice(this.first)
    this.first = 0
  }

  private forget(): void {
    const event = this.events[this.first]!
    // the slot goes with the next cut, the text goes now
    this.events[this.first++] = undefined
    this.forgotten = event.seq
    this.characters -= event.text.length
    this.allowance.used -= event.text.length
    if (this.length === 0) this.allowance.hold(this, false)
  }
}
