// Owns what Gemini lists, for both of its protocols: all details in one answer where the venue gives them
// (`/v1/symbols/details/all`, which is not documented), else the names alone (`/v1/symbols`) and the details of what
// somebody asks for. Sources: shared/instruments.md (2026-11), shared/venues/gemini.md section 2 (2026-09). Surprises:
// `tick_size` is the step of sizes and `quote_increment` the tick of prices; numbers have an exponent; the market of
// settlement is not to be trusted (`contract_price_currency`). What is delisted vanishes.
// Unsure: whether `closed` ends; it is read as a halt.
import { Schema } from "effect"
import type { InstrumentStatus } from "../../domain/InstrumentStatus.ts"
import type { MarketType } from "../../domain/MarketType.ts"
import type { Listing, ListingPage, ListingRequest } from "../Listing.ts"
import { amount, answered, Decimal, listingRows } from "../rules/listingRows.ts"
import type { Pair } from "../TranslationScheme.ts"

const Details = Schema.Struct({
  symbol: Schema.String,
  base_currency: Schema.String,
  quote_currency: Schema.String,
  tick_size: Schema.optionalKey(Decimal),
  quote_increment: Schema.optionalKey(Decimal),
  min_order_size: Schema.optionalKey(Decimal),
  status: Schema.String,
  product_type: Schema.optionalKey(Schema.String)
})

const DETAILS = "/v1/symbols/details/"
const ALL: ListingRequest = { path: `${DETAILS}all`, weight: 1 }
const NAMES: ListingRequest = { path: "/v1/symbols", weight: 1 }

const TYPES: ReadonlyMap<string, MarketType> = new Map([
  ["spot", "SPOT"],
  ["swap", "PERP"]
])
/** All other words take no orders that would trade: `closed`, `cancel_only`, `post_only`, `limit_only`. */
const statusOf = (word: string): InstrumentStatus => (word === "open" ? "trading" : "halted")

/** The venue answers, and has no such call, or not to us: neither a trouble of its own nor too many questions. */
const REFUSED: ReadonlySet<number> = new Set([200, 400, 403, 404, 405])

/** Names of prediction contracts have a dash (shared/venues/gemini.md section 1 leaves them out). */
const isFollowed = (name: unknown): boolean => typeof name !== "string" || !name.includes("-")

/** `spell`: a name on the protocol's socket; `fromNative`: the pair that such a name spells. */
export const geminiListing = (
  spell: (name: string) => string,
  fromNative: (native: string, type: MarketType) => Pair | null
): Listing => {
  const details = listingRows(Details, (row) => {
    const market_type = TYPES.get(row.product_type ?? "spot")
    if (market_type === undefined) return null
    const quote = row.quote_currency.toUpperCase()
    return {
      native_symbol: spell(row.symbol),
      base: row.base_currency.toUpperCase(),
      quote,
      settle: market_type === "SPOT" ? null : quote,
      market_type,
      price_tick: amount(row.quote_increment),
      size_step: amount(row.tick_size),
      min_size: amount(row.min_order_size),
      size_unit: "base",
      status: statusOf(row.status)
    }
  })
  const names = listingRows(Schema.String, (name) => {
    const native_symbol = spell(name)
    const market_type = /perp$/i.test(name) ? "PERP" : "SPOT"
    const pair = fromNative(native_symbol, market_type)
    if (pair === null) throw new RangeError(`no pair: ${name}`)
    const settle = market_type === "SPOT" ? null : pair.quote
    return { native_symbol, ...pair, settle, market_type, size_unit: "base", status: "trading" }
  })
  return {
    requests: () => [ALL],
    read: ({ path }, status, body): ListingPage | null => {
      const answer = answered(status, body)
      if (path === NAMES.path) return Array.isArray(answer) ? { ...names(answer.filter(isFollowed)), next: [] } : null
      if (path !== ALL.path) return answer === undefined ? null : { ...details([answer]), next: [] }
      if (Array.isArray(answer)) return { ...details(answer), next: [] }
      return REFUSED.has(status) ? { instruments: [], unread: 0, next: [NAMES] } : null
    },
    one: ({ native_symbol }) => ({ path: `${DETAILS}${encodeURIComponent(native_symbol.toLowerCase())}`, weight: 1 })
  }
}
