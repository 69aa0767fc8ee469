// Owns the continuity of one market's trades: each leaves once. Where the venue's ids rise by one a repeated trade is
// dropped and counted, and a hole is counted and reported as an event; where ids are only unique, trades that a venue
// sends again after a reconnect are recognised by a bounded memory of the newest, and trades without ids by all that
// they are: what one frame says twice are two trades, what a later frame says again is the same. Both memories are kept
// by the feed's exchange, so that they outlive sockets. Invariant: a venue whose ids begin again at a lower number is
// followed, never dropped as repeating.
import { numberOf } from "../../domain/Decimal.ts"
import type { Fill } from "../../schemes/Instruction.ts"
import { isPrice, isSize } from "../book/readable.ts"
import type { FeedExchange } from "../core/FeedExchange.ts"
import { steadyMicros } from "../core/Now.ts"

/**
 * No trade is repeated so late: an id that far below the newest means that the venue counts again from a lower number.
 */
const RESTARTED = 1_000
/** Nor is history cut off, or a heartbeat behind, by more than so many. */
const LATE = 50

export class TradeLog {
  private readonly ids: "dense" | "unique" | "none"
  private readonly exchange: FeedExchange

  constructor(ids: "dense" | "unique" | "none", exchange: FeedExchange) {
    this.ids = ids
    this.exchange = exchange
  }

  add(trades: ReadonlyArray<Fill>, at: number): void {
    this.exchange.tradeMemory.frame++
    for (const trade of trades) {
      // a trade without a number for its price or size can't be passed on; its id is then missed, and said so
      if (!isPrice(numberOf(trade.price)) || !isSize(numberOf(trade.size))) this.exchange.counts.invalid_trades++
      else if (this.isNew(trade, at)) {
        this.exchange.tradeTempo.traded(steadyMicros(at))
        this.exchange.trade(trade, at)
      }
    }
  }

  /** The newest trade that exists, not a new one itself: what lies between it and the last known was missed. */
  anchor(id: number, at: number): void {
    const { lastTrade, tradeMemory } = this.exchange
    // the newest that exists can't be below all that were seen, but for history that was cut off shortly before
    const isBelow = lastTrade !== null && id < Math.min(lastTrade, tradeMemory.lowestId) - LATE
    if (isBelow || (lastTrade !== null && id <= lastTrade - RESTARTED)) this.restart(id, at)
    const last = this.exchange.lastTrade
    if (last !== null && id > last) this.missed(last + 1, id, at)
    if (last === null || id > last) this.exchange.lastTrade = id
  }

  private isNew(trade: Fill, at: number): boolean {
    if (trade.id === null) return this.isUnheard(trade)
    if (this.ids === "none") return true
    if (this.ids === "dense") return this.follows(Number(trade.id), trade, at)
    if (this.exchange.tradeMemory.isNew(trade.id, markOf(trade))) return true
    this.exchange.counts.trades_repeated++
    return false
  }

  /** A trade without an id, and without a time nothing would tell it from the next. */
  private isUnheard({ time, price, size, side }: Fill): boolean {
    if (time === null) return true
    const name = `${time} ${price} ${size} ${side}`
    const { tradeMemory, counts } = this.exchange
    const said = tradeMemory.markOf(name)
    if (said === undefined) tradeMemory.note(name, tradeMemory.frame)
    if (said === undefined || said === tradeMemory.frame) return true
    counts.trades_repeated++
    return false
  }

  private follows(id: number, trade: Fill, at: number): boolean {
    const { exchange } = this
    if (exchange.lastTrade !== null && id <= exchange.lastTrade) {
      if (!this.hasRestarted(id, trade.time)) {
        exchange.counts.trades_repeated++
        return false
      }
      this.restart(id, at)
    }
    const last = exchange.lastTrade
    if (last !== null && id > last + 1) this.missed(last + 1, id - 1, at)
    exchange.lastTrade = id
    exchange.tradeMemory.note(id, trade.time ?? NaN)
    return true
  }

  /**
   * An id that is not above the last is another trade than the one that bore it, or than all that could still be late.
   */
  private hasRestarted(id: number, time: number | null): boolean {
    const { lastTrade, tradeMemory } = this.exchange
    if (id <= lastTrade! - RESTARTED) return true
    if (time === null) return false
    const known = tradeMemory.markOf(id)
    if (known !== undefined) return time > known
    // so far below all that are remembered nothing is late, even where the clock does not tell them apart
    if (id < tradeMemory.lowestId - LATE && time === tradeMemory.newestTime) return true
    // what is late belongs among those that are remembered; what is below all of them, yet happened later, is another
    return (
      time > tradeMemory.newestTime &&
      id < Math.min(tradeMemory.lowestId, tradeMemory.isEmpty ? lastTrade! - LATE : Infinity)
    )
  }

  private restart(id: number, at: number): void {
    const { exchange } = this
    exchange.report(`trade ids begin again: ${id} after ${exchange.lastTrade}`, at)
    // a count that is still low began at 1, so that what came before this one was missed
    exchange.lastTrade = id <= RESTARTED ? 0 : null
    exchange.tradeMemory.clear()
  }

  private missed(from: number, to: number, at: number): void {
    this.exchange.counts.trades_missed += to - from + 1
    this.exchange.report(`trades missed: ${from}${to > from ? ` to ${to}` : ""}`, at)
  }
}

/** What makes two trades of one id different; some venues take the millisecond for an id. */
const markOf = ({ price, size, side }: Fill): number =>
  numberOf(price) * 31 + numberOf(size) + (side === "buy" ? 0.25 : side === "sell" ? 0.5 : 0)
