// Owns what HitBTC lists: one answer of `/api/3/public/symbol`, an object keyed by native symbol. Source:
// shared/instruments.md (2026-11), shared/venues/hitbtc.md section 2 (2026-09). Surprises: a perpetual's base is its
// `underlying`, `base_currency` is null; `expired` is not documented and occurs, with an empty book; the least size is
// the step. All perpetuals are settled in their quote.
import { Schema } from "effect"
import type { InstrumentStatus } from "../../domain/Instrument.ts"
import type { Listing } from "../Listing.ts"
import { amount, answered, Decimal, isoMicros, listingRows } from "../rules/listingRows.ts"

const Text = Schema.optionalKey(Schema.NullOr(Schema.String))
const Listed = Schema.Struct({
  type: Schema.String,
  contract_type: Text,
  expiry: Text,
  underlying: Text,
  base_currency: Text,
  quote_currency: Schema.String,
  quantity_increment: Decimal,
  tick_size: Decimal,
  status: Schema.String
})
/** With the key under which it stands. */
const Row = Schema.Tuple([Schema.String, Listed])

const STATUS: ReadonlyMap<string, InstrumentStatus> = new Map([
  ["working", "trading"],
  ["expired", "delisted"]
])

const rows = listingRows(Row, ([native_symbol, row]) => {
  const isSpot = row.type === "spot"
  const isPerp = row.type === "futures" && row.contract_type === "perpetual"
  if (!isSpot && !isPerp) return null
  const base = isSpot ? row.base_currency : row.underlying
  if (base === null || base === undefined) throw new RangeError("no base")
  const step = amount(row.quantity_increment)
  return {
    native_symbol,
    base,
    quote: row.quote_currency,
    settle: isSpot ? null : row.quote_currency,
    market_type: isSpot ? "SPOT" : "PERP",
    price_tick: amount(row.tick_size),
    size_step: step,
    min_size: step,
    size_unit: "base",
    // `suspended` and `clearing` come back
    status: STATUS.get(row.status) ?? "halted",
    expires_at: isoMicros(row.expiry)
  }
})

const isKeyed = Schema.is(Schema.Record(Schema.String, Schema.Unknown))
/** An error has the same shape: one key, which is no symbol. */
const isError = (answer: object): boolean => "error" in answer

export const hitBtcListing: Listing = {
  requests: () => [{ path: "/api/3/public/symbol", weight: 1 }],
  read: (_request, status, body) => {
    const answer = answered(status, body)
    if (!isKeyed(answer) || Array.isArray(answer) || isError(answer)) return null
    return { ...rows(Object.entries(answer)), next: [] }
  }
}
