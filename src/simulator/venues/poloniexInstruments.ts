// Owns how simulated Poloniex lists its markets: REST's answers of both platforms, and the frames of the channels that
// say of changes. Source: shared/instruments.md (2026-11); of the channels only the names of a few keys are known.
// Surprises kept: a contract's `alias` is empty on perpetuals and names the term of a dated contract, one of which
// stands beside them; a market that is not launched is paused, and its start lies ahead; what was dropped is gone from
// REST, and paused on the channel.
import { decimalStep } from "../decimalStep.ts"
import type { SimMarket } from "../Venue.ts"

/** What one contract is worth, in base units; made-up ones 1. */
export const CONTRACTS: ReadonlyMap<string, number> = new Map([
  ["BTC_USDT_PERP", 0.001],
  ["ETH_USDT_PERP", 0.01],
  ["DOGE_USDT_PERP", 100]
])

export interface PoloniexListing {
  readonly path: string
  readonly body: (markets: Iterable<SimMarket>, at: number) => string
  readonly channel: string
  readonly frame: (action: "snapshot" | "update", markets: Iterable<SimMarket>, at: number) => string
}

const STARTED = 1_659_018_816_626
const WEEK = 7 * 86_400_000

const startOf = ({ state }: SimMarket, at: number): number =>
  state === "pre_launch" ? Math.floor(at / 1000) + WEEK : STARTED

const listed = (markets: Iterable<SimMarket>): ReadonlyArray<SimMarket> =>
  [...markets].filter(({ state }) => state !== "dropped")

const marketRow = (market: SimMarket, at: number) => {
  const { symbol, base, quote, priceDecimals, sizeDecimals, state } = market
  return {
    symbol,
    baseCurrencyName: base,
    quoteCurrencyName: quote,
    displayName: `${base}/${quote}`,
    state: state === "trading" ? "NORMAL" : "PAUSE",
    visibleStartTime: STARTED,
    tradableStartTime: startOf(market, at),
    symbolTradeLimit: {
      symbol,
      priceScale: priceDecimals,
      quantityScale: sizeDecimals,
      amountScale: 8,
      minQuantity: decimalStep(sizeDecimals, 10),
      minAmount: "1"
    },
    crossMargin: { supportCrossMargin: false, maxLeverage: 1 }
  }
}

export const poloniexMarkets: PoloniexListing = {
  path: "/markets",
  body: (markets, at) => JSON.stringify(listed(markets).map((market) => marketRow(market, at))),
  channel: "symbols",
  frame: (action, markets, at) =>
    JSON.stringify({ channel: "symbols", data: [...markets].map((market) => marketRow(market, at)), action })
}

const contractRow = (market: SimMarket, at: number) => {
  const { symbol, base, quote, priceDecimals, state } = market
  return {
    symbol,
    bAsset: `.P${base}${quote}`,
    bCcy: base,
    qCcy: quote,
    sCcy: quote,
    ctType: "LINEAR",
    ctVal: String(CONTRACTS.get(symbol) ?? 1),
    tSz: decimalStep(priceDecimals),
    lotSz: 1,
    minSz: 1,
    status: state === "trading" ? "OPEN" : "PAUSED",
    alias: "",
    oDate: String(STARTED),
    visibleStartTime: String(STARTED),
    tradableStartTime: String(startOf(market, at))
  }
}

/** The same in the channel's shorter keys. */
const pushedContract = (market: SimMarket, at: number) => {
  const { symbol: s, visibleStartTime: visibleST, tradableStartTime: tradableST, ...row } = contractRow(market, at)
  return { ...row, s, visibleST, tradableST }
}

const DATED = { symbol: "BTC_USDT_QUARTER", bCcy: "BTC", qCcy: "USDT", ctType: "LINEAR", alias: "quarter" }

export const poloniexContracts: PoloniexListing = {
  path: "/v3/market/allInstruments",
  body: (markets, at) => {
    const data = [...listed(markets).map((market) => contractRow(market, at)), DATED]
    return JSON.stringify({ code: 200, msg: "Success", data })
  },
  channel: "symbol",
  frame: (action, markets, at) => {
    const data = [...markets].map((market) => pushedContract(market, at))
    return JSON.stringify({ channel: "symbol", data, action })
  }
}
