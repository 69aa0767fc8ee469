// Owns how catalog rows are shown: the row joined with what the schemes and the venue's listing know
// of it and how its feed fares.
import { type Exchange, ListedExchange } from "../domain/Exchange.ts"
import type { FeedView } from "../domain/FeedState.ts"
import type { Instrument } from "../domain/Instrument.ts"
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

/** `instrument`: what its venue lists it as, as far as that is known. */
export const listedMarket = (market: Market, feed: FeedView, instrument: Instrument | null): ListedMarket => {
  const identity = identityOf(market)
  return new ListedMarket({
    ...identity,
    size_unit: identity.size_unit ?? instrument?.size_unit ?? null,
    contract_value: identity.contract_value ?? instrument?.contract_value ?? null,
    level4_feed_enabled: market.level4_feed_enabled,
    unverified: market.unverified,
    settle: instrument?.settle ?? null,
    price_tick: instrument?.price_tick ?? null,
    size_step: instrument?.size_step ?? null,
    min_size: instrument?.min_size ?? null,
    min_notional: instrument?.min_notional ?? null,
    listing_status: instrument?.status ?? null,
    expires_at: instrument?.expires_at ?? null,
    feed
  })
}
