// Ten thousand mutated frames a protocol: characters changed, dropped, doubled and cut, values of another kind, frames
// swapped and repeated. Nothing may throw on the way from text to event, and whatever is labelled live is not crossed,
// has an epoch, and prints. The frames are simulated venues'; recordings, where they are, add a part of theirs.
import { assert, describe, it } from "@effect/vitest"
import type { MarketType } from "../../src/domain/MarketType.ts"
import { publicEvent } from "../../src/feeds/core/FeedEvent.ts"
import type { RecordingRow } from "../../src/feeds/recording/Recording.ts"
import { Folder } from "../../src/feeds/recording/Replay.ts"
import { resolve } from "../../src/schemes/Schemes.ts"
import type { TranslationScheme } from "../../src/schemes/TranslationScheme.ts"
import { venues } from "../../src/simulator/Venues.ts"
import { HAS_RECORDINGS, recorded } from "../support/realRecordings.ts"
import { simulatedRecording } from "../support/simulatedRecording.ts"

const FRAMES = 10_000
const FRAMES_OF_A_RECORDING = 2_000

/** Real recordings, where they are. */
const RECORDED: ReadonlyArray<
  readonly [file: string, exchange: string, type: MarketType, native: string, protocol?: string]
> = [
  ["binance-spot", "Binance", "SPOT", "NKNUSDT"],
  ["binance-perp", "Binance", "PERP", "AKROUSDT"],
  ["binance-inverse", "Binance", "INVERSE", "XRPUSD_PERP"],
  ["bitfinex", "Bitfinex", "SPOT", "tIOTETH"],
  ["bitflyer", "bitFlyer", "SPOT", "ETH_JPY"],
  ["bitmex", "BitMEX", "PERP", "SOLUSDT"],
  ["bitstamp", "Bitstamp", "SPOT", "ethusd"],
  ["coinbase", "Coinbase", "SPOT", "SKL-USD"],
  ["ftx", "FTX", "PERP", "MKR-PERP"],
  ["gemini", "Gemini", "SPOT", "BTCGBP", "v2"],
  ["hitbtc-v3", "HitBTC", "SPOT", "NEOBTC"],
  ["kraken-v1", "Kraken", "SPOT", "XMR/USD", "v1"],
  ["kraken-futures", "Kraken", "INVERSE", "PI_LTCUSD"],
  ["poloniex", "Poloniex", "SPOT", "BTC_USDT"]
]

/** A small generator of our own, so that a failure repeats. */
const random = (seed: number) => {
  let state = seed
  return (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state % below
  }
}

const ALPHABET = '0123456789.-eE"[]{},:nulltruefalse \\u0000é'

const mutate = (text: string, pick: (below: number) => number): string => {
  const at = pick(Math.max(1, text.length))
  const other = ALPHABET[pick(ALPHABET.length)]!
  switch (pick(10)) {
    case 0:
      return text.slice(0, at)
    case 1:
      return text.slice(0, at) + text.slice(at + 1 + pick(4))
    case 2:
      return text.slice(0, at) + other + text.slice(at)
    case 3:
      return text.slice(0, at) + other + text.slice(at + 1)
    case 4:
      // a digit for another: still a frame of its kind, with another meaning
      return text.replace(/\d(?=\D*$)/, String(pick(10)))
    case 5:
      return text.replace(/"[^"]*"/, pick(2) === 0 ? "null" : "[]")
    case 6:
      return text.replace(/-?\d+(\.\d+)?/, pick(2) === 0 ? "1e400" : "-0")
    case 7:
      return text.replaceAll(/\d+(\.\d+)?/g, "null")
    case 8:
      return text.replaceAll(/\[[^[\]]*\]/g, "{}")
    default:
      return text
  }
}

/** Folds rows again and again, each time spoilt in other ways, until so many frames were touched. */
const fuzz = (scheme: TranslationScheme, symbol: string, rows: ReadonlyArray<RecordingRow>, least = FRAMES): void => {
  const pick = random(7)
  let frames = 0
  while (frames < least) {
    const folder = new Folder(scheme, symbol, "fuzz", (event) => void publicEvent(event))
    let held: RecordingRow | null = null
    for (const row of rows) {
      const touched = pick(3) === 0
      const mutated = touched ? { ...row, text: mutate(row.text, pick) } : row
      // now and then a frame waits for its successor
      if (held === null && pick(50) === 0) {
        held = mutated
        continue
      }
      folder.row(mutated)
      if (pick(50) === 0) folder.row(mutated)
      if (held !== null) folder.row(held)
      held = null
      if (touched) frames++
      if (folder.exchange.state !== "live") continue
      assert.isFalse(folder.book.crossed, "live and crossed")
      assert.isAtLeast(folder.exchange.epoch, 1)
    }
    folder.book.bidTexts(Infinity)
    folder.book.askTexts(Infinity)
  }
}

/** One market type of each protocol. */
const spoken = new Map(
  venues.map(({ exchange, marketType }) => {
    const recording = simulatedRecording(exchange, marketType, { steps: 120 })
    return [recording.scheme, recording] as const
  })
)

describe("mutated frames of simulated venues", () => {
  for (const { scheme, symbol, rows } of spoken.values())
    it(`of ${scheme.exchange}, ${scheme.protocol}, neither throw nor make a bad book live`, () => {
      fuzz(scheme, symbol, rows)
    })
})

describe("mutated frames of recordings", () => {
  for (const [file, exchange, type, native, protocol] of RECORDED)
    it.skipIf(!HAS_RECORDINGS)(`of ${file} neither throw nor make a bad book live`, () => {
      const found = resolve({ exchange, base: "", quote: "", market_type: type, native_symbol: native }, protocol)
      if (typeof found === "string") return assert.fail(found)
      fuzz(found.scheme, native, recorded(file), FRAMES_OF_A_RECORDING)
    })
})
