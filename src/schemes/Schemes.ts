// Owns the register of translation schemes: which exchange and market type is spoken by which scheme, and what that
// offers. Pure; a scheme's own knowledge stays in its file. The first scheme that fits is the protocol of today; others
// of the same exchange are chosen by name.
import type { ExchangeStatus, Offer } from "../domain/Exchange.ts"
import type { MarketType } from "../domain/MarketType.ts"
import { binanceInverse, binanceLinear, binanceSpot } from "./binance/Binance.ts"
import { bitfinex } from "./bitfinex/Bitfinex.ts"
import { bitflyer } from "./BitFlyer.ts"
import { bitmex } from "./bitmex/BitMEX.ts"
import { bitstamp } from "./bitstamp/Bitstamp.ts"
import { bybitInverse, bybitLinear, bybitSpot } from "./bybit/Bybit.ts"
import { coinbaseSpot } from "./Coinbase.ts"
import { ftx } from "./FTX.ts"
import { gemini } from "./gemini/Gemini.ts"
import { geminiV2 } from "./gemini/GeminiV2.ts"
import { hitBtc } from "./HitBtc.ts"
import { krakenSpot } from "./kraken/Kraken.ts"
import { krakenFutures } from "./kraken/KrakenFutures.ts"
import { krakenSpotV1 } from "./kraken/KrakenV1.ts"
import { poloniexPerp, poloniexSpot } from "./poloniex/Poloniex.ts"
import type { SizeUnit, TranslationScheme } from "./TranslationScheme.ts"

/** Every scheme, in the order in which they are tried. */
export const schemes: ReadonlyArray<TranslationScheme> = [
  binanceSpot,
  binanceLinear,
  binanceInverse,
  bitfinex,
  bitflyer,
  bitmex,
  bitstamp,
  bybitSpot,
  bybitLinear,
  bybitInverse,
  coinbaseSpot,
  ftx,
  gemini,
  geminiV2,
  hitBtc,
  krakenSpot,
  krakenFutures,
  krakenSpotV1,
  poloniexSpot,
  poloniexPerp
]

/** A market in the words of the catalog; `native_symbol` overrules the scheme's own spelling. */
export interface MarketName {
  readonly exchange: string
  readonly base: string
  readonly quote: string
  readonly market_type: MarketType
  readonly native_symbol: string | null
}

export interface Resolved extends SizeUnit {
  readonly scheme: TranslationScheme
  readonly symbol: string
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

const ofExchange = (exchange: string): ReadonlyArray<TranslationScheme> =>
  schemes.filter((scheme) => same(scheme.exchange, exchange))

/**
 * The scheme that speaks a market and the venue's spelling of it, or a sentence that says why there is none.
 * `protocol` picks another than today's by its name or its first word.
 */
export const resolve = (market: MarketName, protocol: string | null = null): Resolved | string => {
  const candidates = ofExchange(market.exchange)
  if (candidates.length === 0) {
    return `level4 has no scheme for ${market.exchange}; it can follow ${exchangeNames().join(", ")}`
  }
  const typed = candidates.filter((scheme) => scheme.marketTypes.includes(market.market_type))
  if (typed.length === 0) {
    const types = [...new Set(candidates.flatMap((scheme) => scheme.marketTypes))].join(", ")
    return `${candidates[0]!.exchange} has no ${market.market_type} markets here; it has ${types}`
  }
  const chosen =
    protocol === null
      ? typed.filter((scheme) => scheme.alternative === null)
      : typed.filter((scheme) => same(scheme.alternative ?? "", protocol))
  if (chosen.length === 0) {
    const names = typed.flatMap((scheme) => scheme.alternative ?? [])
    const has = names.length === 0 ? "it has only today's" : `besides today's it has ${names.join(", ")}`
    return `${candidates[0]!.exchange} ${market.market_type} has no protocol ${protocol}; ${has}`
  }
  const native = market.native_symbol
  if (native === null && market.market_type === "FUTURE") return "a FUTURE needs its native_symbol"
  // several systems of one venue can share a market type: the spelling tells which one carries the contract
  const scheme =
    (native === null ? undefined : chosen.find((one) => one.fromNative(native, market.market_type) !== null)) ??
    chosen[0]!
  const symbol = native ?? scheme.toNative({ base: market.base, quote: market.quote }, market.market_type)
  return { scheme, symbol, ...scheme.sizeUnit(market.market_type, symbol) }
}

/** Names of the exchanges that level4 knows. */
export const exchangeNames = (): ReadonlyArray<string> => [...new Set(schemes.map((scheme) => scheme.exchange))].sort()

export interface ExchangeOffer {
  readonly supported: boolean
  readonly status: ExchangeStatus
  readonly market_types: ReadonlyArray<MarketType>
  readonly offers: ReadonlyArray<Offer>
}

/** What level4 can do with an exchange of this name (compared without case). */
export const describeExchange = (name: string): ExchangeOffer => {
  const candidates = ofExchange(name)
  const offers = candidates.flatMap((scheme) =>
    scheme.marketTypes.map((market_type) => ({
      market_type,
      protocol: scheme.protocol,
      alternative: scheme.alternative,
      size_unit: scheme.sizeUnit(market_type, "").size_unit,
      guarantee: scheme.guarantee
    }))
  )
  return {
    supported: candidates.length > 0,
    status: candidates[0]?.status ?? "unsupported",
    market_types: [...new Set(offers.map((offer) => offer.market_type))],
    offers
  }
}

export interface MarketOffer {
  /** The venue's spelling, by the market's own native_symbol or the scheme's rule; null when no scheme speaks it. */
  readonly native_symbol: string | null
  readonly size_unit: "base" | "quote" | "contracts" | null
  readonly contract_value: string | null
}

/** How the venue spells a market and counts its sizes; all null when no scheme speaks it. */
export const describeMarket = (market: MarketName): MarketOffer => {
  const resolved = resolve(market)
  if (typeof resolved === "string")
    return { native_symbol: market.native_symbol, size_unit: null, contract_value: null }
  const { symbol, size_unit, contract_value } = resolved
  return { native_symbol: symbol, size_unit, contract_value }
}
