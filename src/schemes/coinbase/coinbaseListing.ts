// Owns what Coinbase Exchange lists: its products, whole, and the `status` channel of the feed, which sends all of them
// at once and again. Source: shared/instruments.md, 2026-11; docs.cdp.coinbase.com (products, status channel).
// Surprises: base and quote are taken from the id, since an auction's product has another one's base in its fields; a
// product that is `online` may still take no orders, which only its flags say.
// Unsure: how often the status channel repeats itself, and what `internal` means to others than the venue.
import { Schema } from "effect"
import type { InstrumentStatus } from "../../domain/InstrumentStatus.ts"
import type { Listing, ListingPush } from "../Listing.ts"
import { pushedWords } from "../rules/pushedWords.ts"
import { amount, answered, listingRows, statusIn } from "../rules/listingRows.ts"
import type { Pair } from "../TranslationScheme.ts"

const Text = Schema.optionalKey(Schema.NullOr(Schema.String))
const Flag = Schema.optionalKey(Schema.Boolean)
const State = Schema.Struct({
  id: Schema.String,
  status: Schema.String,
  trading_disabled: Flag,
  cancel_only: Flag,
  post_only: Flag,
  limit_only: Flag,
  auction_mode: Flag
})
const Row = Schema.Struct({
  ...State.fields,
  quote_increment: Schema.String,
  base_increment: Schema.String,
  /** In answers of before 2022-06-30. */
  base_min_size: Text,
  min_market_funds: Text
})
const isList = Schema.is(Schema.Array(Schema.Unknown))

const WORDS: Readonly<Record<string, InstrumentStatus>> = {
  online: "trading",
  offline: "halted",
  internal: "pre_launch",
  delisted: "delisted"
}
const FLAGS = ["trading_disabled", "cancel_only", "post_only", "limit_only", "auction_mode"] as const

const flagsOf = (state: typeof State.Type): ReadonlyArray<string> => FLAGS.filter((flag) => state[flag] === true)

const statusOf = (state: typeof State.Type): InstrumentStatus => {
  const status = statusIn(WORDS, state.status)
  return status === "trading" && flagsOf(state).length > 0 ? "halted" : status
}

const NAME = /^([A-Z0-9]+)-(?!PERP$)([A-Z0-9]+)$/

/** Base and quote by a product's id; null for the perpetuals of another gateway. */
export const coinbasePair = (id: string): Pair | null => {
  const match = NAME.exec(id)
  return match && { base: match[1]!, quote: match[2]! }
}

const rows = listingRows(Row, (row) => {
  const pair = coinbasePair(row.id)
  if (pair === null && row.id.endsWith("-PERP")) return null
  if (pair === null) throw new RangeError(`no product: ${row.id.slice(0, 64)}`)
  return {
    native_symbol: row.id,
    ...pair,
    market_type: "SPOT",
    price_tick: amount(row.quote_increment),
    size_step: amount(row.base_increment),
    min_size: amount(row.base_min_size),
    min_notional: amount(row.min_market_funds),
    size_unit: "base",
    status: statusOf(row)
  }
})

const Frame = Schema.Struct({ type: Schema.Literal("status"), products: Schema.Array(Schema.Unknown) })

const status: ListingPush = {
  marketTypes: ["SPOT"],
  url: "wss://ws-feed.exchange.coinbase.com",
  subscribe: ['{"type":"subscribe","channels":["status"]}'],
  ping: { every: 30_000, text: null },
  read: pushedWords(
    Frame,
    ({ products }) => products,
    State,
    (state) => [state.id, state.status, ...flagsOf(state)]
  )
}

export const coinbaseListing: Listing = {
  requests: () => [{ path: "/products", weight: 1 }],
  read: (_request, code, body) => {
    const answer = answered(code, body)
    return isList(answer) ? { ...rows(answer), next: [] } : null
  },
  push: [status]
}
