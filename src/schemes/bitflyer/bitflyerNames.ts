// Owns bitFlyer's spelling of markets: base and quote with a line between them, the one perpetual with `FX_` before
// them (sheet section 2, 2026-09). Invariant: a spelling that gives a pair is given back by that pair.
import type { MarketType } from "../../domain/MarketType.ts"
import type { Pair } from "../TranslationScheme.ts"

export const bitflyerNative = ({ base, quote }: Pair, type: MarketType): string =>
  `${type === "PERP" ? "FX_" : ""}${base}_${quote}`.toUpperCase()

const PERP = /^FX_([A-Z0-9]+)_([A-Z]+)$/
const SPOT = /^(?!FX_)([A-Z0-9]+)_([A-Z]+)$/

export const bitflyerPair = (native: string, type: MarketType): Pair | null => {
  const match = type === "PERP" ? PERP.exec(native) : type === "SPOT" ? SPOT.exec(native) : null
  return match && { base: match[1]!, quote: match[2]! }
}
