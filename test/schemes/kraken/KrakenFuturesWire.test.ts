// Owns the proof of what Kraken's derivatives said on the wire in August to October 2026, where it differs from the
// captures of 2021: alerts that refuse, other orders of keys, exponents; and of the REST book.
import { assert, describe, it } from "@effect/vitest"
import { krakenFutures } from "../../../src/schemes/kraken/KrakenFutures.ts"
import { fold, levelsOf, received, told } from "../../support/SchemeBench.ts"

describe("alerts", () => {
  const alert = (message: string) => {
    const session = krakenFutures.session("all")
    session.join(["PF_pirateUSD", "PF_X"])
    return told(session, { event: "alert", message })
  }
  it("reject the product that they name, whatever its case, and no other", () => {
    const detail = "Couldn't subscribe to invalid product `PF_PIRATEUSD`"
    assert.deepStrictEqual(alert(detail), [{ type: "rejected", symbol: "PF_pirateUSD", detail }])
    assert.deepStrictEqual(alert("Couldn't subscribe to invalid product `PF_XX`"), [])
  })
  it("tell of an outage, of requests not taken, and of what needs nothing", () => {
    assert.deepStrictEqual(alert("Trading engine unavailable"), [
      { type: "halted", symbol: null, detail: "Trading engine unavailable" }
    ])
    for (const message of ["Couldn't subscribe to invalid feed", "Bad websocket message"])
      assert.strictEqual(alert(message)[0]?.type, "reconnect")
    for (const message of ["Already subscribed to feed, re-requesting", "take care"])
      assert.deepStrictEqual(alert(message), [])
  })
})

describe("the REST book", () => {
  const { probe } = krakenFutures
  it("is asked for by product", () => {
    assert.strictEqual(probe?.path("PF_AAPLxUSD"), "/derivatives/api/v3/orderbook?symbol=PF_AAPLxUSD")
  })
  it("gives whole sides, best first", () => {
    const sides = `"bids":[[83996.0,0.0235],[83998.0,0.0371]],"asks":[[84001.0,0.05],[83999.0,0.04]]`
    const body = `{"result":"success","orderBook":{${sides}},"serverTime":"2026-09-25T09:45:53.818Z"}`
    assert.deepStrictEqual(probe?.read(body, "PF_XBTUSD"), {
      bids: [
        [83_998, 0.0371],
        [83_996, 0.0235]
      ],
      asks: [
        [83_999, 0.04],
        [84_001, 0.05]
      ],
      complete: true
    })
    assert.isNull(probe?.read(`{"result":"error","error":"apiLimitExceeded"}`, "PF_XBTUSD"))
  })
})

describe("frames of 2026", () => {
  const told2026 = [
    '{"event":"info","version":1}',
    '{"feed":"book_snapshot","product_id":"PF_XBTUSD","timestamp":1790359964969,"seq":115335794,"tickSize":null,"bids":[{"price":83998.0,"qty":0.0371},{"price":83996.0,"qty":0.0235}],"asks":[{"price":83999.0,"qty":0.0400},{"price":84001.0,"qty":0.0500}]}',
    '{"feed":"book","product_id":"PF_XBTUSD","side":"sell","seq":115335795,"price":83999.0,"qty":0.0,"timestamp":1790359997729}',
    '{"feed":"trade_snapshot","product_id":"PF_XBTUSD","trades":[{"product_id":"PF_XBTUSD","feed":"trade","uid":"1893f0aa-0084-4289-b02f-67444b325728","side":"sell","type":"fill","time":1790359963339,"qty":0.0001,"price":83999.0,"seq":421131}]}',
    '{"product_id":"PF_XBTUSD","feed":"trade","uid":"8a2be12f-7a3f-4f8f-a111-d1b5200ab1d0","side":"sell","type":"fill","time":1790360004381,"qty":0.0002,"price":83994.0,"seq":421135}',
    '{"feed":"candles_trade_1m","candle":{"time":1,"open":"1"},"product_id":"PF_XBTUSD"}'
  ]
  it("give book and trades in any order of keys, and a feed that is not ours costs nothing", () => {
    const { book, exchange, story } = fold(
      krakenFutures,
      "PF_XBTUSD",
      told2026.map((text) => received(text))
    )
    assert.deepStrictEqual(levelsOf(book), {
      bids: [
        ["83998", "0.0371"],
        ["83996", "0.0235"]
      ],
      asks: [["84001", "0.05"]]
    })
    const { unknown, trades, trades_missed, resyncs } = exchange.counts
    assert.deepStrictEqual([unknown, trades, trades_missed, resyncs], [1, 1, 3, 0])
    assert.strictEqual(story.at(-1), "live: trades missed: 421132 to 421134")
  })
  it("give a book of one side with prices in exponent form", () => {
    const text =
      '{"feed":"book_snapshot","product_id":"FF_XBTUSD_260807","timestamp":1786047818552,"seq":140098,"tickSize":null,"bids":[],"asks":[{"price":5.498e-6,"qty":200803000.0}]}'
    const { asks } = levelsOf(fold(krakenFutures, "FF_XBTUSD_260807", [received(text)]).book)
    assert.deepStrictEqual(asks, [["0.000005498", "200803000"]])
  })
})
