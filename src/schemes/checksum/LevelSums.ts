// Owns the CRC32 of each of the best levels of one side of a book, for venues whose checksum is made of the best
// levels' texts: a level's text is summed once, when it comes or changes, and its sum moves with it from rank to rank.
// How the texts look and in what order they are joined is the scheme's. Invariant: after `follow` the sum at every rank
// is that of the book's own level, and what has changed since the last time lies between `from` and `to`.
import { joined, prepareJoins } from "./Crc32.ts"
import { KEPT, PUT, SET, type LevelEdits } from "./LevelEdits.ts"
import { TextSum } from "./TextSum.ts"
import type { BookView } from "../TranslationScheme.ts"

const NONE = new Int32Array(0)

/** Appends the text of the level at a rank, as it goes into the checksum; never an empty one. */
export type LevelText = (text: TextSum, book: BookView, rank: number) => void

const made = new TextSum()

export class LevelSums {
  /** Levels of the side that count, at most as many as the depth. */
  count = 0
  /**
   * Sum and length of the text of each rank in turn; length 0 where none was made yet. What stands behind the last is
   * void.
   */
  parts = NONE
  /** The ranks that have another level than before, from the first of them to behind the last. */
  from = 0
  to = 0
  private readonly bid: boolean
  private readonly depth: number
  private readonly text: LevelText
  private edits: LevelEdits | null = null
  private seen = 0

  constructor(side: "bid" | "ask", depth: number, levelText: LevelText) {
    this.bid = side === "bid"
    this.depth = depth
    this.text = levelText
  }

  /** Forgets every sum. */
  forget(): void {
    this.edits = null
  }

  /** Takes the book's best levels, and finds what has changed. */
  follow(book: BookView): void {
    const edits = this.bid ? book.bidEdits : book.askEdits
    const { total } = edits
    const levels = this.bid ? book.bidLevels : book.askLevels
    const known = this.count
    const count = levels < this.depth ? levels : this.depth
    this.count = count
    this.from = known < count ? known : count
    this.to = known === count ? 0 : known > count ? known : count
    if (edits === this.edits && total === this.seen) return
    if (edits === this.edits && edits.keeps(this.seen)) this.redo(edits)
    else this.begin()
    this.edits = edits
    this.seen = total
    const { parts, to } = this
    for (let rank = this.from; rank < to && rank < count; rank++) {
      if (parts[2 * rank + 1] !== 0) continue
      made.clear()
      this.text(made, book, rank)
      parts[2 * rank] = made.sum
      parts[2 * rank + 1] = made.length
    }
  }

  private begin(): void {
    prepareJoins()
    // what is pushed behind the last that counts may come back by later edits of the same frame
    this.parts = new Int32Array(2 * (this.depth + KEPT))
    this.from = 0
    this.to = this.depth
  }

  /** Does to the parts what was done to the levels. */
  private redo(edits: LevelEdits): void {
    const { parts } = this
    let first = this.from
    /** The last rank that has another level, and by how many ranks all levels behind it have moved. */
    let last = -1
    let moved = 0
    for (let i = this.seen; i < edits.total; i++) {
      const edit = edits.at(i)
      const rank = edit >> 2
      if (2 * rank >= parts.length) continue
      if (rank < first) first = rank
      const deed = edit & 3
      if (deed === SET) {
        parts[2 * rank + 1] = 0
        if (rank > last) last = rank
      } else if (deed === PUT) {
        parts.copyWithin(2 * rank + 2, 2 * rank)
        parts[2 * rank + 1] = 0
        last = rank > last ? rank : last + 1
        moved++
      } else {
        parts.copyWithin(2 * rank, 2 * rank + 2)
        parts[parts.length - 1] = 0
        last = rank > last ? rank - 1 : last - 1
        moved--
      }
    }
    this.from = first
    const behind = moved === 0 && last < this.depth ? last + 1 : this.depth
    if (behind > this.to) this.to = behind
  }
}

/** The sum of what came before, followed by the texts of all levels of a side. */
export const appended = (sum: number, { count, parts }: LevelSums): number => {
  let all = sum
  for (let rank = 0; rank < count; rank++) all = joined(all, parts[2 * rank]!, parts[2 * rank + 1]!)
  return all
}
