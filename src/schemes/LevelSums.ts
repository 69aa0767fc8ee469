// Owns the CRC32 of each of the best levels of one side of a book, for venues whose checksum is made of the best levels'
// texts: a level's text is made and summed once, when it comes or changes, and found again at whatever rank it moves to.
// How the texts look and in what order they are joined is the scheme's. Invariant: after `follow` the sum at every rank is
// that of the book's own level, as far as its numbers tell; texts of equal numbers may differ, so a scheme that finds a
// sum wrong forgets all and looks once more before it blames the book.
import { crc32, joined, prepareJoins } from "./Crc32.ts"
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
  private version = 0
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
    this.version = 0
  }

  /** Takes the book's best levels; gives the first rank that is not what it was, or the count where all are. */
  follow(book: BookView): number {
    const version = this.sign > 0 ? book.bidVersion : book.askVersion
    if (version === this.version) return this.count
    this.version = version
    if (this.now === NONE) {
      prepareJoins()
      this.now = new Ranks(this.depth)
      this.before = new Ranks(this.depth)
    }
    const { levels } = this.before
    const count = this.sign > 0 ? book.copyBids(levels) : book.copyAsks(levels)
    const same = alike(levels, 0, count, this.now.levels, 0, this.count)
    if (same === count && count === this.count) return count
    this.take(book, same, count)
    return same
  }

  /** Levels from a rank on: those known from the last time keep their sums, wherever they stand now. */
  private take(book: BookView, begin: number, count: number): void {
    const { count: known, now: last, before: next, sign } = this
    const { levels: old } = last
    const { levels } = next
    keep(last, next, 0, 0, begin)
    let rank = begin
    let from = begin
    while (rank < count) {
      const same = alike(levels, rank, count, old, from, known)
      keep(last, next, rank, from, same)
      rank += same
      from += same
      if (rank === count) break
      if (from < known && old[2 * from]! * sign > levels[2 * rank]! * sign) {
        // a known level better than this one is gone
        from++
      } else {
        if (from < known && old[2 * from] === levels[2 * rank]) from++
        const text = this.text(book, rank)
        next.sums[rank] = crc32(text)
        next.lengths[rank++] = text.length
      }
    }
    this.count = count
    this.now = next
    this.before = last
  }
}

/** How many levels of two lists are the same, from a rank of each on. */
const alike = (a: Float64Array, i: number, aEnd: number, b: Float64Array, j: number, bEnd: number): number => {
  const most = aEnd - i < bEnd - j ? aEnd - i : bEnd - j
  const end = 2 * (i + most)
  const shift = 2 * (j - i)
  let at = 2 * i
  while (at < end && a[at] === b[at + shift]) at++
  return (at >> 1) - i
}

/** Takes over the sums of some levels, from a rank of the one list to a rank of the other. */
const keep = (from: Ranks, to: Ranks, rank: number, was: number, many: number): void => {
  const { sums, lengths } = from
  const { sums: newSums, lengths: newLengths } = to
  const shift = was - rank
  for (let at = rank; at < rank + many; at++) {
    newSums[at] = sums[at + shift]!
    newLengths[at] = lengths[at + shift]!
  }
}

/** The sum of what came before, followed by the texts of all levels of a side. */
export const appended = (sum: number, { count, sums, lengths }: LevelSums): number => {
  let all = sum
  for (let rank = 0; rank < count; rank++) all = joined(all, sums[rank]!, lengths[rank]!)
  return all
}
