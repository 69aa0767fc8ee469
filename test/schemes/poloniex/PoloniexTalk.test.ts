// Owns the proof of what the Poloniex schemes ask: subscriptions, the probe, and names both ways.
import { assert, describe, it } from "@effect/vitest"
import { poloniexPerp, poloniexSpot } from "../../../src/schemes/poloniex/Poloniex.ts"

const PERP = "BTC_USDT_PERP"

describe("the probe", () => {
  it("reads spot's sides as flat lists or as pairs", () => {
    const probe = poloniexSpot.probe!
    assert.strictEqual(probe.path("BTC_USDT"), "/markets/BTC_USDT/orderBook?limit=20")
    const book = { bids: [[21614.59, 0.01149] as const, [21614, 2] as const], asks: [], complete: true }
    assert.deepEqual(probe.read('{"asks":[],"bids":["21614.59","0.01149","21614","2"],"ts":1}', "BTC_USDT"), book)
    const pairs = '{"asks":[],"bids":[["21614.59","0.01149"],["21614","2"]]}'
    assert.deepEqual(probe.read(pairs, "BTC_USDT"), book)
    for (const wrong of ['{"asks":[],"bids":["1"]}', '{"asks":[],"bids":["1",["2","3"]]}', '{"code":400}', "<html>"]) {
      assert.isNull(probe.read(wrong, "BTC_USDT"), wrong)
    }
  })
  it("reads the perp's data in contracts, as its stream counts", () => {
    const probe = poloniexPerp.probe!
    assert.strictEqual(probe.path(PERP), `/v3/market/orderBook?symbol=${PERP}&limit=20`)
    const side = Array.from({ length: 20 }, (_, n) => [String(100 - n), "1098"])
    const read = probe.read(JSON.stringify({ code: 200, data: { bids: side, asks: [], ts: 1 } }), PERP)
    assert.deepStrictEqual([read?.bids[0], read?.complete], [[100, 1098], false])
    assert.isNull(probe.read('{"code":400,"msg":"Invalid symbol"}', PERP))
  })
})

describe("subscriptions and names", () => {
  it("ask for both channels at once and ping however busy the socket is", () => {
    const text = '{"event":"subscribe","channel":["book_lv2","trades"],"symbols":["BTC_USDT_PERP","FIL_USDT_PERP"]}'
    assert.deepStrictEqual(poloniexPerp.session("public").join(["BTC_USDT_PERP", "FIL_USDT_PERP"]), [text])
    assert.deepInclude(poloniexSpot.keepalive.ping, { text: '{"event":"ping"}', always: true })
    assert.isBelow(poloniexSpot.keepalive.ping.every, 15_001)
  })
  it("go both ways, each to its own market type", () => {
    for (const native of ["BTC_USDT", "ETH_BTC", "TRX_USDT", "1INCH_USDT"]) {
      const pair = poloniexSpot.fromNative(native, "SPOT")
      assert.strictEqual(pair && poloniexSpot.toNative(pair, "SPOT"), native)
      assert.isNull(poloniexPerp.fromNative(native, "PERP"))
    }
    for (const native of ["BTC_USDT_PERP", "ETH_USDT_PERP", "1000PEPE_USDT_PERP"]) {
      const pair = poloniexPerp.fromNative(native, "PERP")
      assert.strictEqual(pair && poloniexPerp.toNative(pair, "PERP"), native)
      assert.isNull(poloniexSpot.fromNative(native, "SPOT"))
    }
  })
  it("read Stellar's older code as the common one", () => {
    assert.deepStrictEqual(poloniexSpot.fromNative("STR_USDT", "SPOT"), { base: "XLM", quote: "USDT" })
    assert.deepStrictEqual(poloniexSpot.fromNative("XLM_USDT", "SPOT"), { base: "XLM", quote: "USDT" })
  })
  it("count a perp in contracts", () => {
    assert.deepStrictEqual(poloniexPerp.sizeUnit("PERP", "BTC_USDT_PERP"), {
      size_unit: "contracts",
      contract_value: "0.001 BTC"
    })
    assert.isNull(poloniexPerp.sizeUnit("PERP", "NEW_USDT_PERP").contract_value)
  })
})
