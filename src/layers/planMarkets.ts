// Owns what becomes of each instrument of an exchange that is to be in the catalog: it is there, it can be added, or it
// can't, and why. Pure. Invariant: what is planned to be added can be added together: no two have one tag, or one name
// at their venue.
import { Schema } from "effect"
import { type Asset, NewSymbolCode } from "../domain/Asset.ts"
import type { Instrument } from "../domain/Instrument.ts"
import { type Market, tagOf } from "../domain/Market.ts"
import { folded } from "../domain/Names.ts"
import { describeMarket } from "../schemes/Schemes.ts"
import { keysOf } from "./CatalogDuplicates.ts"
import type { ListedRow } from "./ListedMarketQueries.ts"

export type PlannedMarket = { readonly native_symbol: string; readonly tag: string } & (
  | { readonly plan: "exists"; readonly market: Market; readonly detail: string | null }
  | { readonly plan: "add"; readonly row: ListedRow }
  | { readonly plan: "refuse"; readonly detail: string }
)

/** What the catalog has of symbols, and of the markets of this exchange. */
export interface Present {
  readonly symbols: ReadonlyArray<Asset>
  readonly markets: ReadonlyArray<Market>
}

const isCode = Schema.is(NewSymbolCode)

export const planMarkets = (
  exchange: { readonly name: string },
  instruments: ReadonlyArray<Instrument>,
  present: Present
): ReadonlyArray<PlannedMarket> => {
  // of symbols that are the same the earliest counts, and they come in the order of their ids
  const codes = new Map(present.symbols.toReversed().map(({ symbol }) => [folded(symbol), symbol]))
  const codeOf = (code: string): string => codes.get(folded(code)) ?? code
  const taken = takenNames(present.markets)

  const planOf = (instrument: Instrument): PlannedMarket => {
    const { market_type, native_symbol } = instrument
    const [base, quote] = [codeOf(instrument.base), codeOf(instrument.quote)]
    const words = { exchange, base_symbol: { symbol: base }, quote_symbol: { symbol: quote }, market_type }
    const named = { ...words, native_symbol }
    const tag = tagOf(named)
    const market = taken.atVenue(named)
    if (market !== undefined) {
      const own = tagOf(market)
      const detail = folded(own) === folded(tag) ? null : `the catalog has ${native_symbol} as ${own}`
      return { plan: "exists", native_symbol, tag: own, market, detail }
    }
    const detail = refusal(base, quote) ?? taken.refusal(tag)
    if (detail !== null) return { plan: "refuse", native_symbol, tag, detail }
    taken.take(tag, native_symbol)
    const byRule = { ...words, native_symbol: null }
    const ruled = market_type !== "FUTURE" && keysOf(byRule).effective_symbol === keysOf(named).effective_symbol
    return {
      plan: "add",
      native_symbol,
      tag,
      row: { base, quote, market_type, native_symbol: ruled ? null : native_symbol }
    }
  }
  return once(instruments).map(planOf)
}

/** Each name of a venue and type once, however often a listing has it. */
const once = (instruments: ReadonlyArray<Instrument>): ReadonlyArray<Instrument> => [
  ...new Map(instruments.map((one) => [`${one.market_type} ${one.native_symbol}`, one])).values()
]

/** Which markets the catalog has by their names at the venue, and who has which tag. */
const takenNames = (markets: ReadonlyArray<Market>) => {
  const byTag = new Map<string, string>()
  const byName = new Map<string, Market>()
  const nameOf = (market: Parameters<typeof keysOf>[0]): string =>
    `${market.market_type} ${keysOf(market).effective_symbol ?? market.native_symbol}`
  // of markets that are the same the earliest counts
  for (const market of markets.toReversed()) {
    byTag.set(folded(tagOf(market)), nativeOf(market))
    byName.set(nameOf(market), market)
  }
  return {
    atVenue: (market: Parameters<typeof keysOf>[0]) => byName.get(nameOf(market)),
    refusal: (tag: string): string | null => {
      const holder = byTag.get(folded(tag))
      return holder === undefined ? null : `the tag ${tag} has another native symbol: ${holder}`
    },
    take: (tag: string, native: string) => void byTag.set(folded(tag), native)
  }
}

/** As the venue is asked for it. */
const nativeOf = ({ base_symbol, exchange, market_type, native_symbol, quote_symbol }: Market): string => {
  const [base, quote] = [base_symbol.symbol, quote_symbol.symbol]
  return describeMarket({ exchange: exchange.name, base, quote, market_type, native_symbol }).native_symbol ?? "none"
}

const refusal = (base: string, quote: string): string | null => {
  const wrong = [base, quote].find((code) => !isCode(code))
  if (wrong !== undefined) {
    return `${JSON.stringify(wrong)} can't be a symbol: expected 1 to 32 letters, digits, dots, dashes or underscores`
  }
  return folded(base) === folded(quote) ? "a market's base and quote must be two different symbols" : null
}
