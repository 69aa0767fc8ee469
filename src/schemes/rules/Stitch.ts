// Owns the joining of a stream of changes to a snapshot that comes another way (REST): changes wait, bounded, until the
// snapshot's position is known, then the first that reaches over it starts the chain and each next must continue it.
// The ids and the comparisons are the venue's, given as a rule; OldIds judges those that are not above the last one.
// Invariant: what is offered comes back in order, once, and ids that begin again are a gap.
import type { OldIds } from "./OldIds.ts"

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
  /** The venue's stamp of the change, in microseconds, on the clock of its snapshots' stamps. */
  readonly time: (event: Event) => number
  /** What tells the change from another one of the same position. */
  readonly mark: (event: Event) => number
}

/** What to do with a change: apply it, forget it, wait, ask for the snapshot now, or start over. */
export type Verdict = "apply" | "drop" | "buffered" | "ask" | "overflow" | "gap"

/** So many applied changes are remembered, for a snapshot that is laid under them. */
const REMEMBERED = 128

/** The position of a new listing's empty book: any first change continues it. */
const EMPTY = -1

/** So many of the waiting changes are looked at for the one that a venue repeats. */
const REPEATED = 16

export class Stitch<Event> {
  private readonly rule: StitchRule<Event>
  private readonly bound: number
  private readonly ids: OldIds
  private waiting: Array<Event> = []
  private asked = false
  private fresh = false
  /** The stream did not go on to the last snapshot: the next one has to be reached by it before it is believed. */
  private refuted = false
  /** A ring of the newest applied changes. */
  private readonly recent: Array<Event> = []
  private applied = 0
  /** Position of the last applied change or snapshot; null while none is. */
  position: number | null = null

  constructor(rule: StitchRule<Event>, bound: number, ids: OldIds) {
    this.rule = rule
    this.bound = bound
    this.ids = ids
  }

  /** `at`: when the change was received, in microseconds; what it means that a change is old depends on it. */
  offer(event: Event, at = 0): Verdict {
    if (this.position === null) return this.wait(event)
    if (this.rule.old(event, this.position)) {
      const { end, mark, time } = this.rule
      const verdict = this.ids.judge(end(event), mark(event), time(event), this.position, at)
      if (verdict === "restarted" && this.fresh) this.refuted = true
      return verdict === "old" ? "drop" : "gap"
    }
    const fits = this.fresh
      ? this.position === EMPTY || this.rule.starts(event, this.position)
      : this.rule.follows(event, this.position)
    if (!fits) return "gap"
    this.position = this.rule.end(event)
    this.fresh = false
    this.refuted = false
    this.recent[this.applied++ % REMEMBERED] = event
    this.ids.follows(this.position, this.rule.mark(event))
    return "apply"
  }

  /** True when a snapshot must be asked for now: none is known, and none is on its way. */
  ask(): boolean {
    if (this.asked || this.position !== null) return false
    this.asked = true
    return true
  }

  /**
   * Changes wait, and they join on to this position without a hole. They go on to it, too: a count that began again
   * never does, while a stream that is merely behind does soon.
   */
  reaches(snapshot: number): boolean {
    const newest = this.waiting.at(-1)
    if (this.position !== null || newest === undefined || !this.joins(snapshot, null)) return false
    return this.rule.end(newest) >= snapshot
  }

  /**
   * Takes a snapshot's position; gives the changes that come after it, to be offered again, or null if it does not fit.
   * `time`: what the snapshot contains bears no later stamp, in microseconds; null where that is not known.
   */
  anchor(snapshot: number, time: number | null): ReadonlyArray<Event> | null {
    if (!this.joins(snapshot, time)) return null
    // what the snapshot contains is rightly old: a restart among the waiting was seen when it came
    const events = this.waiting.filter((event) => snapshot === EMPTY || !this.rule.old(event, snapshot))
    const newest = this.waiting.at(-1)
    this.waiting = []
    this.stand(snapshot, newest === undefined ? null : this.rule.end(newest), time)
    return events
  }

  /**
   * Lays a later and larger snapshot under a chain that goes on: gives the applied changes that come after it, in
   * order, so that the snapshot and they are the book of now; null if it is older than what is remembered.
   */
  underlay(snapshot: number, time: number | null): ReadonlyArray<Event> | null {
    if (this.position === null || this.ids.isForeign(snapshot, this.position)) return null
    if (snapshot >= this.position) {
      this.stand(snapshot, this.position, time)
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

  /** A change that comes before the snapshot. Ids that begin again leave those before them without a use. */
  private wait(event: Event): Verdict {
    const newest = this.waiting.at(-1)
    if (newest !== undefined && this.rule.old(event, this.rule.end(newest))) {
      const id = this.rule.end(event)
      const mark = this.rule.mark(event)
      const repeats = (known: Event): boolean => this.rule.end(known) === id && this.rule.mark(known) === mark
      if (this.waiting.slice(-REPEATED).some(repeats)) return "buffered"
      this.waiting = []
    }
    if (this.waiting.length >= this.bound) return "overflow"
    this.waiting.push(event)
    return this.ask() ? "ask" : "buffered"
  }

  /** Neither older than the oldest waiting change, nor of another count of ids than the newest. */
  private joins(snapshot: number, time: number | null): boolean {
    const oldest = this.waiting[0]
    if (oldest === undefined || snapshot === EMPTY) return true
    const newest = this.waiting.at(-1)!
    const end = this.rule.end(newest)
    if (this.refuted && end < snapshot) return false
    // a change from after the snapshot that bears an id from before it is of another count
    if (end <= snapshot && time !== null && this.rule.time(newest) > time) return false
    return !this.rule.tooOld(oldest, snapshot) && !this.ids.isForeign(snapshot, end)
  }

  private stand(snapshot: number, newest: number | null, time: number | null): void {
    this.position = snapshot
    this.fresh = true
    this.ids.joined(newest, time)
  }
}
