// Owns the CRC32 of each of the best levels of one side of a book, for venues whose checksum is made of the best levels'
// texts: a level's text is made and summed once, when it comes or changes, and found again at whatever rank it moves to.
// How the texts look and in what order they are joined is the scheme's. Invariant: after `follow` the sum at every rank is
// that of the book's own level, as far as its numbers tell; texts of equal numbers may differ, so a scheme that finds a
// sum wrong forgets all and looks once more before it blames the book.
import { crc32, joined } from "./Crc32.ts"
import type { BookView } from "./TranslationScheme.ts"

/** What is known of the best levels, best first. */
class Ranks {
  /** Price and size in turn. */
  readonly levels: Float64Array
  readonly sums: Int32Array
  readonly lengths: Int32Array

  constructor(depth: number) {
    this.levels = new Float64Array(2 * depth)
    this.sums = new Int32Array(depth)
    this.lengths = new Int32Array(depth)
  }
}
const NONE = new Ranks(0)

/** The text of the level at a rank, as it goes into the checksum. */
export type LevelText = (book: BookView, rank: number) => string

export class LevelSums {
  /** Levels of the side that count, at most as many as the depth. */
  count = 0
  private readonly sign: 1 | -1
  private readonly depth: number
  private readonly text: LevelText
  private now = NONE
  private before = NONE

  constructor(side: "bid" | "ask", depth: number, text: LevelText) {
    this.sign = side === "bid" ? 1 : -1
    this.depth = depth
    this.text = text
  }

  /** Sums and lengths of the texts by rank. */
  get sums(): Int32Array {
    return this.now.sums
  }
  get lengths(): Int32Array {
    return this.now.lengths
  }

  /** Forgets every sum. */
  forget(): void {
    this.count = 0
  }

  /** Takes the book's best levels; gives the first rank that is not what it was, or the count where all are. */
  follow(book: BookView): number {
    if (this.now === NONE) {
      this.now = new Ranks(this.depth)
      this.before = new Ranks(this.depth)
    }
    const { levels } = this.before
    const count = this.sign > 0 ? book.copyBids(levels) : book.copyAsks(levels)
    const same = this.unchanged(levels, count)
    if (same === count && count === this.count) return count
    this.take(book, same, count)
    return same
  }

  /** How many of the best levels are what they were. */
  private unchanged(levels: Float64Array, count: number): number {
    const old = this.now.levels
    const end = 2 * (count < this.count ? count : this.count)
    let i = 0
    while (i < end && levels[i] === old[i]) i++
    return i >> 1
  }

  /** Levels from a rank on: those known from the last time keep their sums, wherever they stand now. */
  private take(book: BookView, begin: number, count: number): void {
    const { count: known, now: last, before: next, sign } = this
    const { levels: old, sums: oldSums, lengths: oldLengths } = last
    const { levels, sums, lengths } = next
    for (let rank = 0; rank < begin; rank++) {
      sums[rank] = oldSums[rank]!
      lengths[rank] = oldLengths[rank]!
    }
    let from = begin
    for (let rank = begin; rank < count; rank++) {
      const price = levels[2 * rank]!
      const size = levels[2 * rank + 1]!
      // known levels that are better than this one are gone
      while (from < known && old[2 * from]! !== price && old[2 * from]! * sign > price * sign) from++
      if (from < known && old[2 * from] === price && old[2 * from + 1] === size) {
        sums[rank] = oldSums[from]!
        lengths[rank] = oldLengths[from]!
        from++
      } else {
        const text = this.text(book, rank)
        sums[rank] = crc32(text)
        lengths[rank] = text.length
      }
    }
    this.count = count
    this.now = next
    this.before = last
  }
}

/** The sum of what came before, followed by the texts of all levels of a side. */
export const appended = (sum: number, { count, sums, lengths }: LevelSums): number => {
  let all = sum
  for (let rank = 0; rank < count; rank++) all = joined(all, sums[rank]!, lengths[rank]!)
  return all
}
