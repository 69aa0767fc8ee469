// Owns FTX's spelling of markets: `BTC/USD`, `BTC-PERP`, and `BTC-1231` for a future of that day of any year (sheet
// section 2, 2021-07). Futures of all kinds are counted in dollars. Invariant: a spelling that gives a pair is given
// back by that pair, but for dated futures, whose day no pair knows.
import type { MarketType } from "../../domain/MarketType.ts"
import type { Pair } from "../TranslationScheme.ts"

/** Perpetuals of another quote are no markets of the venue, rather than those of the dollar. */
export const ftxNative = (pair: Pair, type: MarketType): string => {
  const base = pair.base.toUpperCase()
  const quote = pair.quote.toUpperCase()
  if (type === "SPOT") return `${base}/${quote}`
  return quote === "USD" ? `${base}-PERP` : `${base}/${quote}-PERP`
}

const SPOT = /^([^/]+)\/([^/]+)$/
const PERP = /^([A-Z0-9]+)-PERP$/
const DATED = /^([A-Z0-9]+)-\d{4}$/

export const ftxPair = (native: string, type: MarketType): Pair | null => {
  if (type === "SPOT") {
    const spot = SPOT.exec(native)
    return spot && { base: spot[1]!, quote: spot[2]! }
  }
  const match = type === "PERP" ? PERP.exec(native) : type === "FUTURE" ? DATED.exec(native) : null
  return match && { base: match[1]!, quote: "USD" }
}
