// Owns Bitfinex's spelling of markets: `t`, then two codes of its own, joined when both have three characters, else
// with a colon; perpetuals mark both codes with `F0`. Invariant: a spelling that gives a pair is given back by that
// pair.
import type { MarketType } from "../../domain/MarketType.ts"
import type { Pair } from "../TranslationScheme.ts"

/**
 * Common code by the venue's. `DOG` is no Dogecoin (that is `DOGE`), but a unit of many. Sources:
 * shared/venues/bitfinex.md section 2 (the venue's own `conf/pub:map:currency:sym`) and peers' tables, read 2026-11-28.
 */
const COMMON: ReadonlyMap<string, string> = new Map([
  ["ALG", "ALGO"],
  ["AMP", "AMPL"],
  ["ATO", "ATOM"],
  ["BCHABC", "XEC"],
  ["BCHN", "BCH"],
  ["DAT", "DATA"],
  ["DOG", "MDOGE"],
  ["DSH", "DASH"],
  ["EDO", "PNT"],
  ["EUS", "EURS"],
  ["EUT", "EURT"],
  ["IDX", "ID"],
  ["IOT", "IOTA"],
  ["IQX", "IQ"],
  ["LUNA", "LUNC"],
  ["LUNA2", "LUNA"],
  ["MNA", "MANA"],
  ["PAS", "PASS"],
  ["QSH", "QASH"],
  ["QTM", "QTUM"],
  ["RBT", "RBTC"],
  ["SNG", "SNGLS"],
  ["STJ", "STORJ"],
  ["TERRAUST", "USTC"],
  ["TSD", "TUSD"],
  ["UDC", "USDC"],
  ["UST", "USDT"],
  ["VSY", "VSYS"],
  ["WAX", "WAXP"],
  ["XCH", "XCHF"],
  ["YGG", "YEED"],
  ["YYW", "YOYOW"],
  ["ZBT", "ZB"]
])
const OWN: ReadonlyMap<string, string> = new Map([
  ...[...COMMON].map(([own, code]) => [code, own] as const),
  // elsewhere the code of Terra's dollar, here that of Tether's
  ["UST", "TERRAUST"] as const
])
/** Codes that name another asset elsewhere, which Bitfinex has under no name. */
const FOREIGN: ReadonlySet<string> = new Set(["AMP", "DOG", "XCH", "YGG"])

const own = (code: string): string => OWN.get(code.toUpperCase()) ?? code.toUpperCase()
const NO_MAP: ReadonlyMap<string, string> = new Map()

/** Codes that are not known here are as the venue's map has them, if it is at hand. */
export const common = (code: string, map: ReadonlyMap<string, string> = NO_MAP): string =>
  COMMON.get(code) ?? map.get(code) ?? code

const isForeign = ({ base, quote }: Pair): boolean =>
  FOREIGN.has(base.toUpperCase()) || FOREIGN.has(quote.toUpperCase())

export const bitfinexNative = (pair: Pair, type: MarketType): string => {
  const base = own(pair.base)
  const quote = own(pair.quote)
  // as the venue's own code it would be another asset's market; spelt with a colon it is none, and the venue says so
  if (isForeign(pair)) return `t${base}:${quote}`
  if (type === "PERP") return `t${base}F0:${quote}F0`
  return base.length > 3 || quote.length > 3 ? `t${base}:${quote}` : `t${base}${quote}`
}

const PERP = /^t([A-Z0-9]+)F0:([A-Z0-9]+)F0$/
const SPOT = /^t(?:([A-Z0-9]{3})([A-Z0-9]{3})|([A-Z0-9]+):([A-Z0-9]+))$/

/** The venue's own codes of a spelling; null for funding currencies (`fUSD`) and the other market type's spelling. */
export const bitfinexCodes = (native: string, type: MarketType): Pair | null => {
  const perp = PERP.exec(native)
  const match = type === "PERP" ? perp : type === "SPOT" && perp === null ? SPOT.exec(native) : null
  const base = match?.[1] ?? match?.[3]
  const quote = match?.[2] ?? match?.[4]
  return base === undefined || quote === undefined ? null : { base, quote }
}

/** Null for paper trading (`TEST…`), too. */
export const bitfinexPair = (native: string, type: MarketType): Pair | null => {
  const codes = native.startsWith("tTEST") ? null : bitfinexCodes(native, type)
  return codes && { base: common(codes.base), quote: common(codes.quote) }
}
