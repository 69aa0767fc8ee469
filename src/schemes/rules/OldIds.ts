// Owns the one rule for ids that are not above the last one of their chain: whether such a frame is merely old, or the
// venue counts from a lower number again (an engine restart), which means that the book is lost. A socket keeps its
// order: once a frame of it was applied, only a repetition of one is old, and it must have the same contents, since a
// count that begins again brings the same small numbers with other contents. Shortly after a snapshot, what the
// snapshot contains already may still arrive, in rising order and stamped no later than the snapshot. Invariant: frames
// are never dropped as old for longer than GRACE, nor more than MOST of them.
import { passed } from "../../domain/passed.ts"
import type { Levels } from "../Instruction.ts"

/**
 * Microseconds for which old frames may follow a snapshot: REST copies are ahead of a slow socket by seconds at most.
 */
const GRACE = 5_000_000
/** So many old frames may follow a snapshot; venues send up to a hundred a second for a market. */
const MOST = 1_000
/** Frames that are remembered; a venue that repeats a frame repeats one of its newest. */
const REMEMBERED = 16
/**
 * An id so far below the last one is no old frame, however soon after the snapshot; about a minute of a busy market.
 */
const FAR = 1_000_000

export class OldIds {
  private readonly far: number
  private readonly shared: boolean
  private readonly ids = new Float64Array(REMEMBERED)
  private readonly marks = new Int32Array(REMEMBERED)
  private noted = 0
  /** A frame of the stream was applied on the snapshot. */
  private applied = false
  /** Old frames in a row, and since when. */
  private old = 0
  private since = 0
  /** The newest id that the stream brought, contained in the snapshot or not. */
  private newest = -Infinity
  /** What the snapshot contains bears no later stamp of the venue, in microseconds. */
  private containedUntil = Infinity

  /**
   * `far`: how far below the last id no merely old frame can be, where the venue's ids move at another pace. `shared`:
   * several frames in a row may have one id, as where ids are times.
   */
  constructor(far = FAR, shared = false) {
    this.far = far
    this.shared = shared
  }

  /**
   * A snapshot set the position: nothing of the stream has been applied on it yet. `newest`: the last id that the
   * stream brought before, if any; `time`: the venue's stamp of the snapshot, null where it has none.
   */
  joined(newest: number | null, time: number | null): void {
    this.noted = 0
    this.applied = false
    this.old = 0
    this.newest = newest ?? -Infinity
    this.containedUntil = time ?? Infinity
  }

  /** A frame with this id and these contents was applied. */
  follows(id: number, mark: number): void {
    this.note(id, mark)
    this.applied = true
    this.old = 0
  }

  /** A snapshot so far above the newest frame of the stream is of another count of ids. */
  isForeign(snapshot: number, newest: number): boolean {
    return newest < snapshot - this.far
  }

  /**
   * What a frame means whose id is not above the last: to be dropped (`old`), or the book is lost (`restarted`).
   * `time`: the venue's stamp of the frame, `at`: when it was received.
   */
  judge(id: number, mark: number, time: number | null, last: number, at: number): "old" | "restarted" {
    if (this.old++ === 0) this.since = at
    if (id < last - this.far || this.old > MOST || passed(this.since, at) > GRACE) return "restarted"
    if (this.repeats(id, mark)) return this.old <= REMEMBERED || !this.applied ? "old" : "restarted"
    if (this.applied || id < this.newest) return "restarted"
    // the newest of those that came before the snapshot may be repeated now
    if (id === this.newest && this.noted > 0 && !this.shared) return "restarted"
    if (time !== null && time > this.containedUntil) return "restarted"
    this.note(id, mark)
    return "old"
  }

  private note(id: number, mark: number): void {
    const place = this.noted++ % REMEMBERED
    this.ids[place] = id
    this.marks[place] = mark
    this.newest = id
  }

  private repeats(id: number, mark: number): boolean {
    const known = Math.min(this.noted, REMEMBERED)
    for (let i = 0; i < known; i++) if (this.ids[i] === id && this.marks[i] === mark) return true
    return false
  }
}

/**
 * A number that tells a frame from another one of the same id: made of its time, its length and the best of each side.
 */
export const markOf = (time: number | null, bids: Levels, asks: Levels): number => {
  let mark = mixed(mixed(mixed(1, bids.length), asks.length), (time ?? 0) | 0)
  if (bids.length > 0) mark = mixedText(mixedText(mark, bids[0]![0]), bids[0]![1])
  if (asks.length > 0) mark = mixedText(mixedText(mark, asks[0]![0]), asks[0]![1])
  return mark
}

/** The bits of a number, in two halves. */
const double = new Float64Array(1)
const halves = new Int32Array(double.buffer)

const mixed = (mark: number, value: number): number => Math.imul(mark ^ value, 0x0100_0193) | 0

const mixedText = (mark: number, text: string | number): number => {
  if (typeof text === "number") {
    double[0] = text
    return mixed(mixed(mark, halves[0]!), halves[1]!)
  }
  let made = mark
  for (let i = 0; i < text.length; i++) made = mixed(made, text.charCodeAt(i))
  return made
}
