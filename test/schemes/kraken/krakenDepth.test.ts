// Owns the proof of Kraken's spot REST book: how a market is asked for, and what the answers say.
import { assert, describe, it } from "@effect/vitest"
import { krakenSpot } from "../../../src/schemes/kraken/Kraken.ts"
import { krakenDepth } from "../../../src/schemes/kraken/krakenDepth.ts"
import { krakenSpotV1 } from "../../../src/schemes/kraken/KrakenV1.ts"

const { path, read } = krakenDepth(10)

describe("Kraken's REST book", () => {
  it("is asked for by the old codes, without a slash", () => {
    assert.strictEqual(path("BTC/USD"), "/0/public/Depth?pair=XBTUSD&count=10")
    assert.strictEqual(path("XBT/USD"), "/0/public/Depth?pair=XBTUSD&count=10")
    assert.strictEqual(path("ETH/DOGE"), "/0/public/Depth?pair=ETHXDG&count=10")
    // a native spelling is Kraken's own: this is Terra Classic
    assert.strictEqual(path("LUNA/USD"), "/0/public/Depth?pair=LUNAUSD&count=10")
  })
  it("of a tokenised stock is asked for in its asset class", () => {
    assert.strictEqual(path("AAPLx/USD"), "/0/public/Depth?pair=AAPLxUSD&count=10&asset_class=tokenized_asset")
    assert.strictEqual(path("BRK.Bx/USD"), "/0/public/Depth?pair=BRK.BxUSD&count=10&asset_class=tokenized_asset")
    assert.notInclude(path("CVX/USD"), "asset_class")
  })
  it("is read under whatever name it comes, and never out of a refusal", () => {
    const body = `{"error":[],"result":{"XXBTZUSD":{"asks":[["62802.60000","1.090",1786923425]],"bids":[["62802.50000","0.029",1786923424]]}}}`
    assert.deepStrictEqual(read(body, "BTC/USD"), {
      bids: [["62802.50000", "0.029", 1_786_923_424]],
      asks: [["62802.60000", "1.090", 1_786_923_425]],
      complete: false
    })
    assert.isNull(read(`{"error":["EQuery:Unknown asset pair"]}`, "BTC/USD"))
    assert.isNull(read(`{"error":["EService:Unavailable"],"result":{}}`, "BTC/USD"))
    assert.isNull(read("<html>", "BTC/USD"))
  })
  it("serves both protocols, ten levels for a silent market and a hundred for an audit", () => {
    for (const { audit, probe, limits } of [krakenSpot, krakenSpotV1]) {
      assert.match(probe?.path("ETH/USD") ?? "", /count=10$/)
      assert.match(audit !== null && audit !== "repetitions" ? audit.path("ETH/USD") : "", /count=100$/)
      assert.deepStrictEqual(limits.rest, { weight: 1, perMs: 1_000 })
    }
  })
})
