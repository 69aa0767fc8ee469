// Owns the markets of the benchmarks that run real feeds: Coinbase's, by product.
import { Schema } from "effect"
import { Market } from "../src/domain/Market.ts"

export const market = (id: number, base: string): Market =>
  Schema.decodeSync(Market)({
    id,
    exchange: { id: 1, name: "Coinbase" },
    base_symbol: { id: id + 1, symbol: base },
    quote_symbol: { id: 1, symbol: "USD" },
    market_type: "SPOT",
    native_symbol: null,
    level4_feed_enabled: true,
    unverified: true
  })
