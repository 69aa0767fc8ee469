// Owns the proof of whose a frame is held for that nobody could decode, with names that hold one another.
import { assert, describe, it } from "@effect/vitest"
import { namesAlone } from "../../../src/feeds/venue/namesAlone.ts"

describe("a frame that nobody could decode", () => {
  for (const [text, symbols, named] of [
    ['{"channel":"diff_order_book_btcusd","data":1}', ["btcusd", "ethbtc"], "btcusd"],
    ['{"channel":"lightning_board_FX_BTC_JPY"', ["BTC_JPY", "FX_BTC_JPY"], "FX_BTC_JPY"],
    ['{"channel":"lightning_board_BTC_JPY"', ["BTC_JPY", "FX_BTC_JPY"], "BTC_JPY"],
    ['{"product_id":"ANT-USD","changes":[["T-USD"', ["T-USD", "ANT-USD"], null],
    ['{"product_id":"ANT-USD"', ["T-USD"], null],
    ['{"s":"1000PEPEUSDT"', ["PEPEUSDT", "1000PEPEUSDT"], "1000PEPEUSDT"],
    ['{"s":"龙币币安USDT"', ["币安USDT", "龙币币安USDT"], "龙币币安USDT"],
    ['{"topic":"orderbook.1000.BTCUSDT"', ["BTCUSDT", "BTCUSD"], "BTCUSDT"],
    ['{"topic":"system"}', ["BTCUSDT"], null],
    ["", [""], null]
  ] as const) {
    it(`is ${named === null ? "nobody's" : `that of ${named}`}: ${text}`, () => {
      assert.strictEqual(namesAlone(text, symbols), named)
    })
  }
})
