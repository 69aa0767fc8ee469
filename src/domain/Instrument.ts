// Owns the instrument: what a venue lists now, in the field's words. Instruments are read on demand and kept in memory
// alone, never in Postgres; how a venue's answer becomes one is its scheme's (schemes/Listing.ts). Invariant: ticks,
// steps and least sizes are exact decimal text, as the venue means them, and null where it does not say.
import { Schema } from "effect"
import { InstrumentStatus } from "./InstrumentStatus.ts"
import { MarketId, NativeSymbol } from "./Market.ts"
import { MarketType } from "./MarketType.ts"

const Text = Schema.NullOr(Schema.String)
const Micros = Schema.NullOr(Schema.Int)

/** What a venue says of one instrument. Times are microseconds since 1970. */
export class Instrument extends Schema.Class<Instrument>("InstrumentFacts")({
  native_symbol: NativeSymbol,
  base: Schema.String.annotate({ description: "In common codes: BTC, not XBT" }),
  quote: Schema.String.annotate({ description: "In common codes" }),
  settle: Text.annotate({
    description: "What a contract is settled in; null on spot, and where the venue does not say"
  }),
  market_type: MarketType,
  price_tick: Text.annotate({ description: "Distance of two prices; null where it is not fixed (Bitfinex)" }),
  size_step: Text.annotate({ description: "Distance of two sizes, in size_unit" }),
  min_size: Text.annotate({ description: "Least size of an order, in size_unit" }),
  min_notional: Text.annotate({ description: "Least value of an order, in the quote asset" }),
  size_unit: Schema.Literals(["base", "quote", "contracts"]),
  contract_value: Text.annotate({ description: "What one contract is worth, with its unit, e.g. 100 USD; else null" }),
  status: InstrumentStatus,
  listed_at: Micros.annotate({ description: "Since when it is listed; null where the venue does not say" }),
  expires_at: Micros.annotate({ description: "When it expires, or is delisted; null: never, as far as is known" })
}) {}

/** An instrument as clients see it: with the tag its market has or would have, and its market, if there is one. */
export class ListedInstrument extends Schema.Class<ListedInstrument>("Instrument")({
  ...Instrument.fields,
  tag: Schema.String.annotate({ description: "EXCHANGE.TYPE:BASE-QUOTE, for a FUTURE with its expiry" }),
  market_id: Schema.NullOr(MarketId).annotate({ description: "Its market in the catalog; null where there is none" })
}) {}
