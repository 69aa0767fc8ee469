// Owns the continuity of one market's trades where the venue's ids rise by one: a repeated trade is dropped and counted, a
// hole is counted and told as an event. The last id is kept by the feed's exchange, so that a reconnect shows what it
// missed. Other venues' trades pass through. Invariant: a venue that counts anew is followed, never dropped as repeating.
import { numberOf } from "../../domain/Decimal.ts"
import type { Fill } from "../../schemes/Instruction.ts"
import { isPrice, isSize } from "../book/BookSide.ts"
import type { FeedExchange } from "../FeedExchange.ts"

/** No trade is repeated so late: an id that far below the newest means that the venue counts anew. */
const ANEW = 1_000

export class TradeLog {
  private readonly dense: boolean
  private readonly exchange: FeedExchange

  constructor(dense: boolean, exchange: FeedExchange) {
    this.dense = dense
    this.exchange = exchange
  }

  add(trades: ReadonlyArray<Fill>, at: number): void {
    for (const trade of trades) {
      // a trade without a number for its price or size can't be told; its id is then missed, and said so
      if (!isPrice(numberOf(trade.price)) || !isSize(numberOf(trade.size))) this.exchange.counts.invalid_trades++
      else if (!this.dense || this.follows(Number(trade.id), at)) this.exchange.trade(trade, at)
    }
  }

  /** The newest trade that exists, not a new one itself: what lies between it and the last known was missed. */
  anchor(id: number, at: number): void {
    const last = this.lastBefore(id, at)
    if (last !== null && id > last) this.missed(last + 1, id, at)
    if (last === null || id > last) this.exchange.lastTrade = id
  }

  private follows(id: number, at: number): boolean {
    const last = this.lastBefore(id, at)
    if (last !== null && id <= last) {
      this.exchange.counts.trades_repeated++
      return false
    }
    if (last !== null && id > last + 1) this.missed(last + 1, id - 1, at)
    this.exchange.lastTrade = id
    return true
  }

  /** The last id that this one continues from; null at the first, and where the count began anew. */
  private lastBefore(id: number, at: number): number | null {
    const { lastTrade } = this.exchange
    if (lastTrade === null || id > lastTrade - ANEW) return lastTrade
    this.exchange.lastTrade = null
    this.exchange.tell(`trade ids begin anew: ${id} after ${lastTrade}`, at)
    return null
  }

  private missed(from: number, to: number, at: number): void {
    this.exchange.counts.trades_missed += to - from + 1
    this.exchange.tell(`trades missed: ${from}${to > from ? ` to ${to}` : ""}`, at)
  }
}
