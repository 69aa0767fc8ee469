// Owns what Binance's simulated systems say of their markets: exchangeInfo, and the futures' `contractInfo` frame.
// Source: shared/instruments.md (2026-11), developers.binance.com (Contract Info Stream). Surprises kept: filters come
// in any order, and one that is off is zero; `pricePrecision` is no tick; a pair that is over keeps BREAK, a contract
// its words of settling; a margin pair without a spot book is listed among the others. Spot has no word for a pair that
// will trade one day: it is left out.
import { decimalStep } from "../decimalStep.ts"
import type { ListingState, SimMarket } from "../Venue.ts"
import type { BinanceSystem } from "./BinanceSystem.ts"

const SPOT_STATUS: Readonly<Record<ListingState, string | null>> = {
  trading: "TRADING",
  pre_launch: null,
  halted: "HALT",
  dropped: null
}
const CONTRACT_STATUS: Readonly<Record<ListingState, string>> = {
  trading: "TRADING",
  pre_launch: "PENDING_TRADING",
  halted: "TRADING_HALT",
  dropped: "CLOSE"
}
/** The delivery date of a perpetual: never. */
const NEVER = 4_133_404_800_000
/** 2019-09-25, the first contract's. */
const ONBOARD = 1_569_398_400_000
/** 2026-09-25, a quarter's end. */
const DELIVERED = 1_790_323_200_000

const ms = (at: number): number => Math.floor(at / 1000)
const tick = ({ priceDecimals, priceStep }: SimMarket): string => decimalStep(priceDecimals, priceStep)
const step = ({ sizeDecimals, sizeStep }: SimMarket): string => decimalStep(sizeDecimals, sizeStep)
/** As spot writes decimals. */
const eight = (decimal: string): string => Number(decimal).toFixed(8)

const spotFilters = (tickSize: string, stepSize: string) => [
  { filterType: "PRICE_FILTER", minPrice: tickSize, maxPrice: "1000000.00000000", tickSize },
  { filterType: "LOT_SIZE", minQty: stepSize, maxQty: "9000.00000000", stepSize },
  { filterType: "ICEBERG_PARTS", limit: 10 },
  { filterType: "MARKET_LOT_SIZE", minQty: "0.00000000", maxQty: "100.00000000", stepSize: "0.00000000" },
  { filterType: "NOTIONAL", minNotional: "5.00000000", applyMinToMarket: true, maxNotional: "9000000.00000000" }
]

const spotRow = (symbol: string, status: string, base: string, quote: string, isSpot: boolean, filters: object) => ({
  symbol,
  status,
  baseAsset: base,
  baseAssetPrecision: 8,
  quoteAsset: quote,
  quotePrecision: 8,
  isSpotTradingAllowed: isSpot,
  isMarginTradingAllowed: !isSpot,
  filters,
  permissions: []
})

const MADE_FILTERS = spotFilters("0.00010000", "0.01000000")
const OVER = spotRow("HSRBTC", "BREAK", "HSR", "BTC", true, MADE_FILTERS)
const MARGIN = spotRow("BTCLEND", "TRADING", "BTC", "LEND", false, MADE_FILTERS)

const spotRows = (markets: Iterable<SimMarket>): ReadonlyArray<object> =>
  [...markets].flatMap((market) => {
    const status = SPOT_STATUS[market.state]
    const filters = spotFilters(eight(tick(market)), eight(step(market)))
    return status === null ? [] : [spotRow(market.symbol, status, market.base, market.quote, true, filters)]
  })

interface Contract {
  readonly symbol: string
  readonly pair: string
  readonly contractType: string
  readonly deliveryDate: number
  readonly status: string
  readonly base: string
  readonly quote: string
  readonly tickSize: string
  readonly stepSize: string
}

const contractRow = (coin: boolean, { status, tickSize, stepSize, base, quote, ...names }: Contract) => ({
  ...names,
  onboardDate: ONBOARD,
  ...(coin ? { contractStatus: status, contractSize: base === "BTC" ? 100 : 10 } : { status }),
  baseAsset: base,
  quoteAsset: quote,
  marginAsset: coin ? base : quote,
  pricePrecision: 8,
  quantityPrecision: coin ? 0 : 3,
  filters: [
    { filterType: "MARKET_LOT_SIZE", minQty: stepSize, maxQty: "500", stepSize },
    { filterType: "LOT_SIZE", minQty: stepSize, maxQty: "1000", stepSize },
    { filterType: "PRICE_FILTER", minPrice: tickSize, maxPrice: "1000000", tickSize },
    ...(coin ? [] : [{ filterType: "MIN_NOTIONAL", notional: "5" }])
  ]
})

const contractRows = (coin: boolean, markets: Iterable<SimMarket>): ReadonlyArray<object> =>
  [...markets].flatMap((market) => {
    const { symbol, base, quote, state } = market
    if (state === "dropped") return []
    const names = { symbol, pair: `${base}${quote}`, contractType: "PERPETUAL", deliveryDate: NEVER, base, quote }
    const status = CONTRACT_STATUS[state]
    return [contractRow(coin, { ...names, status, tickSize: tick(market), stepSize: step(market) })]
  })

/** A quarterly contract that was delivered, and stays on the list for a while. */
const delivered = (coin: boolean): object => {
  const pair = coin ? "BTCUSD" : "BTCUSDT"
  return contractRow(coin, {
    symbol: `${pair}_260925`,
    pair,
    contractType: "CURRENT_QUARTER DELIVERING",
    deliveryDate: DELIVERED,
    status: "SETTLING",
    base: "BTC",
    quote: pair.slice(3),
    tickSize: "0.1",
    stepSize: coin ? "1" : "0.001"
  })
}

export const exchangeInfo = ({ marketType }: BinanceSystem, markets: Iterable<SimMarket>, at: number): string => {
  const coin = marketType === "INVERSE"
  const symbols =
    marketType === "SPOT" ? [...spotRows(markets), OVER, MARGIN] : [...contractRows(coin, markets), delivered(coin)]
  return JSON.stringify({ timezone: "UTC", serverTime: ms(at), rateLimits: [], exchangeFilters: [], symbols })
}

/** What the `!contractInfo` stream says of a contract whose state changed; its brackets did not. */
export const contractInfo = ({ symbol, base, quote, state }: SimMarket, at: number): string =>
  JSON.stringify({
    e: "contractInfo",
    E: ms(at),
    s: symbol,
    ps: `${base}${quote}`,
    ct: "PERPETUAL",
    dt: state === "dropped" ? ms(at) : NEVER,
    ot: ONBOARD,
    cs: CONTRACT_STATUS[state],
    bks: []
  })
