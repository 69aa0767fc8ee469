// Owns the name by which a venue knows a market, as one form for all spellings that the venue takes for the same: two
// markets of one exchange and type with one such name are one market, whether the name was given or made by the
// scheme's rule. Which spellings are the same is the scheme's (`effective`). Pure.
import { type MarketName, resolve } from "./Schemes.ts"

/**
 * The name to compare by; null where no scheme speaks the market, and so nothing is known of its spelling. `protocol`:
 * as for `resolve`.
 */
export const effectiveSymbol = (market: MarketName, protocol: string | null = null): string | null => {
  const resolved = resolve(market, protocol)
  if (typeof resolved === "string") return null
  return resolved.scheme.effective(resolved.symbol.normalize("NFC"), market.market_type)
}
