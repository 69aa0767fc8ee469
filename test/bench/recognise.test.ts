// Recordings that nobody named: what each real one holds is found from its rows alone, and what can't be measured is
// told.
import { assert, describe, it } from "@effect/vitest"
import { RecordedFrames } from "../../bench/fold.ts"
import { recognise } from "../../bench/recognise.ts"
import type { RecordingRow } from "../../src/feeds/recording/Recording.ts"
import { received, recorded } from "../support/SchemeBench.ts"

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

describe("recognise", () => {
  for (const [name, [exchange, symbols]] of Object.entries(HELD)) {
    it(`finds the scheme and the books of ${name}, whatever its file is called`, async () => {
      const rows = await recorded(name)
      const found = recognise("some file", rows)
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
    })
  }

  it("says why a recording is left out", async () => {
    const strange: RecordingRow = { ...received({ hello: "world" }), url: "wss://nowhere.example/ws" }
    assert.include(recognise("some file", [strange]), "no scheme speaks nowhere.example")
    assert.include(recognise("coinbase-2030", [{ ...strange, text: "[]" }]), "can't read")
    assert.include(recognise("some file", []), "no received frame")
    assert.include(recognise("some file", await recorded("kraken-v1-trades")), "no market's book comes whole")
  })
})
