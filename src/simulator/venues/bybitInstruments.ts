// Owns instruments-info of simulated Bybit: pages of one category's instruments. Source: shared/instruments.md (docs
// v5, 2026-07). Surprises kept: a plain answer has what is trading alone, and `status=PreLaunch` what is not yet;
// spot comes whole and knows no such filter; the cursor is spelt as an address has it; derivatives pad their ticks.
// Nothing says that trading is halted: such a market is listed as before.
import type { SimMarket } from "../Venue.ts"
import type { Category } from "./BybitTape.ts"

/** In units of the last decimal, with all decimals. */
const padded = (decimals: number, units: number | undefined): string =>
  ((units ?? 1) / 10 ** decimals).toFixed(decimals)

const spotRow = (market: SimMarket) => ({
  symbol: market.symbol,
  baseCoin: market.base,
  quoteCoin: market.quote,
  innovation: "0",
  symbolType: "",
  status: "Trading",
  marginTrading: "utaOnly",
  lotSizeFilter: {
    basePrecision: padded(market.sizeDecimals, market.sizeStep),
    quotePrecision: "0.0000001",
    minOrderAmt: "5"
  },
  priceFilter: { tickSize: padded(market.priceDecimals, market.priceStep) }
})

const contractRow = (category: "linear" | "inverse", market: SimMarket) => {
  const { symbol, base, quote, state } = market
  const early = state === "pre_launch"
  const step = padded(market.sizeDecimals, market.sizeStep)
  return {
    symbol,
    contractType: category === "linear" ? "LinearPerpetual" : "InversePerpetual",
    status: early ? "PreLaunch" : "Trading",
    baseCoin: base,
    quoteCoin: quote,
    launchTime: "1585526400000",
    deliveryTime: "0",
    priceScale: String(market.priceDecimals),
    priceFilter: { minPrice: "0.10", tickSize: padded(market.priceDecimals, market.priceStep) },
    lotSizeFilter: { minOrderQty: step, qtyStep: step, ...(category === "linear" && { minNotionalValue: "5" }) },
    fundingInterval: 480,
    settleCoin: category === "linear" ? quote : base,
    symbolType: "",
    isPreListing: early,
    preListingInfo: early ? { curAuctionPhase: "ContinuousTrading" } : null
  }
}

const LIMIT = 500
const MOST = 1_000
const CURSOR = /^page_token=(\d+)&$/

/** The `result` of one page, by the query of its request. */
export const instrumentsInfo = (category: Category, markets: Iterable<SimMarket>, query: URLSearchParams): string => {
  const listed = [...markets].filter(({ state }) => state !== "dropped")
  if (category === "spot") {
    const list = listed.filter(({ state }) => state !== "pre_launch").map(spotRow)
    return JSON.stringify({ category, list })
  }
  const early = query.get("status") === "PreLaunch"
  const asked = listed.filter(({ state }) => (state === "pre_launch") === early)
  const begin = Number(CURSOR.exec(query.get("cursor") ?? "")?.[1] ?? 0)
  const end = begin + Math.max(1, Math.min(MOST, Number(query.get("limit") ?? LIMIT) || LIMIT))
  const list = asked.slice(begin, end).map((market) => contractRow(category, market))
  return JSON.stringify({
    category,
    list,
    nextPageCursor: end < asked.length ? encodeURIComponent(`page_token=${end}&`) : ""
  })
}
