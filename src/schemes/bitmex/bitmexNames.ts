// Owns BitMEX's names: how a market is spelled, what a spelling says of its pair, and what its sizes count. Bitcoin is
// XBT on both sides, spot has an underscore, a dated name ends in a month's letter and a year. Which perpetuals are
// quanto no name tells: they pass as PERP, and only Bitcoin's dollar and euro perpetuals as INVERSE.
// Source: the venue's instrument list and capture of 2021, read 2026-11-23; sizes are contracts everywhere, and only
// the inverse ones' worth is the same for ever.
import type { MarketType } from "../../domain/MarketType.ts"
import { splitJoined } from "../rules/pairs.ts"
import type { Pair, SizeUnit } from "../TranslationScheme.ts"

const aliased = (code: string): string => (code.toUpperCase() === "BTC" ? "XBT" : code.toUpperCase())
export const bitmexCommon = (code: string): string => (code === "XBT" ? "BTC" : code)
const common = (pair: Pair | null): Pair | null =>
  pair && { base: bitmexCommon(pair.base), quote: bitmexCommon(pair.quote) }

const QUOTES = ["USDT", "USDC", "USD", "EUR", "XBT"]
const INVERSE = /^(XBT)(USD|EUR)$/
const DATED = /^([A-Z0-9]+?)(USDT|USDC|USD|EUR)?[FGHJKMNQUVXZ]\d{2}$/

/** A dated name without its quote is counted in dollars for Bitcoin, and in Bitcoin for all others. */
const fromDated = (native: string): Pair | null => {
  const match = DATED.exec(native)
  return match && { base: match[1]!, quote: match[2] ?? (match[1] === "XBT" ? "USD" : "XBT") }
}

const fromNative = (native: string, type: MarketType): Pair | null => {
  if (type === "FUTURE") return common(fromDated(native))
  if (type === "SPOT") {
    const match = /^(?!P_)([A-Z0-9]+)_([A-Z0-9]+)$/.exec(native)
    return match && common({ base: match[1]!, quote: match[2]! })
  }
  const inverse = INVERSE.exec(native)
  if (type === "INVERSE") return inverse && common({ base: inverse[1]!, quote: inverse[2]! })
  return inverse === null && /^[A-Z0-9]+$/.test(native) ? common(splitJoined(native, QUOTES)) : null
}

const sizeUnit = (type: MarketType, native: string): SizeUnit => {
  const pair = fromNative(native, type)
  const inverse = type !== "SPOT" && pair?.base === "BTC" && (pair.quote === "USD" || pair.quote === "EUR")
  return { size_unit: "contracts", contract_value: inverse ? `1 ${pair.quote}` : null }
}

const toNative = ({ base, quote }: Pair, type: MarketType): string =>
  `${aliased(base)}${type === "SPOT" ? "_" : ""}${aliased(quote)}`

export const bitmexNames = { toNative, fromNative, sizeUnit }
