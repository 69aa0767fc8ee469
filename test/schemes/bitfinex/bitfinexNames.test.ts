// Owns the proof of Bitfinex's spelling both ways, over the examples of its documents.
import { assert, describe, it } from "@effect/vitest"
import { bitfinexNative, bitfinexPair } from "../../../src/schemes/bitfinex/bitfinexNames.ts"

const EXAMPLES = [
  ["SPOT", "tBTCUSD", "BTC", "USD"],
  ["SPOT", "tBTCUST", "BTC", "USDT"],
  ["SPOT", "tAVAX:UST", "AVAX", "USDT"],
  ["SPOT", "tDOGE:USD", "DOGE", "USD"],
  ["SPOT", "tDOGUSD", "MDOGE", "USD"],
  ["SPOT", "tLUNA:USD", "LUNC", "USD"],
  ["SPOT", "tLUNA2:USD", "LUNA", "USD"],
  ["SPOT", "tUDCUSD", "USDC", "USD"],
  ["SPOT", "tBTCUDC", "BTC", "USDC"],
  ["SPOT", "tTSDUSD", "TUSD", "USD"],
  ["SPOT", "tAMPUSD", "AMPL", "USD"],
  ["SPOT", "tMNAUSD", "MANA", "USD"],
  ["SPOT", "tWAXUSD", "WAXP", "USD"],
  ["SPOT", "tTERRAUST:USD", "USTC", "USD"],
  ["PERP", "tALGF0:USTF0", "ALGO", "USDT"],
  ["SPOT", "tIOTETH", "IOTA", "ETH"],
  ["SPOT", "tDSHBTC", "DASH", "BTC"],
  ["SPOT", "tBCHN:USD", "BCH", "USD"],
  ["PERP", "tBTCF0:USTF0", "BTC", "USDT"],
  ["PERP", "tETHF0:BTCF0", "ETH", "BTC"]
] as const

describe("Bitfinex names", () => {
  for (const [type, native, base, quote] of EXAMPLES) {
    it(`reads ${native} as ${base}-${quote} and writes it so again`, () => {
      assert.deepStrictEqual(bitfinexPair(native, type), { base, quote })
      assert.strictEqual(bitfinexNative({ base, quote }, type), native)
    })
  }
  it("never spells another asset's market: what the venue does not know is told by the venue", () => {
    for (const [base, native] of [
      ["AMP", "tAMP:USD"],
      ["DOG", "tDOG:USD"],
      ["xch", "tXCH:USD"]
    ] as const) {
      assert.strictEqual(bitfinexNative({ base, quote: "USD" }, "SPOT"), native)
      assert.notMatch(bitfinexNative({ base, quote: "USDT" }, "PERP"), /F0/)
    }
  })
  it("never takes Tether's dollar, whose code is UST here, for the one that others call so", () => {
    assert.strictEqual(bitfinexNative({ base: "UST", quote: "USD" }, "SPOT"), "tTERRAUST:USD")
    assert.strictEqual(bitfinexNative({ base: "BTC", quote: "ust" }, "SPOT"), "tBTC:TERRAUST")
  })
  it("refuses paper trading, funding and the other type's spelling", () => {
    for (const native of ["tTESTBTC:TESTUSD", "tTESTBTCF0:TESTUSDTF0", "fUSD", "tBTCF0:USTF0", "BTCUSD", ""]) {
      assert.isNull(bitfinexPair(native, "SPOT"))
    }
    assert.isNull(bitfinexPair("tBTCUSD", "PERP"))
    assert.isNull(bitfinexPair("tBTCUSD", "INVERSE"))
  })
})
