// Owns the one rule for ids that are not above the last one of their chain: whether such a frame is merely old, or the venue
// counts from a lower number again (an engine restart), which means that the book is lost. A socket keeps its order, so once
// a frame of it has been applied, only a repeated frame is old; shortly after a snapshot, what the snapshot contains already
// may still arrive. Invariant: frames are never dropped as old for longer than GRACE, nor more than MOST of them.
import { passed } from "../domain/passed.ts"

/** Microseconds for which old frames may follow a snapshot: REST copies are ahead of a slow socket by seconds at most. */
const GRACE = 5_000_000
/** So many old frames may follow a snapshot; venues send up to a hundred a second for a market. */
const MOST = 1_000
/** Applied ids that are remembered; a venue that repeats a frame repeats one of its newest. */
const REMEMBERED = 16
/** An id so far below the last one is no old frame, however soon after the snapshot; about a minute of a busy market. */
const FAR = 1_000_000

export class OldIds {
  private readonly far: number
  private readonly recent = new Float64Array(REMEMBERED)
  private applied = 0
  private old = 0
  private since = 0

  /** `far`: how far below the last id no merely old frame can be, where the venue's ids move at another pace. */
  constructor(far = FAR) {
    this.far = far
  }

  /** A snapshot set the position: nothing of the stream has been applied on it yet. */
  joined(): void {
    this.applied = 0
    this.old = 0
  }

  /** A frame with this id was applied. */
  follows(id: number): void {
    this.recent[this.applied++ % REMEMBERED] = id
    this.old = 0
  }

  /** A snapshot so far above the newest frame of the stream is of another count of ids. */
  isForeign(snapshot: number, newest: number): boolean {
    return newest < snapshot - this.far
  }

  /** What a frame means whose id is not above the last: to be dropped (`old`), or the book is lost (`restarted`). */
  judge(id: number, last: number, at: number): "old" | "restarted" {
    if (this.old++ === 0) this.since = at
    if (id < last - this.far || this.old > MOST || passed(this.since, at) > GRACE) return "restarted"
    if (this.applied === 0) return "old"
    return this.old <= REMEMBERED && this.recent.includes(id) ? "old" : "restarted"
  }
}
