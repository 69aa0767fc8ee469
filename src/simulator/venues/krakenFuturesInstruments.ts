// Owns the answer in which simulated Kraken derivatives list their contracts, as shared/instruments.md has it
// (2026-11): beside the contracts of its markets an index, which has no book. Surprises kept: decimals are JSON numbers
// with an exponent where they are small, what is not launched and what is suspended both say `tradeable: false`, and
// what is delisted is gone.
import { decimalStep } from "../decimalStep.ts"
import { isoTime } from "../isoTime.ts"
import type { SimMarket } from "../Venue.ts"

const OPENED = "2018-08-31T00:00:00Z"
const WEEK = 7 * 86_400_000_000

export const instrumentsBody = (markets: Iterable<SimMarket>, at: number): string => {
  const listed = [...markets].filter(({ state }) => state !== "dropped")
  return JSON.stringify({
    result: "success",
    instruments: [...listed.map((market) => row(market, at)), INDEX],
    serverTime: isoTime(at, 3)
  })
}

const INDEX = { symbol: "IN_XBTUSD", type: "spot index", tradeable: false }

const row = ({ symbol, base, quote, state, priceDecimals, priceStep, sizeDecimals }: SimMarket, at: number) => ({
  symbol,
  type: symbol.startsWith("PI_") ? "futures_inverse" : "flexible_futures",
  ...(symbol.startsWith("PI_") && { underlying: `rr_${symbol.slice(3).toLowerCase()}` }),
  tickSize: Number(decimalStep(priceDecimals, priceStep)),
  contractSize: 1,
  tradeable: state === "trading",
  postOnly: false,
  openingDate: state === "pre_launch" ? isoTime(at + WEEK, 3) : OPENED,
  contractValueTradePrecision: sizeDecimals,
  base,
  quote,
  pair: `${base}:${quote}`
})
