// Owns what Bitstamp lists: one answer of `/api/v2/markets/`, spot and perpetuals. Source: shared/instruments.md
// (2026-11), shared/venues/bitstamp.md section 2 (2026-09). Surprises: ticks and steps are counts of decimals (the
// documented `tick_size` is not on the wire); every contract is one unit of its base, settled in its counter currency.
import { Schema } from "effect"
import type { MarketType } from "../../domain/MarketType.ts"
import type { Listing } from "../Listing.ts"
import { amount, answered, Decimal, listingRows, tickOf } from "../rules/listingRows.ts"

const Market = Schema.Struct({
  market_symbol: Schema.String,
  market_type: Schema.String,
  base_currency: Schema.optionalKey(Schema.String),
  counter_currency: Schema.optionalKey(Schema.String),
  base_decimals: Schema.optionalKey(Schema.Int),
  counter_decimals: Schema.optionalKey(Schema.Int),
  minimum_order_value: Schema.optionalKey(Decimal),
  minimum_order_amount: Schema.optionalKey(Decimal),
  trading: Schema.optionalKey(Schema.String)
})

const TYPES: ReadonlyMap<string, MarketType> = new Map([
  ["SPOT", "SPOT"],
  ["PERPETUAL", "PERP"]
])

const rows = listingRows(Market, (row) => {
  const market_type = TYPES.get(row.market_type)
  if (market_type === undefined) return null
  const { base_currency: base, counter_currency: quote, base_decimals, counter_decimals } = row
  if (base === undefined || quote === undefined || base_decimals === undefined || counter_decimals === undefined)
    throw new RangeError("no pair, or no decimals")
  return {
    native_symbol: row.market_symbol,
    base,
    quote,
    settle: market_type === "SPOT" ? null : quote,
    market_type,
    price_tick: tickOf(counter_decimals),
    size_step: tickOf(base_decimals),
    min_size: amount(row.minimum_order_amount),
    min_notional: amount(row.minimum_order_value),
    size_unit: "base",
    status: row.trading === "Enabled" ? "trading" : "halted"
  }
})

export const bitstampListing: Listing = {
  requests: () => [{ path: "/api/v2/markets/", weight: 1 }],
  read: (_request, status, body) => {
    const answer = answered(status, body)
    return Array.isArray(answer) ? { ...rows(answer), next: [] } : null
  }
}
