// Owns the proof of what the Gemini scheme asks: subscriptions, and names both ways.
import { assert, describe, it } from "@effect/vitest"
import { gemini } from "../../../src/schemes/gemini/Gemini.ts"

describe("subscriptions and names", () => {
  it("ask for depth and trades in one request, for the audit in another, 25 names at most", () => {
    const texts = gemini.session("public").join(Array.from({ length: 13 }, (_, i) => `a${i}usd`))
    assert.deepStrictEqual(
      texts.map((text) => JSON.parse(text).params.length),
      [24, 12, 2, 1]
    )
    assert.deepStrictEqual(gemini.session("public").join(["btcusd"]), [
      '{"id":1,"method":"SUBSCRIBE","params":["btcusd@depth@100ms","btcusd@trade"]}',
      '{"id":2,"method":"SUBSCRIBE","params":["btcusd@depth20"]}'
    ])
  })
  it("go both ways, each to its own market type", () => {
    for (const [type, natives] of [
      ["SPOT", ["btcusd", "ethbtc", "solusd", "xrpgusd", "btcrlusd", "gusdgbp", "paxgusd"]],
      ["PERP", ["btcgusdperp", "ethgusdperp", "btcusdcperp", "trumpgusdperp"]]
    ] as const) {
      for (const native of natives) {
        const pair = gemini.fromNative(native, type)
        assert.strictEqual(pair && gemini.toNative(pair, type), native)
        assert.isNull(gemini.fromNative(native, type === "SPOT" ? "PERP" : "SPOT"))
      }
    }
    assert.deepStrictEqual(gemini.fromNative("paxgusd", "SPOT"), { base: "PAXG", quote: "USD" })
    assert.isNull(gemini.fromNative("BTCUSD", "SPOT"))
  })
})
