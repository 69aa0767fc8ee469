// Owns the joining of a stream of changes to a snapshot that comes another way (REST): changes wait, bounded, until the
// snapshot's position is known, then the first that reaches over it starts the chain and each next must continue it.
// The ids and the comparisons are the venue's, given as a rule. Invariant: what is offered comes back in order, once.

export interface StitchRule<Event> {
  /** The snapshot ends before the oldest waiting change begins: what lies between is lost. */
  readonly tooOld: (oldest: Event, snapshot: number) => boolean
  /** The change is contained in what was applied already. */
  readonly old: (event: Event, last: number) => boolean
  /** The change may be the first after a snapshot. */
  readonly starts: (event: Event, snapshot: number) => boolean
  /** The change continues its predecessor. */
  readonly follows: (event: Event, last: number) => boolean
  /** Position after the change. */
  readonly end: (event: Event) => number
}

/** What to do with a change: apply it, forget it, wait, ask for the snapshot now, or start over. */
export type Verdict = "apply" | "drop" | "buffered" | "ask" | "overflow" | "gap"

/** So many applied changes are remembered, for a snapshot that is laid under them. */
const REMEMBERED = 128

/** The position of a new listing's empty book: any first change continues it. */
const EMPTY = -1

export class Stitch<Event> {
  private readonly rule: StitchRule<Event>
  private readonly bound: number
  private waiting: Array<Event> = []
  private asked = false
  private fresh = false
  /** A ring of the newest applied changes. */
  private readonly recent: Array<Event> = []
  private applied = 0
  /** Position of the last applied change or snapshot; null while none is. */
  position: number | null = null

  constructor(rule: StitchRule<Event>, bound: number) {
    this.rule = rule
    this.bound = bound
  }

  offer(event: Event): Verdict {
    if (this.position === null) {
      if (this.waiting.length >= this.bound) return "overflow"
      this.waiting.push(event)
      return this.ask() ? "ask" : "buffered"
    }
    if (this.rule.old(event, this.position)) return "drop"
    const fits = this.fresh
      ? this.position === EMPTY || this.rule.starts(event, this.position)
      : this.rule.follows(event, this.position)
    if (!fits) return "gap"
    this.position = this.rule.end(event)
    this.fresh = false
    this.recent[this.applied++ % REMEMBERED] = event
    return "apply"
  }

  /** True when a snapshot must be asked for now: none is known, and none is on its way. */
  ask(): boolean {
    if (this.asked || this.position !== null) return false
    this.asked = true
    return true
  }

  /** Changes wait, and they join on to this position without a hole. */
  reaches(snapshot: number): boolean {
    const oldest = this.waiting[0]
    return this.position === null && oldest !== undefined && !this.rule.tooOld(oldest, snapshot)
  }

  /** Takes a snapshot's position; gives the changes that waited, to be offered again, or null if it is too old. */
  anchor(snapshot: number): ReadonlyArray<Event> | null {
    const oldest = this.waiting[0]
    if (oldest !== undefined && snapshot !== EMPTY && this.rule.tooOld(oldest, snapshot)) return null
    const events = this.waiting
    this.waiting = []
    this.position = snapshot
    this.fresh = true
    return events
  }

  /**
   * Lays a later and larger snapshot under a chain that goes on: gives the applied changes that come after it, in order, so
   * that the snapshot and they are the book of now; null if it is older than what is remembered.
   */
  underlay(snapshot: number): ReadonlyArray<Event> | null {
    if (this.position === null) return null
    if (snapshot >= this.position) {
      this.position = snapshot
      this.fresh = true
      return []
    }
    const first = Math.max(0, this.applied - REMEMBERED)
    const after: Array<Event> = []
    for (let n = first; n < this.applied; n++) {
      const event = this.recent[n % REMEMBERED]!
      if (!this.rule.old(event, snapshot)) after.push(event)
    }
    return after[0] !== undefined && this.rule.starts(after[0], snapshot) ? after : null
  }

  /** Forgets the position and what waits; the caller asks for a new snapshot. */
  restart(): void {
    this.position = null
    this.applied = 0
    this.waiting = []
    this.asked = true
    this.fresh = false
  }
}
