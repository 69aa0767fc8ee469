// Owns the market entity: exchange + base + quote + market type under one number, with its durable switch. The feed
// that may run for it is another thing (domain/FeedState.ts).
import { Schema } from "effect"
import { Asset, SymbolId } from "./Asset.ts"
import { Exchange, ExchangeId } from "./Exchange.ts"
import { datedSuffix } from "./Expiry.ts"
import { FeedView } from "./FeedState.ts"
import { InstrumentStatus } from "./InstrumentStatus.ts"
import { MarketType } from "./MarketType.ts"
import { visible } from "./Names.ts"

export const MarketId = Schema.Int.check(Schema.isGreaterThan(0)).pipe(
  Schema.brand("MarketId"),
  Schema.annotate({ identifier: "MarketId", description: "The catalog's number of a market" })
)
export type MarketId = typeof MarketId.Type

export const NativeSymbol = Schema.String.check(
  Schema.isPattern(/^[\p{L}\p{N}\p{M}\p{P}\p{S}]{1,64}$/u, {
    message: "Expected the venue's own spelling, 1 to 64 characters without spaces, such as XBT/USD"
  }),
  visible
).annotate({ identifier: "NativeSymbol", description: "The venue's own spelling of a market, e.g. XBT/USD" })
export type NativeSymbol = typeof NativeSymbol.Type

/** What names a market: all of it is immutable once created. */
export class NewMarket extends Schema.Class<NewMarket>("NewMarket")({
  exchange_id: ExchangeId,
  base_symbol_id: SymbolId,
  quote_symbol_id: SymbolId,
  market_type: MarketType,
  native_symbol: Schema.optionalKey(
    Schema.NullOr(NativeSymbol).annotate({ message: "Expected the venue's own spelling as a text, or null" })
  )
}) {}

/** A market as the catalog stores it; `native_symbol` is null where the scheme's own rule spells it. */
export class Market extends Schema.Class<Market>("MarketRow")({
  id: MarketId,
  exchange: Exchange,
  base_symbol: Asset,
  quote_symbol: Asset,
  market_type: MarketType,
  // what was stored in earlier days is read, whatever is refused today
  native_symbol: Schema.NullOr(Schema.String),
  level4_feed_enabled: Schema.Boolean,
  unverified: Schema.Boolean.annotate({
    description: "True until the venue's own listing has shown this native symbol with this base, quote and type"
  })
}) {}

/** All that names a market, in words. */
export interface MarketWords {
  readonly exchange: { readonly name: string }
  readonly base_symbol: { readonly symbol: string }
  readonly quote_symbol: { readonly symbol: string }
  readonly market_type: MarketType
  readonly native_symbol: string | null
}

/**
 * `KRAKEN.SPOT:BTC-USD`; a dated future adds its expiry, since several share one pair: `OKX.FUTURE:BTC-USDT-20261225`.
 */
export const tagOf = (market: MarketWords): string => {
  const { base_symbol, exchange, market_type, quote_symbol } = market
  const tag = `${exchange.name.toUpperCase()}.${market_type}:${base_symbol.symbol}-${quote_symbol.symbol}`
  return market_type === "FUTURE" && market.native_symbol !== null ? `${tag}-${datedSuffix(market.native_symbol)}` : tag
}

/** Whether two rows of one id are the same market: a table that was made again gives an old id to another one. */
export const isSameMarket = (a: Market, b: Market): boolean =>
  a.id === b.id && a.native_symbol === b.native_symbol && tagOf(a) === tagOf(b)

const Known = Schema.NullOr(Schema.String)
/** What the venue's listing says of a market, as far as this process has read it; null: not known. */
const listingFacts = {
  settle: Known.annotate({ description: "What a contract is settled in; null on spot, and where it is not known" }),
  price_tick: Known.annotate({ description: "Distance of two prices, as the venue's listing says" }),
  size_step: Known.annotate({ description: "Distance of two sizes, in size_unit" }),
  min_size: Known.annotate({ description: "Least size of an order, in size_unit" }),
  min_notional: Known.annotate({ description: "Least value of an order, in the quote asset" }),
  listing_status: Schema.NullOr(InstrumentStatus),
  expires_at: Schema.NullOr(Schema.Int).annotate({
    description: "When it expires or is delisted, in microseconds since 1970; null: never, as far as is known"
  })
}

/** A market as clients see it. */
export class ListedMarket extends Schema.Class<ListedMarket>("Market")({
  ...Market.fields,
  exchange_id: ExchangeId,
  base_symbol_id: SymbolId,
  quote_symbol_id: SymbolId,
  native_symbol: Schema.NullOr(Schema.String).annotate({
    description: "The venue's own spelling, given or by its scheme's rule; null when neither is known"
  }),
  tag: Schema.String.annotate({
    description: "EXCHANGE.TYPE:BASE-QUOTE, e.g. KRAKEN.SPOT:BTC-USD, for a FUTURE with its expiry; unique without case"
  }),
  size_unit: Schema.NullOr(Schema.Literals(["base", "quote", "contracts"])),
  contract_value: Schema.NullOr(Schema.String).annotate({
    description: "Where the venue's sheet gives it: what one contract is worth, with its unit, e.g. 1 USD"
  }),
  ...listingFacts,
  feed: FeedView
}) {}
