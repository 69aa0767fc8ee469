// Owns the CRC32 of a book's best levels, bid and ask in turn, all numbers with a colon between them: the checksum of FTX
// and of Bitfinex, who differ in how a number is written. What lies before the first changed rank is not summed again.
// Invariant: the sum is that of the whole text, put together anew.
import { joined, without } from "./Crc32.ts"
import { LevelSums, type LevelText } from "./LevelSums.ts"
import type { BookView } from "./TranslationScheme.ts"

/** Every level's text begins with a colon, the whole does not. */
const NO_COLON = without(":")

export class InterleavedSum {
  private readonly bids: LevelSums
  private readonly asks: LevelSums
  /** The sum of all that stands before a rank. */
  private readonly before: Int32Array

  /** The texts of a level: `:price:size`. */
  constructor(depth: number, bidText: LevelText, askText: LevelText) {
    this.bids = new LevelSums("bid", depth, bidText)
    this.asks = new LevelSums("ask", depth, askText)
    this.before = new Int32Array(depth + 1)
    this.before[0] = NO_COLON
  }

  /** As a signed 32-bit integer. */
  of(book: BookView): number {
    const { bids, asks, before } = this
    const changedBid = bids.follow(book)
    const changedAsk = asks.follow(book)
    const { count: bidCount, parts: bid } = bids
    const { count: askCount, parts: ask } = asks
    const most = bidCount > askCount ? bidCount : askCount
    if (most === 0) return 0
    const both = bidCount < askCount ? bidCount : askCount
    let rank = changedBid < changedAsk ? changedBid : changedAsk
    let sum = before[rank]!
    // the two of a rank are joined first, which need not wait for what stands before them
    for (; rank < both; rank++) {
      const pair = joined(bid[2 * rank]!, ask[2 * rank]!, ask[2 * rank + 1]!)
      sum = joined(sum, pair, bid[2 * rank + 1]! + ask[2 * rank + 1]!)
      before[rank + 1] = sum
    }
    const rest = bidCount > askCount ? bid : ask
    for (; rank < most; rank++) {
      sum = joined(sum, rest[2 * rank]!, rest[2 * rank + 1]!)
      before[rank + 1] = sum
    }
    return before[most]!
  }
}
