// Owns the comparison of a book with the venue's own best levels, for protocols that send such levels beside the
// changes. When the two may be compared, and what a difference means, is the scheme's.
import type { Levels } from "../Instruction.ts"
import type { BookView } from "../TranslationScheme.ts"

/** True when the venue's best `depth` levels a side (fewer where the book has no more), best first, are the book's. */
export const matchesTop = (book: BookView, bids: Levels, asks: Levels, depth: number): boolean => {
  if (bids.length !== Math.min(book.bidLevels, depth) || asks.length !== Math.min(book.askLevels, depth)) return false
  for (let rank = 0; rank < bids.length; rank++) {
    const [price, size] = bids[rank]!
    if (Number(price) !== book.bidPrice(rank) || Number(size) !== book.bidSize(rank)) return false
  }
  for (let rank = 0; rank < asks.length; rank++) {
    const [price, size] = asks[rank]!
    if (Number(price) !== book.askPrice(rank) || Number(size) !== book.askSize(rank)) return false
  }
  return true
}
