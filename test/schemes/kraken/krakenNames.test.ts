// Owns the proof of Kraken's asset codes both ways, over all its protocols.
import { assert, describe, it } from "@effect/vitest"
import { krakenSpot } from "../../../src/schemes/kraken/Kraken.ts"
import { krakenFutures } from "../../../src/schemes/kraken/KrakenFutures.ts"
import { krakenSpotV1 } from "../../../src/schemes/kraken/KrakenV1.ts"

describe("Kraken's codes", () => {
  for (const [code, today, old, future] of [
    ["BTC", "BTC", "XBT", "XBT"],
    ["DOGE", "DOGE", "XDG", "DOGE"],
    ["LUNC", "LUNA", "LUNA", "LUNA"],
    ["LUNA", "LUNA2", "LUNA2", "LUNA2"],
    ["USTC", "UST", "UST", "UST"],
    ["REP", "REPV2", "REPV2", "REPV2"],
    ["USDT", "USDT", "USDT", "USDT"],
    ["AAPLx", "AAPLx", "AAPLx", "AAPLx"],
    ["constructor", "constructor", "constructor", "constructor"]
  ] as const) {
    it(`spell ${code} as the venue does, and read it back`, () => {
      const pair = { base: code, quote: "USD" }
      assert.strictEqual(krakenSpot.toNative(pair, "SPOT"), `${today}/USD`)
      assert.deepStrictEqual(krakenSpot.fromNative(`${today}/USD`, "SPOT"), pair)
      assert.strictEqual(krakenSpotV1.toNative(pair, "SPOT"), `${old}/USD`)
      assert.deepStrictEqual(krakenSpotV1.fromNative(`${old}/USD`, "SPOT"), pair)
      assert.strictEqual(krakenFutures.toNative(pair, "PERP"), `PF_${future}USD`)
      assert.deepStrictEqual(krakenFutures.fromNative(`PF_${future}USD`, "PERP"), pair)
    })
  }
  it("hold in the quote's place too, and for the old codes of today's assets", () => {
    assert.strictEqual(krakenSpot.toNative({ base: "XBT", quote: "XDG" }, "SPOT"), "BTC/DOGE")
    assert.strictEqual(krakenSpotV1.toNative({ base: "XBT", quote: "DOGE" }, "SPOT"), "XBT/XDG")
    assert.deepStrictEqual(krakenSpotV1.fromNative("ETH/XBT", "SPOT"), { base: "ETH", quote: "BTC" })
  })
})
