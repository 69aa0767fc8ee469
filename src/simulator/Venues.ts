// Owns the register of simulated venues, one entry an exchange and market type.
import type { Venue } from "./Venue.ts"
import { binanceInverse, binancePerp, binanceSpot } from "./venues/Binance.ts"
import { geminiPerp, geminiSpot } from "./venues/Gemini.ts"
import { hitBtcPerp, hitBtcSpot } from "./venues/HitBtc.ts"
import { bitFlyerPerp, bitFlyerSpot } from "./venues/BitFlyer.ts"
import { ftxPerp, ftxSpot } from "./venues/FTX.ts"
import { coinbase } from "./venues/Coinbase.ts"
import { bybitSpot, bybitLinear, bybitInverse } from "./venues/Bybit.ts"
import { bitfinexPerp, bitfinexSpot } from "./venues/Bitfinex.ts"
import { krakenSpot } from "./venues/Kraken.ts"
import { krakenInverse, krakenPerp } from "./venues/KrakenFutures.ts"
import { poloniexPerp, poloniexSpot } from "./venues/Poloniex.ts"
import { bitstampSpot, bitstampPerp } from "./venues/Bitstamp.ts"
import { bitmexSpot, bitmexPerp, bitmexInverse } from "./venues/BitMEX.ts"

export const venues: ReadonlyArray<Venue> = [
  binanceSpot,
  binancePerp,
  binanceInverse,
  geminiSpot,
  geminiPerp,
  hitBtcSpot,
  hitBtcPerp,
  bitFlyerSpot,
  bitFlyerPerp,
  ftxSpot,
  ftxPerp,
  coinbase,
  bybitSpot,
  bybitLinear,
  bybitInverse,
  krakenSpot,
  krakenPerp,
  krakenInverse,
  bitfinexSpot,
  bitfinexPerp,
  poloniexSpot,
  poloniexPerp,
  bitstampSpot,
  bitstampPerp,
  bitmexSpot,
  bitmexPerp,
  bitmexInverse
]
