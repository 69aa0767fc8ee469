// Owns what Bybit's categories list: instruments-info, page by page. Source: bybit-exchange/docs v5, 2026-07, by
// shared/instruments.md, 2026-11.
// Surprises: a plain answer leaves out what is not trading yet, which has to be asked for by its status (there is none
// on spot); spot comes whole, whatever limit and cursor say, and has other names for steps and minima; a perpetual's
// `deliveryTime`, else "0", is when it will be delisted. No word says that trading is halted.
import { Schema } from "effect"
import type { MarketType } from "../../domain/MarketType.ts"
import type { Listing, ListingRequest } from "../Listing.ts"
import { amount, answered, listingRows, microsOf, statusIn } from "../rules/listingRows.ts"
import type { SizeUnit } from "../TranslationScheme.ts"

const Text = Schema.optionalKey(Schema.String)
const Row = Schema.Struct({
  symbol: Schema.String,
  status: Schema.String,
  baseCoin: Schema.String,
  quoteCoin: Schema.String,
  contractType: Text,
  settleCoin: Text,
  launchTime: Text,
  deliveryTime: Text,
  priceFilter: Schema.Struct({ tickSize: Schema.String }),
  lotSizeFilter: Schema.Struct({
    basePrecision: Text,
    qtyStep: Text,
    minOrderQty: Text,
    minOrderAmt: Text,
    minNotionalValue: Text
  })
})
const isAnswer = Schema.is(
  Schema.Struct({
    retCode: Schema.Literal(0),
    result: Schema.Struct({
      category: Schema.String,
      list: Schema.Array(Schema.Unknown),
      nextPageCursor: Schema.optionalKey(Schema.NullOr(Schema.String))
    })
  })
)

const WORDS = {
  PreLaunch: "pre_launch",
  // open soon: among the trading ones since 2026
  PendingOpen: "pre_launch",
  Trading: "trading",
  Settling: "halted",
  Delivering: "halted",
  Closed: "delisted"
} as const

const TYPES: Readonly<Record<string, MarketType>> = {
  LinearPerpetual: "PERP",
  LinearFutures: "FUTURE",
  InversePerpetual: "INVERSE",
  InverseFutures: "FUTURE"
}

const typeOf = (category: string, contractType: string | undefined): MarketType => {
  const type = category === "spot" ? "SPOT" : TYPES[contractType ?? ""]
  if (type === undefined) throw new RangeError("no contract type that is known")
  return type
}

const rowsOf = (category: string, unit: SizeUnit) =>
  listingRows(Row, ({ symbol, baseCoin, quoteCoin, contractType, settleCoin, ...row }) => ({
    native_symbol: symbol,
    base: baseCoin,
    quote: quoteCoin,
    settle: settleCoin === undefined || settleCoin === "" ? null : settleCoin,
    market_type: typeOf(category, contractType),
    price_tick: amount(row.priceFilter.tickSize),
    size_step: amount(row.lotSizeFilter.qtyStep ?? row.lotSizeFilter.basePrecision),
    min_size: amount(row.lotSizeFilter.minOrderQty),
    min_notional: amount(row.lotSizeFilter.minNotionalValue ?? row.lotSizeFilter.minOrderAmt),
    ...unit,
    status: statusIn(WORDS, row.status),
    listed_at: microsOf(row.launchTime),
    expires_at: microsOf(row.deliveryTime)
  }))

const CURSOR = /&cursor=.*$/

/**
 * The rest of a listing; none where a page names itself as the one that follows it. The venue hands its cursor over as
 * an address has it (`first%3DA%26last%3DB`), so that it goes back as it is.
 */
const nextOf = ({ path, weight }: ListingRequest, cursor: string): ReadonlyArray<ListingRequest> => {
  const next = `${path.replace(CURSOR, "")}&cursor=${cursor.replace(/[^\w.~%-]/g, encodeURIComponent)}`
  return cursor === "" || next === path ? [] : [{ path: next, weight }]
}

export const bybitListing = (category: string, unit: SizeUnit): Listing => {
  const path = `/v5/market/instruments-info?category=${category}&limit=1000`
  const whole = category === "spot"
  const paths = whole ? [path] : [path, `${path}&status=PreLaunch`]
  const rows = rowsOf(category, unit)
  return {
    requests: () => paths.map((one) => ({ path: one, weight: 1 })),
    read: (request, status, body) => {
      const answer = answered(status, body)
      if (!isAnswer(answer) || answer.result.category !== category) return null
      const { list, nextPageCursor } = answer.result
      return { ...rows(list), next: whole ? [] : nextOf(request, nextPageCursor ?? "") }
    }
  }
}
