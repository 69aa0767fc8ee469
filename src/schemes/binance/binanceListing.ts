// Owns what Binance's three systems list: one exchangeInfo each, whole, and the futures' `!contractInfo` stream, which
// brings a contract when its state or its dates change.
// Source: shared/instruments.md, 2026-11; developers.binance.com (Contract Info Stream), and a frame of 2023-10.
// Surprises: filters are found by their type, since their order changes; zero means that a filter is off; a perpetual
// that will be delisted has the real day as its `deliveryDate`; futures that are over stay on the list with a word of
// their settling, spot pairs with BREAK, which is also what all pairs have while the whole system rests.
// Unsure: whether a spot pair that trades again has BREAK in between; it is said to be delisted for so long.
import { Schema } from "effect"
import type { InstrumentStatus } from "../../domain/InstrumentStatus.ts"
import type { MarketType } from "../../domain/MarketType.ts"
import type { Listing, ListingPage, ListingPush } from "../Listing.ts"
import { pushedWords } from "../rules/pushedWords.ts"
import { amount, answered, type Facts, listingRows, microsOf, statusIn } from "../rules/listingRows.ts"

const Text = Schema.optionalKey(Schema.String)
const Filter = Schema.Struct({
  filterType: Schema.String,
  tickSize: Text,
  stepSize: Text,
  minQty: Text,
  minNotional: Text,
  notional: Text
})
const Filters = Schema.Array(Filter)
const SpotRow = Schema.Struct({
  symbol: Schema.String,
  status: Schema.String,
  baseAsset: Schema.String,
  quoteAsset: Schema.String,
  isSpotTradingAllowed: Schema.optionalKey(Schema.Boolean),
  filters: Filters
})
const FuturesRow = Schema.Struct({
  symbol: Schema.String,
  contractType: Schema.String,
  /** USD-M. */
  status: Text,
  /** COIN-M, with `contractSize`. */
  contractStatus: Text,
  contractSize: Schema.optionalKey(Schema.Finite),
  deliveryDate: Schema.Finite,
  onboardDate: Schema.Finite,
  baseAsset: Schema.String,
  quoteAsset: Schema.String,
  marginAsset: Schema.String,
  filters: Filters
})
const Answer = Schema.Struct({
  symbols: Schema.Array(Schema.Unknown),
  serverTime: Schema.optionalKey(Schema.Finite)
})
const isAnswer = Schema.is(Answer)

const SPOT_WORDS: Readonly<Record<string, InstrumentStatus>> = {
  TRADING: "trading",
  END_OF_DAY: "halted",
  HALT: "halted",
  CANCEL_ONLY: "halted",
  BREAK: "delisted"
}
/** The words of settling, which some contracts keep for good, are judged by their date, too. */
const FUTURES_WORDS: Readonly<Record<string, InstrumentStatus>> = {
  PENDING_TRADING: "pre_launch",
  TRADING: "trading",
  DELIVERED: "delisted",
  CLOSE: "delisted"
}

/** The `deliveryDate` of what never expires: 2100-12-25. */
const NEVER = 4_133_404_800_000

const sizesOf = (
  filters: typeof Filters.Type
): Pick<Facts, "price_tick" | "size_step" | "min_size" | "min_notional"> => {
  const of = (type: string) => filters.find(({ filterType }) => filterType === type)
  const lots = of("LOT_SIZE")
  const value = of("NOTIONAL") ?? of("MIN_NOTIONAL")
  return {
    price_tick: amount(of("PRICE_FILTER")?.tickSize),
    size_step: amount(lots?.stepSize),
    min_size: amount(lots?.minQty),
    min_notional: amount(value?.minNotional ?? value?.notional)
  }
}

const spotRows = listingRows(SpotRow, ({ symbol, status, baseAsset, quoteAsset, isSpotTradingAllowed, filters }) =>
  // margin pairs without a spot book
  isSpotTradingAllowed === false
    ? null
    : {
        native_symbol: symbol,
        base: baseAsset,
        quote: quoteAsset,
        market_type: "SPOT",
        size_unit: "base",
        status: statusIn(SPOT_WORDS, status),
        ...sizesOf(filters)
      }
)

const PERPETUAL = /^(TRADIFI_)?PERPETUAL( DELIVERING)?$/
const DATED = /^(CURRENT|NEXT)_(QUARTER|MONTH)( DELIVERING)?$/
const DATED_NAME = /_\d{6}$/

/** What is settled already has no contract type any more: its name alone says what it was. */
const typeOf = (contractType: string, symbol: string, perpetual: MarketType): MarketType => {
  if (contractType === "" ? !DATED_NAME.test(symbol) : PERPETUAL.test(contractType)) return perpetual
  if (contractType === "" || DATED.test(contractType)) return "FUTURE"
  throw new RangeError(`no contract type that is known: ${contractType.slice(0, 64)}`)
}

const statusOf = (word: string, delivery: number, now: number): InstrumentStatus => {
  const status = statusIn(FUTURES_WORDS, word)
  return status === "halted" && delivery <= now ? "delisted" : status
}

const futuresRows = (perpetual: "PERP" | "INVERSE", now: number) =>
  listingRows(FuturesRow, (row) => {
    const { symbol, status, contractStatus, contractSize, deliveryDate, onboardDate, quoteAsset } = row
    const word = status ?? contractStatus
    if (word === undefined) throw new RangeError("a contract without a status")
    const size = amount(contractSize)
    if (perpetual === "INVERSE" && size === null) throw new RangeError("a contract without a size")
    return {
      native_symbol: symbol,
      base: row.baseAsset,
      quote: quoteAsset,
      settle: row.marginAsset,
      market_type: typeOf(row.contractType, symbol, perpetual),
      ...(perpetual === "PERP"
        ? { size_unit: "base" }
        : { size_unit: "contracts", contract_value: `${size} ${quoteAsset}` }),
      status: statusOf(word, deliveryDate, now),
      listed_at: microsOf(onboardDate),
      expires_at: deliveryDate === NEVER ? null : microsOf(deliveryDate),
      ...sizesOf(row.filters)
    }
  })

const listing = (
  path: string,
  weight: number,
  page: (answer: typeof Answer.Type) => Omit<ListingPage, "next"> | null,
  push: ReadonlyArray<ListingPush> = []
): Listing => ({
  requests: () => [{ path, weight }],
  read: (_request, status, body) => {
    const answer = answered(status, body)
    const rows = isAnswer(answer) ? page(answer) : null
    return rows && { ...rows, next: [] }
  },
  ...(push.length > 0 && { push })
})

const Contract = Schema.Struct({
  e: Schema.Literal("contractInfo"),
  s: Schema.String,
  ct: Schema.String,
  dt: Schema.Finite,
  cs: Schema.String
})
/** With the envelope of `/stream`, or as an address without combined streams sends it. */
const Frame = Schema.Union([Schema.Struct({ data: Contract }), Contract])

const contractInfo = (perpetual: MarketType, url: string): ListingPush => ({
  marketTypes: [perpetual, "FUTURE"],
  url,
  subscribe: ['{"method":"SUBSCRIBE","params":["!contractInfo"],"id":1}'],
  ping: { every: 30_000, text: null },
  read: pushedWords(
    Frame,
    (frame) => ["data" in frame ? frame.data : frame],
    Contract,
    ({ s, cs, ct, dt }) => [s, cs, ct, dt]
  )
})

/** True where every pair has BREAK: a system at rest does not say which pairs there are. */
const isAtRest = Schema.is(Schema.Array(Schema.Struct({ status: Schema.Literal("BREAK") })))

/** Weights: instruments.md, 2026-11. Without `permissionSets`, which are most of what each pair says. */
const SPOT_PATH = "/api/v3/exchangeInfo?showPermissionSets=false"
export const spotListing: Listing = {
  ...listing(SPOT_PATH, 20, ({ symbols }) => (isAtRest(symbols) ? null : spotRows(symbols))),
  // the futures' systems know no such parameter
  named: (native) => ({ path: `${SPOT_PATH}&symbol=${encodeURIComponent(native)}`, weight: 20 })
}

export const linearListing = listing(
  "/fapi/v1/exchangeInfo",
  1,
  ({ symbols, serverTime = 0 }) => futuresRows("PERP", serverTime)(symbols),
  [contractInfo("PERP", "wss://fstream.binance.com/market/stream")]
)

export const inverseListing = listing(
  "/dapi/v1/exchangeInfo",
  1,
  ({ symbols, serverTime = 0 }) => futuresRows("INVERSE", serverTime)(symbols),
  [contractInfo("INVERSE", "wss://dstream.binance.com/stream")]
)
