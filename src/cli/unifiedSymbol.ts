// Owns the reading of ccxt's unified symbols, which many people know markets by: BTC/USDT is spot, BTC/USDT:USDT a
// linear and BTC/USD:BTC a coin-margined perpetual, and BTC/USDT:USDT-261225 a dated contract; an exchange may stand
// before it (kraken:BTC/USD). Which markets the catalog has is MarketReference's. Pure.
// Invariant: a symbol that names another contract than level4 lists matches no market, rather than a similar one.
import type { ListedMarket } from "../domain/Market.ts"
import type { MarketType } from "../domain/MarketType.ts"
import { folded } from "../domain/Names.ts"

export interface UnifiedSymbol {
  /** None: any. */
  readonly exchange: string | null
  readonly base: string
  readonly quote: string
  readonly marketType: MarketType
  /** The day, as 20261225, of a dated contract. */
  readonly expiry: string | null
}

const SYMBOL = /^(?:([^/:]+):)?([^/:]+)\/([^/:]+?)(?::([^/:]+?)(?:-(\d{6}))?)?$/

/** Null: it is none, or one of a contract that is settled in a third asset. */
export const unifiedSymbol = (text: string): UnifiedSymbol | null => {
  const [, exchange, base = "", quote = "", settle, day] = SYMBOL.exec(text) ?? []
  if (base === "") return null
  const named = { exchange: exchange ?? null, base, quote }
  if (settle === undefined) return { ...named, marketType: "SPOT", expiry: null }
  const linear = folded(settle) === folded(quote)
  if (!linear && folded(settle) !== folded(base)) return null
  if (day !== undefined) return { ...named, marketType: "FUTURE", expiry: `20${day}` }
  return { ...named, marketType: linear ? "PERP" : "INVERSE", expiry: null }
}

/** Whether the market is of this pair, and of this exchange where one is named. */
export const isOfPair = (symbol: UnifiedSymbol, market: ListedMarket): boolean =>
  folded(market.base_symbol.symbol) === folded(symbol.base) &&
  folded(market.quote_symbol.symbol) === folded(symbol.quote) &&
  (symbol.exchange === null || folded(market.exchange.name) === folded(symbol.exchange))

/** Whether the symbol names this market. */
export const isNamedBy = (symbol: UnifiedSymbol, market: ListedMarket): boolean =>
  isOfPair(symbol, market) &&
  market.market_type === symbol.marketType &&
  (symbol.expiry === null || new RegExp(`-${symbol.expiry}(?:-|$)`).test(market.tag))
