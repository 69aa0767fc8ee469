// Owns what FTX listed: the markets that its recordings and its documents name, all delisted since 2022, and, for an
// address of one's own, its list of markets as it was. Source: shared/venues/ftx.md section 2 (answer of 2021-07-22,
// which is not at hand itself) and shared/recordings/ftx.ndjson.gz. MOVE contracts and predictions are not followed.
// Surprises: a perpetual and a dated future are both of type `future`; the name alone tells them apart.
import { Schema } from "effect"
import { ftxPair } from "./ftxNames.ts"
import type { MarketType } from "../../domain/MarketType.ts"
import type { Listing } from "../Listing.ts"
import { amount, answered, Decimal, type Facts, listingRows } from "../rules/listingRows.ts"

const Row = Schema.Struct({
  name: Schema.String,
  type: Schema.Literals(["spot", "future"]),
  enabled: Schema.Boolean,
  postOnly: Schema.Boolean,
  priceIncrement: Decimal,
  sizeIncrement: Decimal,
  minProvideSize: Schema.optionalKey(Decimal)
})
const isAnswer = Schema.is(Schema.Struct({ success: Schema.Literal(true), result: Schema.Array(Schema.Unknown) }))

const named = (
  name: string,
  types: ReadonlyArray<MarketType>
): Pick<Facts, "market_type" | "base" | "quote"> | null => {
  for (const market_type of types) {
    const pair = ftxPair(name, market_type)
    if (pair !== null) return { market_type, ...pair }
  }
  return null
}

const rows = listingRows(Row, ({ name, type, enabled, postOnly, ...row }) => {
  const market = named(name, type === "spot" ? ["SPOT"] : ["PERP", "FUTURE"])
  if (market === null && type === "spot") throw new RangeError(`no market: ${name.slice(0, 64)}`)
  return (
    market && {
      native_symbol: name,
      ...market,
      settle: type === "spot" ? null : "USD",
      price_tick: amount(row.priceIncrement),
      size_step: amount(row.sizeIncrement),
      min_size: amount(row.minProvideSize),
      size_unit: "base",
      status: enabled && !postOnly ? "trading" : "halted"
    }
  )
})

/** Of the recording, then of the sheet. */
const NAMES =
  "APHA/USD BB-0924 BNBBEAR/USDT BTC-1231 CAD/USD CHZ/USDT FLOW-PERP KNCBULL/USDT MKR-PERP PFE/USD " +
  "BTC/USD ETH/USDT LTC/BTC SHIB/USD THETAHEDGE/USD BTC-PERP 1INCH-PERP BTC-0924 BNB-0625"

const closed = listingRows(Schema.String, (name) => {
  const market = named(name, ["SPOT", "PERP", "FUTURE"])
  return (
    market && {
      native_symbol: name,
      ...market,
      settle: market.market_type === "SPOT" ? null : "USD",
      size_unit: "base",
      status: "delisted"
    }
  )
})

export const ftxListing: Listing = {
  requests: () => [{ path: "/api/markets", weight: 1 }],
  closed: closed(NAMES.split(" ")).instruments,
  read: (_request, status, body) => {
    const answer = answered(status, body)
    return isAnswer(answer) ? { ...rows(answer.result), next: [] } : null
  }
}
