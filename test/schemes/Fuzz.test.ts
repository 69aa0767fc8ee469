// Ten thousand mutated frames a venue: characters changed, dropped, doubled and cut, frames swapped and repeated. Nothing
// may throw on the way from text to event, and whatever is labelled live is not crossed, has an epoch, and prints.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { MarketType } from "../../src/domain/MarketType.ts"
import { publicEvent } from "../../src/feeds/core/FeedEvent.ts"
import { readRecording, type RecordingRow } from "../../src/feeds/recording/Recording.ts"
import { Folder } from "../../src/feeds/recording/Replay.ts"
import { resolve } from "../../src/schemes/Schemes.ts"
import { RECORDINGS } from "../support/naiveBooks.ts"

const FRAMES = 10_000

const VENUES: ReadonlyArray<
  readonly [file: string, exchange: string, type: MarketType, native: string, protocol?: string]
> = [
  ["binance-spot", "Binance", "SPOT", "NKNUSDT"],
  ["binance-perp", "Binance", "PERP", "AKROUSDT"],
  ["binance-inverse", "Binance", "INVERSE", "XRPUSD_PERP"],
  ["bitfinex", "Bitfinex", "SPOT", "tIOTETH"],
  ["bitflyer", "bitFlyer", "SPOT", "ETH_JPY"],
  ["bitmex", "BitMEX", "PERP", "SOLUSDT"],
  ["bitstamp", "Bitstamp", "SPOT", "ethusd"],
  ["bybit", "Bybit", "SPOT", "BTCUSDT"],
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
  switch (pick(8)) {
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
    default:
      return text
  }
}

/** Bybit v5 has no recording: a snapshot and deltas in the shape of its sheet, each id one above its predecessor. */
const bybit = (): ReadonlyArray<RecordingRow> => {
  const url = "wss://stream.bybit.com/v5/public/spot"
  const book = (type: string, u: number, b: ReadonlyArray<readonly [string, string]>, a: typeof b) =>
    JSON.stringify({ topic: "orderbook.1000.BTCUSDT", ts: u, type, data: { s: "BTCUSDT", b, a, u, seq: u }, cts: u })
  const deltas = Array.from({ length: 300 }, (_, i) =>
    book("delta", 101 + i, [[`${82_600 - (i % 40)}.5`, i % 3 === 0 ? "0" : "1.25"]], [[`${82_700 + (i % 40)}`, "0.5"]])
  )
  const texts = [book("snapshot", 100, [["82600.5", "1"]], [["82700", "2"]]), ...deltas]
  return [
    { at: 1, kind: "open", url, text: "" },
    ...texts.map((text, i): RecordingRow => ({ at: 2 + i, kind: "recv", url, text }))
  ]
}

const rowsOf = (file: string) =>
  file === "bybit" ? Effect.succeed(bybit()) : readRecording(`${RECORDINGS}/${file}.ndjson.gz`)

describe("ten thousand mutated frames", () => {
  for (const [file, exchange, type, native, protocol] of VENUES) {
    it.effect(`of ${file} neither throw nor make a bad book live`, () =>
      Effect.gen(function* () {
        const rows = yield* rowsOf(file)
        const market = { exchange, base: "", quote: "", market_type: type, native_symbol: native }
        const found = resolve(market, protocol ?? null)
        if (typeof found === "string") return assert.fail(found)
        const pick = random(7)
        let frames = 0
        while (frames < FRAMES) {
          const folder = new Folder(found.scheme, native, "fuzz", (event) => void publicEvent(event))
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
            assert.isFalse(folder.book.crossed, `${file}: live and crossed`)
            assert.isAtLeast(folder.exchange.epoch, 1)
          }
          folder.book.bidTexts(Infinity)
          folder.book.askTexts(Infinity)
        }
      })
    )
  }
})
