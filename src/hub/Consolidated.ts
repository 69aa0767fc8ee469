// Owns one book over all live feeds of a pair: the best levels of every venue in one order, each with its venue. Pure;
// who asks brings the books. Sizes are in one unit, the quote currency for INVERSE and the base currency for all
// others, and a venue's size is converted only where that is exact. Invariants: whoever is left out is named with the
// reason; fees are in no price here, so a crossed book is no promise of a profit, and is flagged.
import { BigDecimal } from "effect"
import { canonical } from "../domain/Decimal.ts"
import type { Consolidated, ConsolidatedLevel, LeftOut } from "../domain/Consolidated.ts"
import type { Book } from "../domain/Event.ts"
import { type Market, tagOf } from "../domain/Market.ts"
import type { MarketType } from "../domain/MarketType.ts"
import { folded } from "../domain/Names.ts"
import { effectiveSymbol } from "../schemes/effectiveSymbol.ts"
import { describeMarket } from "../schemes/Schemes.ts"

/** What is needed of a market's book, whose sides are as deep as the consolidated book shall be, or deeper. */
type VenueBook = Pick<
  Book,
  "state" | "reason" | "reason_code" | "epoch" | "seq" | "ts_exchange" | "ts_received" | "bids" | "asks"
>

export interface Venue {
  readonly market: Market
  readonly book: VenueBook
}

/** The pair of a market as `/consolidated/:pair` spells it. */
const pairOf = ({ base_symbol, quote_symbol }: Market): string => `${base_symbol.symbol}-${quote_symbol.symbol}`

/** Whether a market belongs to a pair; codes are compared without case. */
export const isOfPair = (market: Market, pair: string, type: MarketType): boolean =>
  market.market_type === type && pairOf(market).toUpperCase() === pair.toUpperCase()

export const consolidated = (
  pair: string,
  market_type: MarketType,
  depth: number,
  venues: ReadonlyArray<Venue>
): Consolidated => {
  const unit = market_type === "INVERSE" ? "quote" : "base"
  const bids: Array<ConsolidatedLevel> = []
  const asks: Array<ConsolidatedLevel> = []
  const feeds: Array<Consolidated["feeds"][number]> = []
  const left_out: Array<LeftOut> = []
  /** Markets in it by their names at their venues: catalogs of earlier days may hold one twice. */
  const counted = new Map<string, number>()
  for (const { market, book } of venues) {
    const factor = factorOf(market, unit)
    const { state, epoch, seq, ts_exchange, ts_received } = book
    const head = { market_id: market.id, tag: tagOf(market), exchange: market.exchange.name }
    const symbol = state === "live" ? symbolAtVenue(market) : null
    const twin = symbol === null ? undefined : counted.get(symbol)
    if (state !== "live" || typeof factor === "string" || twin !== undefined) {
      left_out.push({ ...head, state, ...exclusionOf(book, factor, twin) })
      continue
    }
    if (symbol !== null) counted.set(symbol, market.id)
    feeds.push({ ...head, epoch, seq, ts_exchange, ts_received })
    const level = ([price, size]: readonly [string, string]): ConsolidatedLevel => ({
      price,
      size: scaled(size, factor),
      exchange: head.exchange,
      market_id: market.id
    })
    for (const one of book.bids.slice(0, depth)) bids.push(level(one))
    for (const one of book.asks.slice(0, depth)) asks.push(level(one))
  }
  bids.sort((a, b) => compared(b.price, a.price) || compared(b.size, a.size))
  asks.sort((a, b) => compared(a.price, b.price) || compared(b.size, a.size))
  const [best_bid = null] = bids
  const [best_ask = null] = asks
  return {
    pair,
    market_type,
    size_unit: unit,
    depth,
    crossed: best_bid !== null && best_ask !== null && compared(best_bid.price, best_ask.price) >= 0,
    fees_included: false,
    best_bid,
    best_ask,
    bids: bids.slice(0, depth),
    asks: asks.slice(0, depth),
    feeds,
    left_out
  }
}

/** Why a market is not in the book, its own identity and unit before the state of its feed. */
const exclusionOf = (
  { state, reason, reason_code }: VenueBook,
  factor: BigDecimal.BigDecimal | string,
  twin: number | undefined
): Pick<LeftOut, "reason" | "reason_code"> => {
  if (twin !== undefined)
    return { reason: `it is for its venue the same market as ${twin}, which is counted`, reason_code: "duplicate" }
  if (typeof factor === "string") return { reason: factor, reason_code: "incomparable" }
  const idle = state === "stopped" ? "stopped" : "connecting"
  return { reason: reason ?? `the feed is ${state}`, reason_code: reason_code ?? idle }
}

const symbols = new WeakMap<Market, string | null>()
const symbolAtVenue = (market: Market): string | null => {
  const known = symbols.get(market)
  if (known !== undefined) return known
  const { exchange, base_symbol, quote_symbol, market_type, native_symbol } = market
  const named = { exchange: exchange.name, base: base_symbol.symbol, quote: quote_symbol.symbol }
  const effective = effectiveSymbol({ ...named, market_type, native_symbol })
  const symbol = effective === null ? null : `${folded(exchange.name)} ${market_type} ${effective}`
  symbols.set(market, symbol)
  return symbol
}

const ONE = BigDecimal.make(1n, 0)
const CONTRACT = /^(\d+(?:\.\d{1,18})?) (\S+)$/

/** What one unit of the venue's sizes is worth in the common unit; or why that is not exact. */
const factorOf = (market: Market, unit: "base" | "quote"): BigDecimal.BigDecimal | string => {
  const { exchange, base_symbol, quote_symbol, market_type, native_symbol } = market
  const base = base_symbol.symbol
  const quote = quote_symbol.symbol
  const { size_unit, contract_value } = describeMarket({
    exchange: exchange.name,
    base,
    quote,
    market_type,
    native_symbol
  })
  if (size_unit === unit) return ONE
  if (size_unit !== "contracts") return `its sizes are in ${size_unit ?? "no known unit"}, not in ${unit} currency`
  const [, value, currency] = CONTRACT.exec(contract_value ?? "") ?? []
  if (value === undefined) return "its sizes are contracts, and what one is worth is not fixed"
  const common = unit === "base" ? base : quote
  if (currency?.toUpperCase() === common.toUpperCase()) return exactly(value)
  return `its sizes are contracts of ${contract_value}, which is no fixed amount of ${common}`
}

/** size × factor, exactly. */
const scaled = (size: string, factor: BigDecimal.BigDecimal): string =>
  factor === ONE ? size : canonical(BigDecimal.format(BigDecimal.multiply(exactly(size), factor)))

/** Decimals without exponent are read by BigDecimal as they stand. */
const exactly = (decimal: string): BigDecimal.BigDecimal => BigDecimal.fromStringUnsafe(decimal)

/**
 * Compares decimals exactly. Doubles that differ are in the order of their decimals; only those that fall together need
 * BigDecimal, which would make a book of eight venues, 25 levels a side, take 1.4 ms in place of 0.28 (2026-11).
 */
const compared = (a: string, b: string): number =>
  Number(a) - Number(b) || (a === b ? 0 : BigDecimal.Order(exactly(a), exactly(b)))
