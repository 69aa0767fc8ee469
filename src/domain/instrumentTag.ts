// Owns the tag that the market of an instrument has, or would have. Pure.
import type { Instrument } from "./Instrument.ts"
import { tagOf } from "./Market.ts"

/** As of a market of this exchange whose native symbol was given. */
export const instrumentTag = (exchange: string, instrument: Instrument): string =>
  tagOf({
    exchange: { name: exchange },
    base_symbol: { symbol: instrument.base },
    quote_symbol: { symbol: instrument.quote },
    market_type: instrument.market_type,
    native_symbol: instrument.native_symbol
  })
