// Owns what BitMEX listed when it closed or when it was recorded, as far as recordings and sheets name it: for replays,
// simulators and everybody who looks the exchange up. Sources: shared/venues/bitmex.md sections 1 and 2 (2026-11),
// shared/recordings/README.md, and the rows of shared/instruments.md (2021-07 and 2024-11) for ticks and lots.
// Invariant: what no source says is null, and all are delisted.
import { Instrument } from "../../domain/Instrument.ts"
import type { MarketType } from "../../domain/MarketType.ts"
import { bitmexNames } from "./bitmexNames.ts"

/** The exchange ended on 2026-09-23 at 04:00 UTC (section 1). */
const CLOSED = Date.UTC(2026, 8, 23, 4) * 1000

type Said = Partial<Pick<Instrument, "settle" | "price_tick" | "size_step" | "min_size" | "listed_at" | "expires_at">>

const closed = (native_symbol: string, market_type: MarketType, said: Said = {}): ReadonlyArray<Instrument> => {
  const pair = bitmexNames.fromNative(native_symbol, market_type)
  if (pair === null) return []
  const unknown = { settle: null, price_tick: null, size_step: null, min_size: null, min_notional: null }
  return [
    new Instrument({
      native_symbol,
      ...pair,
      market_type,
      ...unknown,
      ...bitmexNames.sizeUnit(market_type, native_symbol),
      status: "delisted",
      listed_at: null,
      expires_at: CLOSED,
      ...said
    })
  ]
}

/** Contracts of 2021 expired on the last Friday of their quarter (the row of XRPU21). */
const SEPTEMBER_2021 = Date.UTC(2021, 8, 24, 12) * 1000

export const BITMEX_CLOSED: ReadonlyArray<Instrument> = [
  closed("XBTUSD", "INVERSE", {
    settle: "BTC",
    price_tick: "0.1",
    size_step: "100",
    min_size: "100",
    listed_at: Date.UTC(2016, 4, 13, 12) * 1000
  }),
  closed("XBTEUR", "INVERSE", { settle: "BTC" }),
  closed("XBTUSDT", "PERP", { settle: "USDT" }),
  closed("ETHUSDT", "PERP", { settle: "USDT" }),
  // quanto until 2021, settled in USDT later: which of the two a recording shows, its name does not tell
  closed("SOLUSDT", "PERP"),
  closed("ADAUSDT", "PERP"),
  closed("ETHUSD", "PERP", { settle: "BTC" }),
  closed("LTCUSD", "PERP", { settle: "BTC" }),
  closed("BCHUSD", "PERP", { settle: "BTC" }),
  closed("XBT_USDT", "SPOT"),
  closed("ETH_USDT", "SPOT"),
  closed("SOL_USDT", "SPOT", { size_step: "1000", min_size: "1000" }),
  closed("XBTM26", "FUTURE", { expires_at: null }),
  closed("XBTU21", "FUTURE", { expires_at: SEPTEMBER_2021 }),
  closed("XBTEURU21", "FUTURE", { expires_at: SEPTEMBER_2021 }),
  closed("ETHU21", "FUTURE", { expires_at: SEPTEMBER_2021 }),
  closed("ETHUSDU21", "FUTURE", { expires_at: SEPTEMBER_2021 }),
  closed("TRXU21", "FUTURE", { expires_at: SEPTEMBER_2021 }),
  closed("XRPU21", "FUTURE", {
    settle: "BTC",
    price_tick: "0.00000001",
    size_step: "1",
    min_size: "1",
    expires_at: SEPTEMBER_2021
  })
].flat()
