// Owns the names of Kraken's derivatives: how a contract is spelled, what a spelling says of its pair, and what its
// sizes count. Source: shared/venues/kraken.md sections 2 and 5, read 2026-11-28. Invariant: a name that is no
// contract's of the given type has no pair.
import type { MarketType } from "../../domain/MarketType.ts"
import { folded } from "../../domain/Names.ts"
import type { Pair, SizeUnit } from "../TranslationScheme.ts"
import { krakenCode, krakenCommon } from "./krakenNames.ts"

const NATIVE = { PERP: /^PF_(.+)(USD)$/i, INVERSE: /^PI_(.+)(USD)$/i, FUTURE: /^F[IF]_(.+)(USD)_\d{6}$/i }
const PREFIX = { PERP: "PF", INVERSE: "PI", FUTURE: "FF" }

const futuresCode = (code: string): string => (krakenCode(code) === "BTC" ? "XBT" : krakenCode(code))

const toNative = ({ base, quote }: Pair, type: MarketType): string =>
  `${type === "SPOT" ? "PF" : PREFIX[type]}_${futuresCode(base)}${futuresCode(quote)}`

const fromNative = (native: string, type: MarketType): Pair | null => {
  const match = type === "SPOT" ? null : NATIVE[type].exec(native)
  if (match === null) return null
  const base = /^xbt$/i.test(match[1]!) ? "BTC" : match[1]!
  return { base: krakenCommon(base), quote: match[2]!.toUpperCase() }
}

const sizeUnit = (_type: MarketType, native: string): SizeUnit =>
  /^[PF]I_/i.test(native)
    ? { size_unit: "contracts", contract_value: "1 USD" }
    : { size_unit: "base", contract_value: null }

/** Names are answered to in either case, though the rule keeps the case that it is given (sheet section 2, 2026-09). */
export const krakenFuturesNames = { toNative, fromNative, sizeUnit, effective: folded }
