// Owns the continuity of one market's trades: each leaves once. Where the venue's ids rise by one a repeated trade is
// dropped and counted, and a hole is counted and reported as an event; where ids are only unique, trades that a venue
// sends again after a reconnect are recognised by a bounded memory of the newest, and trades without ids by all that
// they are: what one frame says twice are two trades, what a later frame says again is the same. Both memories are
// MarketMemory's, so that they outlive sockets. Invariant: a venue whose ids begin again at a lower number is
// followed, never dropped as repeating.
import { numberOf } from "../../domain/Decimal.ts"
import type { Fill } from "../../schemes/Instruction.ts"
import { isPrice, isSize } from "../book/readable.ts"
import type { FeedExchange } from "../core/FeedExchange.ts"
import { steadyMicros } from "../core/Now.ts"
import type { MarketMemory } from "./MarketMemory.ts"

/**
 * No trade is repeated so late: an id that far below the newest means that the venue counts again from a lower number.
 */
const RESTARTED = 1_000
/** Nor is history cut off, or a heartbeat behind, by more than so many. */
const LATE = 50

export class TradeLog {
  private readonly ids: "dense" | "unique" | "none"
  private readonly exchange: FeedExchange
  private readonly memory: MarketMemory

  constructor(ids: "dense" | "unique" | "none", exchange: FeedExchange, memory: MarketMemory) {
    this.ids = ids
    this.exchange = exchange
    this.memory = memory
  }

  add(trades: ReadonlyArray<Fill>, at: number): void {
    this.memory.trades.frame++
    for (const trade of trades) {
      // a trade without a number for its price or size can't be passed on; its id is then missed, and said so
      if (!isPrice(numberOf(trade.price)) || !isSize(numberOf(trade.size))) this.exchange.counts.invalid_trades++
      else if (this.isNew(trade, at)) {
        this.memory.tradeTempo.traded(steadyMicros(at))
        this.exchange.trade(trade, at)
      }
    }
  }

  /** The newest trade that exists, not a new one itself: what lies between it and the last known was missed. */
  anchor(id: number, at: number): void {
    const { lastTrade, trades } = this.memory
    // the newest that exists can't be below all that were seen, but for history that was cut off shortly before
    const isBelow = lastTrade !== null && id < Math.min(lastTrade, trades.lowestId) - LATE
    if (isBelow || (lastTrade !== null && id <= lastTrade - RESTARTED)) this.restart(id, at)
    const last = this.memory.lastTrade
    if (last !== null && id > last) this.missed(last + 1, id, at)
    if (last === null || id > last) this.memory.lastTrade = id
  }

  private isNew(trade: Fill, at: number): boolean {
    if (trade.id === null) return this.isUnheard(trade)
    if (this.ids === "none") return true
    if (this.ids === "dense") return this.follows(Number(trade.id), trade, at)
    if (this.memory.trades.isNew(trade.id, markOf(trade))) return true
    this.exchange.counts.trades_repeated++
    return false
  }

  /** A trade without an id, and without a time nothing would tell it from the next. */
  private isUnheard({ time, price, size, side }: Fill): boolean {
    if (time === null) return true
    const name = `${time} ${price} ${size} ${side}`
    const { trades } = this.memory
    const said = trades.markOf(name)
    if (said === undefined) trades.note(name, trades.frame)
    if (said === undefined || said === trades.frame) return true
    this.exchange.counts.trades_repeated++
    return false
  }

  private follows(id: number, trade: Fill, at: number): boolean {
    const { exchange, memory } = this
    if (memory.lastTrade !== null && id <= memory.lastTrade) {
      if (!this.hasRestarted(id, trade.time)) {
        exchange.counts.trades_repeated++
        return false
      }
      this.restart(id, at)
    }
    const last = memory.lastTrade
    if (last !== null && id > last + 1) this.missed(last + 1, id - 1, at)
    memory.lastTrade = id
    memory.trades.note(id, trade.time ?? NaN)
    return true
  }

  /**
   * An id that is not above the last is another trade than the one that bore it, or than all that could still be late.
   */
  private hasRestarted(id: number, time: number | null): boolean {
    const { lastTrade, trades } = this.memory
    if (id <= lastTrade! - RESTARTED) return true
    if (time === null) return false
    const known = trades.markOf(id)
    if (known !== undefined) return time > known
    // so far below all that are remembered nothing is late, even where the clock does not tell them apart
    if (id < trades.lowestId - LATE && time === trades.newestTime) return true
    // what is late belongs among those that are remembered; what is below all of them, yet happened later, is another
    return time > trades.newestTime && id < Math.min(trades.lowestId, trades.isEmpty ? lastTrade! - LATE : Infinity)
  }

  private restart(id: number, at: number): void {
    const { memory } = this
    const text = `trade ids begin again: ${id} after ${memory.lastTrade}`
    this.exchange.report({ code: "trades_restarted", text }, at)
    // a count that is still low began at 1, so that what came before this one was missed
    memory.lastTrade = id <= RESTARTED ? 0 : null
    memory.trades.clear()
  }

  private missed(from: number, to: number, at: number): void {
    this.exchange.counts.trades_missed += to - from + 1
    const text = `trades missed: ${from}${to > from ? ` to ${to}` : ""}`
    this.exchange.report({ code: "trades_missed", text }, at)
  }
}

/** What makes two trades of one id different; some venues take the millisecond for an id. */
const markOf = ({ price, size, side }: Fill): number =>
  numberOf(price) * 31 + numberOf(size) + (side === "buy" ? 0.25 : side === "sell" ? 0.5 : 0)
