// Owns what Kraken's derivatives list: one answer of `/derivatives/api/v3/instruments`. Source: shared/instruments.md
// (2026-11) and the captured answer of 2021. Surprises: `contractValueTradePrecision` is negative where sizes come in
// thousands; only a dated contract has a last trading time, whatever its `type`; the answers of 2021 are in lower case
// and have no `base`. What is delisted vanishes. The venue is to end this interface on 2027-03-01.
// Unsure: what `tradeable: false` means before the opening date, which is read as not launched.
import { Schema } from "effect"
import type { InstrumentStatus } from "../../domain/InstrumentStatus.ts"
import type { MarketType } from "../../domain/MarketType.ts"
import type { Listing } from "../Listing.ts"
import { amount, answered, Decimal, isoMicros, listingRows, tickOf } from "../rules/listingRows.ts"
import { krakenFuturesNames } from "./krakenFuturesNames.ts"
import { krakenCommon } from "./krakenNames.ts"

const Answer = Schema.Struct({
  result: Schema.Literal("success"),
  serverTime: Schema.optionalKey(Schema.String),
  instruments: Schema.Array(Schema.Unknown)
})
const isAnswer = Schema.is(Answer)

const Contract = Schema.Struct({
  symbol: Schema.String,
  type: Schema.String,
  tradeable: Schema.optionalKey(Schema.Boolean),
  postOnly: Schema.optionalKey(Schema.Boolean),
  base: Schema.optionalKey(Schema.String),
  tickSize: Schema.optionalKey(Decimal),
  contractSize: Schema.optionalKey(Decimal),
  contractValueTradePrecision: Schema.optionalKey(Schema.Int),
  openingDate: Schema.optionalKey(Schema.String),
  lastTradingTime: Schema.optionalKey(Schema.String)
})
type Contract = typeof Contract.Type

const INVERSE = "futures_inverse"
const LINEAR = "flexible_futures"

const typeOf = ({ type, lastTradingTime }: Contract): MarketType | null => {
  if (type !== INVERSE && type !== LINEAR) return null
  if (lastTradingTime !== undefined) return "FUTURE"
  return type === INVERSE ? "INVERSE" : "PERP"
}

const statusOf = ({ tradeable, postOnly }: Contract, opens: number | null, now: number | null): InstrumentStatus => {
  if (tradeable === true) return postOnly === true ? "halted" : "trading"
  return opens !== null && now !== null && opens > now ? "pre_launch" : "halted"
}

/** Case says nothing here but in tokenised names (`PF_AAPLxUSD`), which nobody writes in lower case alone. */
const nativeOf = (symbol: string): string => (symbol === symbol.toLowerCase() ? symbol.toUpperCase() : symbol)

const rowsAt = (now: number | null) =>
  listingRows(Contract, (row) => {
    const market_type = typeOf(row)
    if (market_type === null) return null
    const native_symbol = nativeOf(row.symbol)
    const pair = krakenFuturesNames.fromNative(native_symbol, market_type)
    if (pair === null) throw new RangeError(`no contract's name: ${row.symbol}`)
    const base = row.base === undefined ? pair.base : krakenCommon(row.base === "XBT" ? "BTC" : row.base)
    const listed_at = isoMicros(row.openingDate)
    const { size_unit } = krakenFuturesNames.sizeUnit(market_type, native_symbol)
    const precision = row.contractValueTradePrecision
    return {
      native_symbol,
      base,
      quote: pair.quote,
      settle: row.type === INVERSE ? base : pair.quote,
      market_type,
      price_tick: amount(row.tickSize),
      size_step: precision === undefined ? null : tickOf(precision),
      size_unit,
      contract_value: size_unit === "contracts" ? `${amount(row.contractSize) ?? "1"} ${pair.quote}` : null,
      status: statusOf(row, listed_at, now),
      listed_at,
      expires_at: isoMicros(row.lastTradingTime)
    }
  })

export const krakenFuturesListing: Listing = {
  requests: () => [{ path: "/derivatives/api/v3/instruments", weight: 1 }],
  read: (_request, status, body) => {
    const answer = answered(status, body)
    if (!isAnswer(answer)) return null
    return { ...rowsAt(isoMicros(answer.serverTime))(answer.instruments), next: [] }
  }
}
