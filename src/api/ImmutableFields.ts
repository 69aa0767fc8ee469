// Owns which fields of a market a PATCH may not change: all that name it. What level4 or the venue says
// of it (`feed`, sizes, ticks, its listing) is not compared, since it changes by itself between a GET and a PATCH.
import type { Schema } from "effect"
import type { Market } from "../domain/Market.ts"
import { identityOf } from "./Listing.ts"
import type { MarketPatch } from "./MarketsApi.ts"
import { ImmutableFieldProblem } from "./Problems.ts"

type Patch = typeof MarketPatch.Type
type Change = ImmutableFieldProblem["changes"][number]

/** The refusal of a patch that would change what a market is; undefined when it would not. */
export const refusedChange = (market: Market, patch: Patch): ImmutableFieldProblem | undefined => {
  const changes = changesOf(market, patch)
  if (changes.length === 0) return undefined
  const sentences = changes.map(
    ({ current, field, requested }) => `${field} from ${show(current)} to ${show(requested)}`
  )
  return new ImmutableFieldProblem({
    changes,
    detail:
      `Market ${market.id} can't change ${sentences.join(", ")}: what names a market stays. ` +
      "POST /markets creates another."
  })
}

const changesOf = (market: Market, patch: Patch): ReadonlyArray<Change> => {
  const identity = identityOf(market)
  const { base_symbol, exchange, quote_symbol } = identity
  const current: Readonly<Record<string, Schema.Json>> = {
    id: identity.id,
    exchange_id: identity.exchange_id,
    base_symbol_id: identity.base_symbol_id,
    quote_symbol_id: identity.quote_symbol_id,
    market_type: identity.market_type,
    tag: identity.tag,
    // the catalog may hold null where the venue's own rule spells it: a client may send either back
    native_symbol: patch.native_symbol === market.native_symbol ? market.native_symbol : identity.native_symbol,
    exchange: { id: exchange.id, name: exchange.name },
    base_symbol: { id: base_symbol.id, symbol: base_symbol.symbol },
    quote_symbol: { id: quote_symbol.id, symbol: quote_symbol.symbol }
  }
  return Object.entries(patch).flatMap(([field, requested]) => {
    const is = current[field]
    return is === undefined || same(is, requested) ? [] : [{ field, current: is, requested }]
  })
}

const same = (a: Schema.Json, b: Schema.Json): boolean => show(a) === show(b)

/** JSON with sorted keys: the order of fields is no change. */
const show = (value: Schema.Json): string =>
  typeof value === "object" && value !== null
    ? JSON.stringify(Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))))
    : JSON.stringify(value)
