// Owns how catalog rows are shown: the row joined with what the schemes know of the venue and how its feed fares.
import { type Exchange, ListedExchange } from "../domain/Exchange.ts"
import type { FeedView } from "../domain/FeedState.ts"
import { ListedMarket, type Market, tagOf } from "../domain/Market.ts"
import { describeExchange, describeMarket } from "../schemes/Schemes.ts"

export const listedExchange = (exchange: Exchange): ListedExchange =>
  new ListedExchange({ id: exchange.id, name: exchange.name, ...describeExchange(exchange.name) })

/** All that clients see of a market except what changes: its switch and its feed. */
export const identityOf = (market: Market) => {
  const { base_symbol, exchange, market_type, quote_symbol } = market
  const { contract_value, native_symbol, size_unit } = describeMarket({
    exchange: exchange.name,
    base: base_symbol.symbol,
    quote: quote_symbol.symbol,
    market_type,
    native_symbol: market.native_symbol
  })
  return {
    id: market.id,
    exchange,
    base_symbol,
    quote_symbol,
    market_type,
    native_symbol: native_symbol ?? market.native_symbol,
    exchange_id: exchange.id,
    base_symbol_id: base_symbol.id,
    quote_symbol_id: quote_symbol.id,
    tag: tagOf(market),
    size_unit,
    contract_value
  }
}

export const listedMarket = (market: Market, feed: FeedView): ListedMarket =>
  new ListedMarket({
    ...identityOf(market),
    level4_feed_enabled: market.level4_feed_enabled,
    unverified: market.unverified,
    feed
  })
