// Owns which rows of a listing one answer has: those that pass every filter, in the order of market type and native
// symbol, from behind the cursor on. Pure.
import { Option } from "effect"
import { type Instrument, ListedInstrument } from "../domain/Instrument.ts"
import type { InstrumentStatus } from "../domain/InstrumentStatus.ts"
import { instrumentTag } from "../domain/instrumentTag.ts"
import type { Market, MarketId } from "../domain/Market.ts"
import type { MarketType } from "../domain/MarketType.ts"
import { folded } from "../domain/Names.ts"
import type { Settings } from "../layers/Settings.ts"
import { effectiveSymbol } from "../schemes/effectiveSymbol.ts"

/** What is left out does not filter. `q`: in native symbol, tag or base; `cursor`: `<market_type>:<native_symbol>`. */
export interface InstrumentFilter {
  readonly market_type?: MarketType
  readonly base?: string
  readonly quote?: string
  readonly status?: InstrumentStatus
  readonly q?: string
  readonly cursor?: string
  readonly limit: number
}

/** The number of the market that an instrument of an exchange is in the catalog; null: it is none. */
export type MarketIdOf = (exchange: string, instrument: Instrument) => MarketId | null

type Place = Pick<Instrument, "market_type" | "native_symbol">

export const pageOf = (
  exchange: string,
  instruments: ReadonlyArray<Instrument>,
  marketId: MarketIdOf,
  filter: InstrumentFilter
): { readonly rows: ReadonlyArray<ListedInstrument>; readonly more: boolean } => {
  const after = filter.cursor === undefined ? null : placeOf(filter.cursor)
  const wanted = instruments
    .filter((one) => (after === null || order(one, after) > 0) && passes(exchange, one, filter))
    .toSorted(order)
  const rows = wanted
    .slice(0, filter.limit)
    .map(
      (one) => new ListedInstrument({ ...one, tag: instrumentTag(exchange, one), market_id: marketId(exchange, one) })
    )
  return { rows, more: wanted.length > rows.length }
}

/** By the names by which the venue knows the markets. */
export const marketIds = (settings: Settings["Service"], markets: ReadonlyArray<Market>): MarketIdOf => {
  const keyOf = (exchange: string, words: Omit<Parameters<typeof effectiveSymbol>[0], "exchange">): string | null => {
    const protocol = Option.getOrNull(settings.protocol(exchange, words.market_type))
    const symbol = effectiveSymbol({ exchange, ...words }, protocol)
    return symbol === null ? null : `${words.market_type}:${symbol}`
  }
  const ids = new Map<string, MarketId>()
  for (const { base_symbol, exchange, id, market_type, native_symbol, quote_symbol } of markets) {
    const words = { base: base_symbol.symbol, quote: quote_symbol.symbol, market_type, native_symbol }
    const key = keyOf(exchange.name, words)
    // of rows that are the same the earliest counts
    if (key !== null && !ids.has(key)) ids.set(key, id)
  }
  return (exchange, instrument) => {
    const key = ids.size === 0 ? null : keyOf(exchange, instrument)
    return key === null ? null : (ids.get(key) ?? null)
  }
}

const passes = (exchange: string, one: Instrument, { base, market_type, q, quote, status }: InstrumentFilter) =>
  (market_type === undefined || one.market_type === market_type) &&
  (status === undefined || one.status === status) &&
  (base === undefined || folded(one.base) === folded(base)) &&
  (quote === undefined || folded(one.quote) === folded(quote)) &&
  (q === undefined ||
    [one.native_symbol, one.base, instrumentTag(exchange, one)].some((text) => folded(text).includes(folded(q))))

const placeOf = (cursor: string): Place => {
  const colon = cursor.indexOf(":")
  return { market_type: cursor.slice(0, colon) as MarketType, native_symbol: cursor.slice(colon + 1) }
}

const order = (a: Place, b: Place): number =>
  compared(a.market_type, b.market_type) || compared(a.native_symbol, b.native_symbol)
const compared = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
