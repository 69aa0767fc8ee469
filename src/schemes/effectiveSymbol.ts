// Owns the name by which a venue knows a market, as one form for all spellings that the venue takes for the same: two
// markets of one exchange and type with one such name are one market, whether the name was given or made by the
// scheme's rule. Pure.
import { folded } from "../domain/Names.ts"
import type { MarketType } from "../domain/MarketType.ts"
import { type MarketName, resolve } from "./Schemes.ts"
import type { TranslationScheme } from "./TranslationScheme.ts"

/** The name to compare by; null where no scheme speaks the market, and so nothing is known of its spelling. */
export const effectiveSymbol = (market: MarketName): string | null => {
  const resolved = resolve(market)
  if (typeof resolved === "string") return null
  const given = resolved.symbol.normalize("NFC")
  // Bitfinex takes a market's name with and without its `t` (sheet bitfinex.md, section 2)
  const symbol = resolved.scheme.exchange === "Bitfinex" && !given.startsWith("t") ? `t${given}` : given
  return ignoresCase(resolved.scheme, market.market_type) ? folded(symbol) : symbol
}

// A rule that gives one case to all names is that of a venue with one case. Kraken's rules keep the case that they are
// given, since `AAPLx/USD` is a name there; but its derivatives answer to either (sheet kraken.md, section 2, 2026-09).
const ignoresCase = (scheme: TranslationScheme, type: MarketType): boolean =>
  (scheme.exchange === "Kraken" && type !== "SPOT") ||
  scheme.toNative({ base: "Aa", quote: "Bb" }, type) === scheme.toNative({ base: "aA", quote: "bB" }, type)
