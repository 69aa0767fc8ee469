// Owns the CRC32 of the texts of a book's best levels, for venues whose checksum is made of them: a level's text is
// made and summed once, when the level comes or changes, and its sum is kept while the level stays, at whatever rank.
// How a text looks and in which order they stand is the scheme's. Invariant: the sum is that of the whole text, as
// long as levels of equal price and size have equal texts; where they may not, `forget` begins again.
import { crc32, joined, prepareJoins, without } from "./Crc32.ts"
import type { BookView } from "../TranslationScheme.ts"

/** The text of the level at a rank, ASCII, as it goes into the checksum; never an empty one. */
export type LevelText = (book: BookView, rank: number) => string

/** In a text of levels with a colon between them each begins with one, but the first. */
const NO_COLON = without(":")

export class TopSums {
  private readonly bids: SideSums
  private readonly asks: SideSums
  /** In turn: the sum of all ranks above each. */
  private readonly above: Int32Array

  constructor(depth: number, bidText: LevelText, askText: LevelText) {
    prepareJoins()
    this.bids = new SideSums(true, depth, bidText)
    this.asks = new SideSums(false, depth, askText)
    this.above = new Int32Array(depth + 1)
    this.above[0] = NO_COLON
  }

  /** Forgets every sum. */
  forget(): void {
    this.bids.forget()
    this.asks.forget()
  }

  /** The sum of the asks' texts, best first, followed by the bids'; signed. */
  asksThenBids(book: BookView): number {
    const { bids, asks } = this
    if (asks.follow(book) < asks.depth) asks.total()
    if (bids.follow(book) < bids.depth) bids.total()
    return joined(asks.sum, bids.sum, bids.length)
  }

  /** The sum of bid and ask in turn, best first; each begins with a colon, which the first goes without. Signed. */
  inTurn(book: BookView): number {
    const { bids, asks, above } = this
    const bidFrom = bids.follow(book)
    const askFrom = asks.follow(book)
    const most = bids.count > asks.count ? bids.count : asks.count
    if (most === 0) return 0
    for (let rank = bidFrom < askFrom ? bidFrom : askFrom; rank < most; rank++) {
      let sum = above[rank]!
      if (rank < bids.count) sum = joined(sum, bids.sums[rank]!, bids.lengths[rank]!)
      if (rank < asks.count) sum = joined(sum, asks.sums[rank]!, asks.lengths[rank]!)
      above[rank + 1] = sum
    }
    return above[most]!
  }
}

/** The levels of one side by rank, best first, with sum and length of each text. */
class SideSums {
  readonly depth: number
  count = 0
  readonly sums: Int32Array
  readonly lengths: Int32Array
  /** Of all levels together, as `total` found them. */
  sum = 0
  length = 0
  /** Prices, or their negatives, so that they rise from rank to rank. */
  private readonly keys: Float64Array
  private readonly sizes: Float64Array
  /** The book's best levels of the moment, price and size in turn. */
  private readonly best: Float64Array
  private readonly bid: boolean
  private readonly text: LevelText
  /** The book that was followed last, and the version of its side. */
  private book: BookView | null = null
  private version = 0

  constructor(bid: boolean, depth: number, text: LevelText) {
    this.bid = bid
    this.depth = depth
    this.text = text
    this.keys = new Float64Array(depth)
    this.sizes = new Float64Array(depth)
    this.best = new Float64Array(2 * depth)
    this.sums = new Int32Array(depth)
    this.lengths = new Int32Array(depth)
  }

  forget(): void {
    this.count = 0
    this.book = null
  }

  /** Sums all texts up. */
  total(): void {
    let sum = 0
    let length = 0
    for (let rank = 0; rank < this.count; rank++) {
      sum = joined(sum, this.sums[rank]!, this.lengths[rank]!)
      length += this.lengths[rank]!
    }
    this.sum = sum
    this.length = length
  }

  /**
   * Makes what is new: levels that came in between move the others down, levels that are gone let them move up. Gives
   * the best rank at which anything is other than before; `depth` where nothing is.
   */
  follow(book: BookView): number {
    const { best, bid, depth, keys, sizes } = this
    const version = bid ? book.bidVersion : book.askVersion
    if (book === this.book && version === this.version) return depth
    this.book = book
    this.version = version
    const before = this.count
    const count = bid ? book.readBids(best) : book.readAsks(best)
    let from = depth
    for (let rank = 0; rank < count; rank++) {
      const key = bid ? -best[2 * rank]! : best[2 * rank]!
      const size = best[2 * rank + 1]!
      while (rank < this.count && keys[rank]! < key) {
        if (rank < from) from = rank
        this.moveUp(rank)
      }
      const isHere = rank < this.count && keys[rank] === key
      if (isHere && sizes[rank] === size) continue
      if (rank < from) from = rank
      if (!isHere) this.moveDown(rank)
      keys[rank] = key
      sizes[rank] = size
      const text = this.text(book, rank)
      this.sums[rank] = crc32(text)
      this.lengths[rank] = text.length
    }
    this.count = count
    return count < before && count < from ? count : from
  }

  /** The level at a rank is gone. */
  private moveUp(rank: number): void {
    const last = --this.count
    for (let at = rank; at < last; at++) this.move(at + 1, at)
  }

  /** Makes room for a level at a rank; the last of all leaves where there is none. */
  private moveDown(rank: number): void {
    if (this.count < this.depth) this.count++
    for (let at = this.count - 1; at > rank; at--) this.move(at - 1, at)
  }

  private move(from: number, to: number): void {
    const { keys, sizes, sums, lengths } = this
    keys[to] = keys[from]!
    sizes[to] = sizes[from]!
    sums[to] = sums[from]!
    lengths[to] = lengths[from]!
  }
}
