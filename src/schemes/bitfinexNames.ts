// Owns Bitfinex's spelling of markets: `t`, then two codes of its own, joined when both have three characters, else with a
// colon; perpetuals mark both codes with `F0`. Invariant: a spelling that gives a pair is given back by that pair.
import type { MarketType } from "../domain/MarketType.ts"
import type { Pair } from "./TranslationScheme.ts"

/** Common code by the venue's. `DOG` is no Dogecoin (that is `DOGE`), so it stays. */
const COMMON: Readonly<Record<string, string>> = {
  UST: "USDT",
  EUT: "EURT",
  DSH: "DASH",
  IOT: "IOTA",
  ALG: "ALGO",
  ATO: "ATOM",
  QTM: "QTUM",
  BCHN: "BCH"
}
const OWN: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(COMMON).map(([own, code]) => [code, own])
)

const own = (code: string): string => OWN[code.toUpperCase()] ?? code.toUpperCase()
const common = (code: string): string => COMMON[code] ?? code

export const bitfinexNative = (pair: Pair, type: MarketType): string => {
  const base = own(pair.base)
  const quote = own(pair.quote)
  if (type === "PERP") return `t${base}F0:${quote}F0`
  return base.length > 3 || quote.length > 3 ? `t${base}:${quote}` : `t${base}${quote}`
}

const PERP = /^t([A-Z0-9]+)F0:([A-Z0-9]+)F0$/
const SPOT = /^t(?:([A-Z0-9]{3})([A-Z0-9]{3})|([A-Z0-9]+):([A-Z0-9]+))$/

/** Null for paper trading (`TEST…`), funding currencies (`fUSD`) and the other market type's spelling. */
export const bitfinexPair = (native: string, type: MarketType): Pair | null => {
  if (native.startsWith("tTEST")) return null
  const perp = PERP.exec(native)
  const match = type === "PERP" ? perp : type === "SPOT" && perp === null ? SPOT.exec(native) : null
  const base = match?.[1] ?? match?.[3]
  const quote = match?.[2] ?? match?.[4]
  return base === undefined || quote === undefined ? null : { base: common(base), quote: common(quote) }
}
