// Owns the memory of the best bid and ask as last reported, so that a spread event leaves only when one of the four
// numbers changed. NaN stands for an empty side.
import type { FeedExchange } from "../core/FeedExchange.ts"
import type { OrderBook } from "./OrderBook.ts"

export class BestQuote {
  private bidPrice = NaN
  private bidSize = NaN
  private askPrice = NaN
  private askSize = NaN

  /** True if the book's best bid or ask is not what it was at the last call. */
  moved(book: OrderBook): boolean {
    const bidPrice = book.bidPrice(0)
    const bidSize = book.bidSize(0)
    const askPrice = book.askPrice(0)
    const askSize = book.askSize(0)
    if (
      same(bidPrice, this.bidPrice) &&
      same(bidSize, this.bidSize) &&
      same(askPrice, this.askPrice) &&
      same(askSize, this.askSize)
    ) {
      return false
    }
    this.bidPrice = bidPrice
    this.bidSize = bidSize
    this.askPrice = askPrice
    this.askSize = askSize
    return true
  }

  report(exchange: FeedExchange, book: OrderBook, time: number | null, at: number): void {
    const heard = exchange.heard
    const bid = heard && book.bidLevels > 0 ? book.bidText(0) : null
    const ask = heard && book.askLevels > 0 ? book.askText(0) : null
    exchange.spread(bid, ask, time, at)
  }
}

const same = (a: number, b: number): boolean => a === b || (a !== a && b !== b)
