// Recordings that nobody named: what each holds is found from its rows alone, and what can't be measured is reported.
// The simulator's own is always there; the real ones are skipped where they are missing.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { RecordedFrames } from "../../bench/fold.ts"
import { recognise } from "../../bench/recognise.ts"
import { readRecording, type RecordingRow } from "../../src/feeds/recording/Recording.ts"
import { SIMULATED_FILE } from "../support/naiveSimulated.ts"
import { HAS_RECORDINGS, recorded } from "../support/realRecordings.ts"
import { received } from "../support/SchemeBench.ts"

const HELD: Readonly<Record<string, readonly [exchange: string, symbols: ReadonlyArray<string>]>> = {
  "binance-spot": ["Binance", ["NKNUSDT"]],
  "binance-perp": ["Binance", ["AKROUSDT"]],
  "binance-inverse": ["Binance", ["XRPUSD_PERP"]],
  bitfinex: ["Bitfinex", ["tBFTUSD", "tDOGUSD", "tIOTETH", "tMNABTC", "tODEUSD", "tSNGUSD", "tTESTBTC:TESTUSD"]],
  bitflyer: ["bitFlyer", ["BTC_USD", "ETH_JPY"]],
  bitmex: ["BitMEX", ["ADAUSDT", "SOLUSDT"]],
  bitstamp: ["Bitstamp", ["batbtc", "ethusd"]],
  coinbase: ["Coinbase", ["SKL-USD"]],
  ftx: ["FTX", ["CHZ/USDT", "MKR-PERP"]],
  gemini: ["Gemini", ["ANKRUSD", "BTCGBP"]],
  "hitbtc-v3": ["HitBTC", ["NEOBTC"]],
  "kraken-v1": ["Kraken", ["OMG/USD", "XMR/USD"]],
  "kraken-futures": ["Kraken", ["PI_LTCUSD"]],
  poloniex: ["Poloniex", ["BTC_USDT"]]
}

/** What was found is this, and every frame of it goes into its books. */
const assertHolds = (
  found: ReturnType<typeof recognise>,
  rows: ReadonlyArray<RecordingRow>,
  exchange: string,
  symbols: ReadonlyArray<string>
): void => {
  if (typeof found === "string") return assert.fail(found)
  assert.strictEqual(found.scheme.exchange, exchange)
  assert.deepStrictEqual(found.symbols.toSorted(), symbols)
  const frames = new RecordedFrames(found, rows)
  const pass = frames.begin()
  for (const step of frames.steps) pass.step(step)
  assert.strictEqual(pass.unreadable, 0)
  for (const symbol of symbols) {
    const book = pass.books.get(symbol)!
    assert.isAbove(book.bidLevels + book.askLevels, 0, symbol)
  }
}

describe("recognise", () => {
  it("finds by its name what was recorded from an address of nobody's, as the simulator's is", async () => {
    const rows = await Effect.runPromise(readRecording(SIMULATED_FILE))
    assertHolds(recognise("binance-spot.ndjson.gz", rows), rows, "Binance", ["BTCUSDT"])
  })

  for (const [name, [exchange, symbols]] of Object.entries(HELD)) {
    it.skipIf(!HAS_RECORDINGS)(`finds the scheme and the books of ${name}, whatever its file is called`, async () => {
      const rows = recorded(name)
      assertHolds(recognise("some file", rows), rows, exchange, symbols)
    })
  }

  it("says why a recording is left out", async () => {
    const strange: RecordingRow = { ...received({ hello: "world" }), url: "wss://nowhere.example/ws" }
    assert.include(recognise("some file", [strange]), "no scheme speaks nowhere.example")
    assert.include(recognise("coinbase-2030", [{ ...strange, text: "[]" }]), "can't read")
    assert.include(recognise("some file", []), "no received frame")
    const rows = await Effect.runPromise(readRecording(SIMULATED_FILE))
    const withoutBook = rows.filter(({ kind }) => kind !== "http")
    assert.include(recognise("binance-spot", withoutBook), "no market's book comes whole")
  })
})
