// Owns how simulated BitMEX lists its instruments: rows of `/api/v1/instrument/active` as shared/instruments.md has
// them (2024-11), with an index among them, which has no book. Surprises kept: Bitcoin is XBT, and XBt where it
// settles; ticks are JSON numbers with an exponent; sizes are contracts in lots; what was dropped is gone.
import type { MarketType } from "../../domain/MarketType.ts"
import { decimalStep } from "../decimalStep.ts"
import { isoTime } from "../isoTime.ts"
import type { SimMarket } from "../Venue.ts"
import { MULTIPLIER } from "./BitMEXTape.ts"

export const aliased = (code: string): string => (code === "BTC" ? "XBT" : code)

/** The words of a market that trades, is not launched, or is halted. */
const STATE = { trading: "Open", pre_launch: "Unlisted", halted: "Closed", dropped: "Delisted" } as const
const LISTED = "2016-05-13T12:00:00.000Z"
const WEEK = 7 * 86_400_000_000

const INDEX = { symbol: ".BXBT", rootSymbol: "XBT", state: "Unlisted", typ: "MRCXXX", tickSize: 0.01 }

export const bitmexInstruments = (type: MarketType, markets: Iterable<SimMarket>, at: number): string => {
  const listed = [...markets].filter(({ state }) => state !== "dropped")
  return JSON.stringify([...listed.map((market) => row(type, market, at)), INDEX])
}

const row = (type: MarketType, market: SimMarket, at: number) => ({
  symbol: market.symbol,
  rootSymbol: aliased(market.base),
  state: STATE[market.state],
  typ: type === "SPOT" ? "IFXXXP" : "FFWCSX",
  listing: market.state === "pre_launch" ? isoTime(at + WEEK, 3) : LISTED,
  underlying: aliased(market.base),
  quoteCurrency: market.quote,
  ...(type !== "SPOT" && { settlCurrency: type === "INVERSE" ? "XBt" : "USDt" }),
  lotSize: market.sizeStep ?? 1,
  tickSize: Number(decimalStep(market.priceDecimals, market.priceStep)),
  ...(type !== "INVERSE" && { underlyingToPositionMultiplier: MULTIPLIER }),
  ...(type === "INVERSE" && { multiplier: -100_000_000 }),
  isQuanto: false,
  isInverse: type === "INVERSE"
})
