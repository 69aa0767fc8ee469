// Owns the CRC32 of each of the best levels of one side of a book, for venues whose checksum is made of the best levels'
// texts: a level's text is made and summed once, when it comes or changes, and its sum moves with it from rank to rank.
// How the texts look and in what order they are joined is the scheme's. Invariant: after `follow` the sum at every rank is
// that of the book's own level.
import { crc32, joined, prepareJoins } from "./Crc32.ts"
import { PUT, SET, type LevelEdits } from "./LevelEdits.ts"
import type { BookView } from "./TranslationScheme.ts"

const NONE = new Int32Array(0)

/** The text of the level at a rank, as it goes into the checksum; never empty. */
export type LevelText = (book: BookView, rank: number) => string

export class LevelSums {
  /** Levels of the side that count, at most as many as the depth. */
  count = 0
  /** Sum and length of the text of each rank in turn; length 0 where none was made yet. What stands behind the last is void. */
  parts = NONE
  private readonly bid: boolean
  private readonly depth: number
  private readonly text: LevelText
  private edits: LevelEdits | null = null
  private seen = 0

  constructor(side: "bid" | "ask", depth: number, text: LevelText) {
    this.bid = side === "bid"
    this.depth = depth
    this.text = text
  }

  /** Forgets every sum. */
  forget(): void {
    this.edits = null
  }

  /** Takes the book's best levels; gives the first rank that is not what it was, or the count where all are. */
  follow(book: BookView): number {
    const edits = this.bid ? book.bidEdits : book.askEdits
    const { total } = edits
    const levels = this.bid ? book.bidLevels : book.askLevels
    const known = this.count
    this.count = levels < this.depth ? levels : this.depth
    if (edits === this.edits && total === this.seen) return this.count
    const changed = edits === this.edits && edits.keeps(this.seen) ? this.redo(edits, known) : this.begin()
    this.edits = edits
    this.seen = total
    const { parts, count } = this
    for (let rank = changed; rank < count; rank++) {
      if (parts[2 * rank + 1] !== 0) continue
      const text = this.text(book, rank)
      parts[2 * rank] = crc32(text)
      parts[2 * rank + 1] = text.length
    }
    return changed
  }

  private begin(): number {
    prepareJoins()
    this.parts = new Int32Array(2 * this.depth)
    return 0
  }

  /** Does to the parts what was done to the levels; gives the lowest rank that was touched. */
  private redo(edits: LevelEdits, known: number): number {
    const { parts, depth } = this
    let lowest = known
    for (let i = this.seen; i < edits.total; i++) {
      const edit = edits.at(i)
      const rank = edit >> 2
      if (rank >= depth) continue
      if (rank < lowest) lowest = rank
      const deed = edit & 3
      if (deed === SET) parts[2 * rank + 1] = 0
      else if (deed === PUT) {
        parts.copyWithin(2 * rank + 2, 2 * rank)
        parts[2 * rank + 1] = 0
      } else {
        parts.copyWithin(2 * rank, 2 * rank + 2)
        parts[2 * depth - 1] = 0
      }
    }
    return lowest
  }
}

/** The sum of what came before, followed by the texts of all levels of a side. */
export const appended = (sum: number, { count, parts }: LevelSums): number => {
  let all = sum
  for (let rank = 0; rank < count; rank++) all = joined(all, parts[2 * rank]!, parts[2 * rank + 1]!)
  return all
}
