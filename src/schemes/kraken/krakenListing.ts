// Owns what Kraken's spot lists, for both websocket protocols: `/0/public/AssetPairs`, once for currencies and once for
// tokenised stocks, which have books too, and the `instrument` channel of websocket v2, which says of changes.
// Sources: shared/instruments.md (2026-11), shared/venues/kraken.md sections 2 and 4, and the instrument page of
// docs.kraken.com, 2026. Surprises: errors come with status 200; a pair without `wsname` (`.d`) is a dark pool and
// `:BTNL` another venue of the same book; the tick is `tick_size`, never `pair_decimals`.
// Unsure: whether REST has the two states that the channel alone documents, `work_in_progress` and `delisted`.
import { Schema } from "effect"
import type { InstrumentStatus } from "../../domain/InstrumentStatus.ts"
import { amount, answered, Decimal, listingRows, tickOf } from "../rules/listingRows.ts"
import { pushedWords } from "../rules/pushedWords.ts"
import type { Listing, ListingPage, ListingPush, ListingRequest } from "../Listing.ts"
import { krakenPair, krakenTodaySpelling } from "./krakenNames.ts"

const Answer = Schema.Struct({
  error: Schema.Array(Schema.String),
  result: Schema.optionalKey(Schema.Record(Schema.String, Schema.Unknown))
})
const isAnswer = Schema.is(Answer)

const Pair = Schema.Struct({
  wsname: Schema.optionalKey(Schema.String),
  lot_decimals: Schema.Int,
  tick_size: Schema.optionalKey(Decimal),
  ordermin: Schema.optionalKey(Decimal),
  costmin: Schema.optionalKey(Decimal),
  status: Schema.String
})

const STATUS: ReadonlyMap<string, InstrumentStatus> = new Map([
  ["online", "trading"],
  ["work_in_progress", "pre_launch"],
  ["delisted", "delisted"]
])
/** All others take no orders that would trade, or less than all: `cancel_only`, `post_only`, `maintenance` … */
const statusOf = (word: string): InstrumentStatus => STATUS.get(word) ?? "halted"

const PAIRS: ListingRequest = { path: "/0/public/AssetPairs", weight: 1 }
const TOKENISED: ListingRequest = { path: `${PAIRS.path}?aclass_base=tokenized_asset`, weight: 1 }
/** Where the venue has no such class: it lists nothing of it, which is no fault of the listing. */
const NO_CLASS = /^E(Query|General):/

/** `spell`: a pair's name on the websocket, of its `wsname`. */
const readerOf = (spell: (wsname: string) => string) => {
  const rows = listingRows(Pair, ({ wsname, lot_decimals, tick_size, ordermin, costmin, status }) => {
    if (wsname === undefined) return null
    const pair = krakenPair(wsname)
    if (pair === null) throw new RangeError(`no pair: ${wsname}`)
    return {
      native_symbol: spell(wsname),
      ...pair,
      market_type: "SPOT",
      price_tick: amount(tick_size),
      size_step: tickOf(lot_decimals),
      min_size: amount(ordermin),
      min_notional: amount(costmin),
      size_unit: "base",
      status: statusOf(status)
    }
  })
  return (request: ListingRequest, status: number, body: string): ListingPage | null => {
    const answer = answered(status, body)
    if (!isAnswer(answer)) return null
    const [error] = answer.error
    if (request.path === TOKENISED.path && error !== undefined && NO_CLASS.test(error)) return { ...rows([]), next: [] }
    if (error !== undefined || answer.result === undefined) return null
    const named = Object.entries(answer.result).filter(([name]) => !name.endsWith(".d") && !name.includes(":"))
    return { ...rows(named.map(([, row]) => row)), next: [] }
  }
}

const Frame = Schema.Struct({
  channel: Schema.Literal("instrument"),
  data: Schema.Struct({ pairs: Schema.Array(Schema.Unknown) })
})
const Pushed = Schema.Struct({
  symbol: Schema.String,
  status: Schema.String,
  price_increment: Schema.optionalKey(Decimal),
  qty_increment: Schema.optionalKey(Decimal),
  qty_min: Schema.optionalKey(Decimal)
})

const push: ListingPush = {
  marketTypes: ["SPOT"],
  url: "wss://ws.kraken.com/v2",
  subscribe: [
    JSON.stringify({
      method: "subscribe",
      params: { channel: "instrument", snapshot: true, include_tokenized_assets: true }
    })
  ],
  // a socket that follows nothing is closed after a minute (sheet section 8, 2026-09)
  ping: { every: 20_000, text: '{"method":"ping"}' },
  read: pushedWords(
    Frame,
    ({ data }) => data.pairs,
    Pushed,
    ({ symbol, status, price_increment, qty_increment, qty_min }) => [
      symbol,
      status,
      price_increment,
      qty_increment,
      qty_min
    ]
  )
}

const requests: Listing["requests"] = () => [PAIRS, TOKENISED]

const onBothLegs = (spell: (code: string) => string) => (wsname: string) => wsname.split("/").map(spell).join("/")

/** As websocket v2 spells the pairs. */
export const krakenListing: Listing = { requests, read: readerOf(onBothLegs(krakenTodaySpelling)), push: [push] }

/** As websocket v1 does, which keeps the names of REST. */
export const krakenListingV1: Listing = { requests, read: readerOf((wsname) => wsname), push: [push] }
