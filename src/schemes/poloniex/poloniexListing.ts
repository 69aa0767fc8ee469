// Owns what Poloniex lists: spot in `/markets`, futures in `/v3/market/allInstruments`, and the websocket channels
// that say of changes (`symbols`, `symbol`). Source: shared/instruments.md (2026-11), shared/venues/poloniex.md section
// 2 (2026-09). Surprises: `alias` is empty on a perpetual and names the term of a dated contract; errors of the futures
// come with status 200 and another `code`; sizes of perpetuals are contracts of `ctVal`.
// Unsure: spot's states besides NORMAL; the names of the futures channel's keys but `s`, `visibleST` and `tradableST`;
// that `symbols` takes `all`. Where a channel is refused, the listing is asked for as at other venues.
import { Schema } from "effect"
import type { InstrumentStatus } from "../../domain/InstrumentStatus.ts"
import type { MarketType } from "../../domain/MarketType.ts"
import type { Listing, ListingPush } from "../Listing.ts"
import { amount, answered, Decimal, listingRows, microsOf, tickOf } from "../rules/listingRows.ts"
import { pushedWords } from "../rules/pushedWords.ts"
import { poloniexCommon } from "./poloniexNames.ts"

/** What a row's own word means, unless its trading begins only later. */
const statusOf = (status: InstrumentStatus, starts: number | null, at: number): InstrumentStatus =>
  starts !== null && starts > at && status !== "delisted" ? "pre_launch" : status

const Market = Schema.Struct({
  symbol: Schema.String,
  baseCurrencyName: Schema.String,
  quoteCurrencyName: Schema.String,
  state: Schema.String,
  tradableStartTime: Schema.optionalKey(Decimal),
  symbolTradeLimit: Schema.Struct({
    priceScale: Schema.Int,
    quantityScale: Schema.Int,
    minQuantity: Schema.optionalKey(Decimal),
    minAmount: Schema.optionalKey(Decimal)
  })
})

const marketsAt = (at: number) =>
  listingRows(Market, ({ symbol, baseCurrencyName, quoteCurrencyName, state, tradableStartTime, symbolTradeLimit }) => {
    const listed_at = microsOf(tradableStartTime)
    return {
      native_symbol: symbol,
      base: poloniexCommon(baseCurrencyName),
      quote: quoteCurrencyName,
      market_type: "SPOT",
      price_tick: tickOf(symbolTradeLimit.priceScale),
      size_step: tickOf(symbolTradeLimit.quantityScale),
      min_size: amount(symbolTradeLimit.minQuantity),
      min_notional: amount(symbolTradeLimit.minAmount),
      size_unit: "base",
      status: statusOf(state === "NORMAL" ? "trading" : "halted", listed_at, at),
      listed_at
    }
  })

const Contract = Schema.Struct({
  symbol: Schema.String,
  ctType: Schema.String,
  alias: Schema.optionalKey(Schema.NullOr(Schema.String)),
  bCcy: Schema.optionalKey(Schema.String),
  qCcy: Schema.optionalKey(Schema.String),
  sCcy: Schema.optionalKey(Schema.String),
  ctVal: Schema.optionalKey(Decimal),
  tSz: Schema.optionalKey(Decimal),
  lotSz: Schema.optionalKey(Decimal),
  minSz: Schema.optionalKey(Decimal),
  status: Schema.optionalKey(Schema.String),
  tradableStartTime: Schema.optionalKey(Decimal)
})
/** All others take no orders that would trade: `PAUSED`, `CANCEL_ONLY`, `CANCEL_CLOSE_ONLY`. */
const STATUS: ReadonlyMap<string, InstrumentStatus> = new Map([
  ["OPEN", "trading"],
  ["CLOSED", "delisted"]
])

const contractsAt = (at: number) =>
  listingRows(Contract, (row) => {
    // dated and inverse contracts are described, and none is listed or followed
    if (row.ctType !== "LINEAR" || (row.alias ?? "") !== "") return null
    const { bCcy, qCcy } = row
    if (bCcy === undefined || qCcy === undefined) throw new RangeError("no pair")
    const base = poloniexCommon(bCcy)
    const value = amount(row.ctVal)
    const listed_at = microsOf(row.tradableStartTime)
    return {
      native_symbol: row.symbol,
      base,
      quote: qCcy,
      settle: row.sCcy ?? null,
      market_type: "PERP",
      price_tick: amount(row.tSz),
      size_step: amount(row.lotSz),
      min_size: amount(row.minSz),
      size_unit: "contracts",
      contract_value: value === null ? null : `${value} ${base}`,
      status: statusOf(STATUS.get(row.status ?? "") ?? "halted", listed_at, at),
      listed_at
    }
  })

const pushOf = (type: MarketType, url: string, channel: string, read: ListingPush["read"]): ListingPush => ({
  marketTypes: [type],
  url,
  subscribe: [JSON.stringify({ event: "subscribe", channel: [channel], symbols: ["all"] })],
  // who says nothing for 30 s is dropped (sheet section 8, 2026-09)
  ping: { every: 10_000, text: '{"event":"ping"}' },
  read
})

const frameOf = (channel: string) =>
  Schema.Struct({ channel: Schema.Literal(channel), data: Schema.Array(Schema.Unknown) })
const PushedMarket = Schema.Struct({
  symbol: Schema.String,
  state: Schema.String,
  tradableStartTime: Schema.optionalKey(Decimal)
})
const PushedContract = Schema.Struct({
  s: Schema.String,
  status: Schema.optionalKey(Schema.String),
  tradableST: Schema.optionalKey(Decimal)
})

export const poloniexSpotListing: Listing = {
  requests: () => [{ path: "/markets", weight: 1 }],
  read: (_request, status, body, at = Infinity) => {
    const answer = answered(status, body)
    return Array.isArray(answer) ? { ...marketsAt(at)(answer), next: [] } : null
  },
  push: [
    pushOf(
      "SPOT",
      "wss://ws.poloniex.com/ws/public",
      "symbols",
      pushedWords(
        frameOf("symbols"),
        ({ data }) => data,
        PushedMarket,
        ({ symbol, state, tradableStartTime }) => [symbol, state, tradableStartTime]
      )
    )
  ]
}

const isContracts = Schema.is(Schema.Struct({ code: Schema.Literal(200), data: Schema.Array(Schema.Unknown) }))

export const poloniexPerpListing: Listing = {
  requests: () => [{ path: "/v3/market/allInstruments", weight: 1 }],
  read: (_request, status, body, at = Infinity) => {
    const answer = answered(status, body)
    return isContracts(answer) ? { ...contractsAt(at)(answer.data), next: [] } : null
  },
  push: [
    pushOf(
      "PERP",
      "wss://ws.poloniex.com/ws/v3/public",
      "symbol",
      pushedWords(
        frameOf("symbol"),
        ({ data }) => data,
        PushedContract,
        ({ s, status, tradableST }) => [s, status, tradableST]
      )
    )
  ]
}
