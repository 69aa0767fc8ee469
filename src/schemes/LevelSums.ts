// Owns the CRC32 of each of the best levels of one side of a book, for venues whose checksum is made of the best levels'
// texts: a level's text is made and summed once, when it comes or changes, and found again at whatever rank it moves to.
// How the texts look and in what order they are joined is the scheme's. Invariant: after `follow` the sum at every rank is
// that of the book's own level, as far as its numbers tell; texts of equal numbers may differ, so a scheme that finds a
// sum wrong forgets all and looks once more before it blames the book.
import { crc32, joined } from "./Crc32.ts"
import type { BookView } from "./TranslationScheme.ts"

interface Ranks {
  /** Price and size in turn, best first. */
  readonly levels: Float64Array
  readonly sums: Int32Array
  readonly lengths: Int32Array
}

const ranks = (depth: number): Ranks => ({
  levels: new Float64Array(2 * depth),
  sums: new Int32Array(depth),
  lengths: new Int32Array(depth)
})

/** The text of the level at a rank, as it goes into the checksum. */
export type LevelText = (book: BookView, rank: number) => string

export class LevelSums {
  /** Levels of the side that count, at most as many as the depth. */
  count = 0
  private readonly sign: 1 | -1
  private readonly text: LevelText
  private now: Ranks
  private before: Ranks

  constructor(side: "bid" | "ask", depth: number, text: LevelText) {
    this.sign = side === "bid" ? 1 : -1
    this.text = text
    this.now = ranks(depth)
    this.before = ranks(depth)
  }

  /** Forgets every sum. */
  forget(): void {
    this.count = 0
  }

  /** Takes the book's best levels; those known from the last time keep their sums. */
  follow(book: BookView): void {
    const { count: known, now: last, before: next, sign } = this
    const { levels: old, sums: oldSums, lengths: oldLengths } = last
    const { levels, sums, lengths } = next
    const count = sign > 0 ? book.copyBids(levels) : book.copyAsks(levels)
    let from = 0
    for (let rank = 0; rank < count; rank++) {
      const price = levels[2 * rank]!
      // known levels that are better than this one are gone
      while (from < known && old[2 * from]! * sign > price * sign) from++
      if (from < known && old[2 * from] === price && old[2 * from + 1] === levels[2 * rank + 1]) {
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

  /** The sum of what came before, followed by the text of the level at a rank. */
  append(sum: number, rank: number): number {
    return joined(sum, this.now.sums[rank]!, this.now.lengths[rank]!)
  }
}
