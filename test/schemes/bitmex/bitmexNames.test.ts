// Owns the proof of BitMEX's names over the examples of its instrument list.
import { assert, describe, it } from "@effect/vitest"
import { bitmexNames } from "../../../src/schemes/bitmex/bitmexNames.ts"

describe("names", () => {
  it("go both ways, Bitcoin being XBT on both sides", () => {
    for (const [type, ...natives] of [
      ["SPOT", "XBT_USDT", "ETH_USDT", "SOL_USDT"],
      ["PERP", "XBTUSDT", "ETHUSDT", "SOLUSDT", "ETHUSD", "LTCUSD", "BCHUSD"],
      ["INVERSE", "XBTUSD", "XBTEUR"]
    ] as const) {
      for (const native of natives) {
        const pair = bitmexNames.fromNative(native, type)
        assert.strictEqual(pair && bitmexNames.toNative(pair, type), native)
      }
    }
    assert.deepStrictEqual(bitmexNames.fromNative("XBT_USDT", "SPOT"), { base: "BTC", quote: "USDT" })
  })
  it("of dated contracts tell their pair", () => {
    for (const [native, base, quote] of [
      ["XBTU21", "BTC", "USD"],
      ["XBTM26", "BTC", "USD"],
      ["ETHUSDU21", "ETH", "USD"],
      ["XBTEURU21", "BTC", "EUR"],
      ["XRPU21", "XRP", "BTC"]
    ] as const) {
      assert.deepStrictEqual(bitmexNames.fromNative(native, "FUTURE"), { base, quote })
    }
  })
  it("of another type are none", () => {
    for (const [type, native] of [
      ["SPOT", "XBTUSDT"],
      ["SPOT", "P_FTXZ26"],
      ["PERP", "XBT_USDT"],
      ["PERP", "XBTUSD"],
      ["PERP", "XBTM26"],
      ["PERP", ".BXBT"],
      ["INVERSE", "ETHUSD"],
      ["FUTURE", "XBTM26-XBTU26"],
      ["FUTURE", "XBTUSD"]
    ] as const) {
      assert.isNull(bitmexNames.fromNative(native, type), native)
    }
  })
  it("count contracts, of one dollar or euro where they are inverse", () => {
    assert.deepStrictEqual(bitmexNames.sizeUnit("INVERSE", "XBTEUR"), {
      size_unit: "contracts",
      contract_value: "1 EUR"
    })
    assert.deepStrictEqual(bitmexNames.sizeUnit("FUTURE", "XBTU21"), {
      size_unit: "contracts",
      contract_value: "1 USD"
    })
    assert.deepStrictEqual(bitmexNames.sizeUnit("SPOT", "XBT_USDT"), { size_unit: "contracts", contract_value: null })
  })
})
