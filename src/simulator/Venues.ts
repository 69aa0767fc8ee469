// Owns the register of simulated venues, one entry an exchange and market type.
import type { Venue } from "./Venue.ts"
import { binanceInverse, binancePerp, binanceSpot } from "./venues/Binance.ts"
import { geminiPerp, geminiSpot } from "./venues/Gemini.ts"
import { hitBtcPerp, hitBtcSpot } from "./venues/HitBtc.ts"
import { coinbase } from "./venues/Coinbase.ts"
import { bybitSpot, bybitLinear, bybitInverse } from "./venues/Bybit.ts"

export const venues: ReadonlyArray<Venue> = [
  binanceSpot,
  binancePerp,
  binanceInverse,
  geminiSpot,
  geminiPerp,
  hitBtcSpot,
  hitBtcPerp,
  coinbase,
  bybitSpot,
  bybitLinear,
  bybitInverse
]
