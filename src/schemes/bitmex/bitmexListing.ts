// Owns what BitMEX listed: the answer of `/api/v1/instrument/active`, which only an overridden address still gives.
// What was listed last, as far as recordings and the sheet name it, is bitmexClosed.ts. Sources: shared/instruments.md
// (2026-11), shared/venues/bitmex.md section 2. Surprises: Bitcoin is XBT in codes and XBt where it settles; whether a
// perpetual is inverse its row says, not its name; the least order is a whole lot (100 contracts of XBTUSD); ticks are
// numbers with an exponent; indices, spreads, options and predictions stand in the same list.
// Unsure: `Unlisted`, which is read as not launched while its listing lies ahead, and as delisted else.
import { Schema } from "effect"
import type { InstrumentStatus } from "../../domain/InstrumentStatus.ts"
import type { MarketType } from "../../domain/MarketType.ts"
import type { Listing } from "../Listing.ts"
import { amount, answered, Decimal, isoMicros, listingRows } from "../rules/listingRows.ts"
import { BITMEX_CLOSED } from "./bitmexClosed.ts"
import { bitmexCommon, bitmexNames } from "./bitmexNames.ts"

const Text = Schema.optionalKey(Schema.NullOr(Schema.String))
const Amount = Schema.optionalKey(Schema.NullOr(Decimal))
const Row = Schema.Struct({
  symbol: Schema.String,
  typ: Schema.String,
  state: Schema.optionalKey(Schema.String),
  underlying: Text,
  quoteCurrency: Text,
  settlCurrency: Text,
  lotSize: Amount,
  tickSize: Amount,
  underlyingToPositionMultiplier: Schema.optionalKey(Schema.NullOr(Schema.Finite)),
  isInverse: Schema.optionalKey(Schema.Boolean),
  isQuanto: Schema.optionalKey(Schema.Boolean),
  listing: Text,
  expiry: Text
})
type Row = typeof Row.Type

const PERPETUALS: ReadonlySet<string> = new Set(["FFWCSX", "FFWCSF", "FFSCSX"])
const FUTURE = "FFCCSX"
const SPOT = "IFXXXP"

const typeOf = ({ typ, isInverse }: Row): MarketType | null => {
  if (typ === SPOT) return "SPOT"
  if (typ === FUTURE) return "FUTURE"
  if (!PERPETUALS.has(typ)) return null
  return isInverse === true ? "INVERSE" : "PERP"
}

const statusOf = (state: string | undefined, listed: number | null, at: number): InstrumentStatus => {
  if (listed !== null && listed > at) return "pre_launch"
  if (state === "Open") return "trading"
  return state === "Settled" || state === "Delisted" || state === "Unlisted" ? "delisted" : "halted"
}

/** The base units of one contract, where they are a decimal: 1 of so many contracts. */
const contractOf = ({ isQuanto, underlyingToPositionMultiplier: many }: Row): string | null =>
  isQuanto === true || many === null || many === undefined || !/^10*$/.test(String(many)) ? null : amount(1 / many)

const rowsAt = (at: number) =>
  listingRows(Row, (row) => {
    const market_type = typeOf(row)
    if (market_type === null) return null
    const { underlying, quoteCurrency, settlCurrency } = row
    if (typeof underlying !== "string" || typeof quoteCurrency !== "string") throw new RangeError("no pair")
    const base = bitmexCommon(underlying.toUpperCase())
    const lot = amount(row.lotSize)
    const listed_at = isoMicros(row.listing)
    const { size_unit, contract_value } = bitmexNames.sizeUnit(market_type, row.symbol)
    const unit = contract_value === null ? contractOf(row) : null
    return {
      native_symbol: row.symbol,
      base,
      quote: bitmexCommon(quoteCurrency.toUpperCase()),
      settle: market_type === "SPOT" || typeof settlCurrency !== "string" ? null : settledIn(settlCurrency),
      market_type,
      price_tick: amount(row.tickSize),
      size_step: lot,
      min_size: lot,
      size_unit,
      contract_value: unit === null ? contract_value : `${unit} ${base}`,
      status: statusOf(row.state, listed_at, at),
      listed_at,
      expires_at: isoMicros(row.expiry)
    }
  })

/** The smallest units of assets, by which the venue settles: XBt and USDt. */
const settledIn = (unit: string): string => bitmexCommon(unit.toUpperCase())

export const bitmexListing: Listing = {
  requests: () => [{ path: "/api/v1/instrument/active", weight: 1 }],
  read: (_request, status, body, at = Infinity) => {
    const answer = answered(status, body)
    return Array.isArray(answer) ? { ...rowsAt(at)(answer), next: [] } : null
  },
  closed: BITMEX_CLOSED
}
