// Owns what tests of recordings share: the project's own simulated one, which is always there, the real ones by name,
// which may be missing, each with a market it holds a whole book of and a second opinion of that book, and a folder for
// the recordings that a test writes.
import { Effect } from "effect"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { MarketType } from "../../src/domain/MarketType.ts"
import { type Naive, naiveBinance, naiveBitmex, naiveCoinbase } from "./naiveBooks.ts"
import { HAS_RECORDINGS, RECORDINGS } from "./realRecordings.ts"
import { naiveSimulated, SIMULATED_FILE } from "./naiveSimulated.ts"

/** Absolute path of a real recording. */
export const recordingFile = (name: string): string => join(RECORDINGS, `${name}.ndjson.gz`)

export const temporaryFolder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "level4-recordings-"))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true }))
)

/** A recording, and a market whose whole book it holds. */
export interface RecordedMarket {
  readonly name: string
  readonly file: string
  readonly exchange: string
  readonly marketType: MarketType
  readonly pair: readonly [base: string, quote: string]
  readonly symbol: string
  /** The book and the trades, folded without anything of src. */
  readonly naive: () => Naive
  readonly traded: boolean
  /** False where the recording is missing. */
  readonly isHere: boolean
}

const real = (
  name: string,
  market: Pick<RecordedMarket, "exchange" | "marketType" | "pair" | "symbol">,
  naive: (name: string, symbol: string) => Naive,
  traded = true
): RecordedMarket => ({
  ...market,
  name,
  file: recordingFile(name),
  naive: () => naive(name, market.symbol),
  traded,
  isHere: HAS_RECORDINGS
})

export const simulatedMarket: RecordedMarket = {
  name: "simulated binance-spot",
  file: SIMULATED_FILE,
  exchange: "Binance",
  marketType: "SPOT",
  pair: ["BTC", "USDT"],
  symbol: "BTCUSDT",
  naive: naiveSimulated,
  traded: true,
  isHere: true
}

export const recordedMarkets: ReadonlyArray<RecordedMarket> = [
  simulatedMarket,
  real(
    "binance-spot",
    { exchange: "Binance", marketType: "SPOT", pair: ["NKN", "USDT"], symbol: "NKNUSDT" },
    naiveBinance
  ),
  real(
    "binance-perp",
    { exchange: "Binance", marketType: "PERP", pair: ["AKRO", "USDT"], symbol: "AKROUSDT" },
    naiveBinance
  ),
  real(
    "binance-inverse",
    { exchange: "Binance", marketType: "INVERSE", pair: ["XRP", "USD"], symbol: "XRPUSD_PERP" },
    naiveBinance
  ),
  real(
    "coinbase",
    { exchange: "Coinbase", marketType: "SPOT", pair: ["SKL", "USD"], symbol: "SKL-USD" },
    naiveCoinbase
  ),
  real(
    "bitmex",
    { exchange: "BitMEX", marketType: "PERP", pair: ["SOL", "USDT"], symbol: "SOLUSDT" },
    naiveBitmex,
    false
  )
]
