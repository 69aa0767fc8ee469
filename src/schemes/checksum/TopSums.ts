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

  constructor(depth: number, bidText: LevelText, askText: LevelText) {
    prepareJoins()
    this.bids = new SideSums(true, depth, bidText)
    this.asks = new SideSums(false, depth, askText)
  }

  /** Forgets every sum. */
  forget(): void {
    this.bids.count = 0
    this.asks.count = 0
  }

  /** The sum of the asks' texts, best first, followed by the bids'; signed. */
  asksThenBids(book: BookView): number {
    const { bids, asks } = this
    asks.follow(book)
    bids.follow(book)
    return bids.after(asks.after(0))
  }

  /** The sum of bid and ask in turn, best first; each begins with a colon, which the first goes without. Signed. */
  inTurn(book: BookView): number {
    const { bids, asks } = this
    bids.follow(book)
    asks.follow(book)
    const most = bids.count > asks.count ? bids.count : asks.count
    if (most === 0) return 0
    let sum = NO_COLON
    for (let rank = 0; rank < most; rank++) {
      if (rank < bids.count) sum = joined(sum, bids.sums[rank]!, bids.lengths[rank]!)
      if (rank < asks.count) sum = joined(sum, asks.sums[rank]!, asks.lengths[rank]!)
    }
    return sum
  }
}

/** The levels of one side by rank, best first, with sum and length of each text. */
class SideSums {
  count = 0
  readonly sums: Int32Array
  readonly lengths: Int32Array
  /** Prices, or their negatives, so that they rise from rank to rank. */
  private readonly keys: Float64Array
  private readonly sizes: Float64Array
  private readonly bid: boolean
  private readonly depth: number
  private readonly text: LevelText
  /** What stood here before, from the first rank on that has another level. */
  private readonly before: {
    readonly keys: Float64Array
    readonly sizes: Float64Array
    readonly sums: Int32Array
    readonly lengths: Int32Array
  }

  constructor(bid: boolean, depth: number, text: LevelText) {
    this.bid = bid
    this.depth = depth
    this.text = text
    const arrays = () => ({
      keys: new Float64Array(depth),
      sizes: new Float64Array(depth),
      sums: new Int32Array(depth),
      lengths: new Int32Array(depth)
    })
    const { keys, sizes, sums, lengths } = arrays()
    this.keys = keys
    this.sizes = sizes
    this.sums = sums
    this.lengths = lengths
    this.before = arrays()
  }

  /** Sum of a text that is followed by those of all levels. */
  after(sum: number): number {
    let all = sum
    for (let rank = 0; rank < this.count; rank++) all = joined(all, this.sums[rank]!, this.lengths[rank]!)
    return all
  }

  /** Makes what is new, going down the levels as they are and as they were together. */
  follow(book: BookView): void {
    const { bid, keys, sizes, sums, lengths, before, count: known } = this
    const levels = bid ? book.bidLevels : book.askLevels
    const count = levels < this.depth ? levels : this.depth
    this.count = count
    let rank = 0
    for (; rank < count && rank < known; rank++) {
      if (keys[rank] !== (bid ? -book.bidPrice(rank) : book.askPrice(rank))) break
      if (sizes[rank] !== (bid ? book.bidSize(rank) : book.askSize(rank))) break
    }
    for (let i = rank; i < known; i++) {
      before.keys[i] = keys[i]!
      before.sizes[i] = sizes[i]!
      before.sums[i] = sums[i]!
      before.lengths[i] = lengths[i]!
    }
    for (let old = rank; rank < count; rank++) {
      const key = bid ? -book.bidPrice(rank) : book.askPrice(rank)
      const size = bid ? book.bidSize(rank) : book.askSize(rank)
      keys[rank] = key
      sizes[rank] = size
      while (old < known && before.keys[old]! < key) old++
      if (old < known && before.keys[old] === key && before.sizes[old] === size) {
        sums[rank] = before.sums[old]!
        lengths[rank] = before.lengths[old]!
      } else {
        const text = this.text(book, rank)
        sums[rank] = crc32(text)
        lengths[rank] = text.length
      }
    }
  }
}
