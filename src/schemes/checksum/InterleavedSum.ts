// Owns the CRC32 of a book's best levels, bid and ask in turn, all numbers with a colon between them: the checksum of
// FTX and of Bitfinex, who differ in how a number is written. Ranks are summed in blocks, and only the blocks with a
// rank that has another bid or ask than before are summed again. Invariant: the sum is that of the whole text.
import { joined, joinedNear, NEAR, without } from "./Crc32.ts"
import { LevelSums, type LevelText } from "./LevelSums.ts"
import type { BookView } from "../TranslationScheme.ts"

/** Every level's text begins with a colon, the whole does not. */
const NO_COLON = without(":")
/** Ranks of a block: few enough that little is summed in vain, enough that there are few blocks to join. */
const BLOCK = 20

export class InterleavedSum {
  private readonly bids: LevelSums
  private readonly asks: LevelSums
  /** Sum and length of the texts of each block in turn. */
  private readonly blocks: Int32Array
  /** The sum of all that stands before a block. */
  private readonly before: Int32Array

  /** The texts of a level: `:price:size`. */
  constructor(depth: number, bidText: LevelText, askText: LevelText) {
    this.bids = new LevelSums("bid", depth, bidText)
    this.asks = new LevelSums("ask", depth, askText)
    const blocks = Math.ceil(depth / BLOCK)
    this.blocks = new Int32Array(2 * blocks)
    this.before = new Int32Array(blocks + 1)
    this.before[0] = NO_COLON
  }

  /** As a signed 32-bit integer. */
  of(book: BookView): number {
    const { bids, asks, blocks, before } = this
    bids.follow(book)
    asks.follow(book)
    const from = bids.from < asks.from ? bids.from : asks.from
    const to = bids.to > asks.to ? bids.to : asks.to
    const most = bids.count > asks.count ? bids.count : asks.count
    if (most === 0) return 0
    if (from < to) {
      let block = (from / BLOCK) | 0
      for (let begin = block * BLOCK; begin < most; begin += BLOCK, block++) {
        if (begin < to) this.block(block, begin, most - begin < BLOCK ? most : begin + BLOCK)
        before[block + 1] = joined(before[block]!, blocks[2 * block]!, blocks[2 * block + 1]!)
      }
    }
    return before[Math.ceil(most / BLOCK)]!
  }

  /** Sums a block, of the ranks from `begin` to `end`. */
  private block(block: number, begin: number, end: number): void {
    const { count: bidCount, parts: bid } = this.bids
    const { count: askCount, parts: ask } = this.asks
    const both = bidCount < askCount ? bidCount : askCount
    const paired = both < end ? both : end
    let sum = 0
    let length = 0
    let rank = begin
    // the two of a rank are joined first, which need not wait for what stands before them
    for (; rank < paired; rank++) {
      const asked = ask[2 * rank + 1]!
      const bytes = bid[2 * rank + 1]! + asked
      if (bytes > NEAR) sum = joined(sum, joined(bid[2 * rank]!, ask[2 * rank]!, asked), bytes)
      else sum = joinedNear(sum, joinedNear(bid[2 * rank]!, ask[2 * rank]!, asked), bytes)
      length += bytes
    }
    const rest = bidCount > askCount ? bid : ask
    for (; rank < end; rank++) {
      sum = joined(sum, rest[2 * rank]!, rest[2 * rank + 1]!)
      length += rest[2 * rank + 1]!
    }
    this.blocks[2 * block] = sum
    this.blocks[2 * block + 1] = length
  }
}
