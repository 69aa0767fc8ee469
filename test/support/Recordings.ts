// Owns what tests of recordings share: the real ones by name, each with a market it holds a whole book of and a second
// opinion of that book, and a folder for the recordings that a test writes.
import { Effect } from "effect"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { RECORDINGS, naiveBinance, naiveBitmex, naiveCoinbase } from "./naiveBooks.ts"

/** Absolute path of a real recording. */
export const recordingFile = (name: string): string => join(RECORDINGS, `${name}.ndjson.gz`)

export const temporaryFolder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "level4-recordings-"))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true }))
)

export const realMarkets = [
  {
    name: "binance-spot",
    exchange: "Binance",
    marketType: "SPOT",
    symbol: "NKNUSDT",
    naive: naiveBinance,
    traded: true
  },
  {
    name: "binance-perp",
    exchange: "Binance",
    marketType: "PERP",
    symbol: "AKROUSDT",
    naive: naiveBinance,
    traded: true
  },
  {
    name: "binance-inverse",
    exchange: "Binance",
    marketType: "INVERSE",
    symbol: "XRPUSD_PERP",
    naive: naiveBinance,
    traded: true
  },
  { name: "coinbase", exchange: "Coinbase", marketType: "SPOT", symbol: "SKL-USD", naive: naiveCoinbase, traded: true },
  { name: "bitmex", exchange: "BitMEX", marketType: "PERP", symbol: "SOLUSDT", naive: naiveBitmex, traded: false }
] as const
