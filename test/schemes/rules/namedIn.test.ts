// Whether a sentence names a symbol: whole words of what symbols are made of.
import { assert, describe, it } from "@effect/vitest"
import { isNamedIn } from "../../../src/schemes/rules/namedIn.ts"

describe("a sentence", () => {
  it("names a symbol wherever it stands whole", () => {
    for (const sentence of [
      "PIRATE/USD is unknown",
      "unknown: PIRATE/USD",
      'no "PIRATE/USD".',
      "xPIRATE/USD, PIRATE/USD."
    ]) {
      assert.isTrue(isNamedIn(sentence, "PIRATE/USD"), sentence)
    }
    assert.isTrue(isNamedIn("Unknown symbol XBTUSD", "XBTUSD"))
    assert.isTrue(isNamedIn("unsupported BRK.Bx/USD", "BRK.Bx/USD"))
  })
  it("names none by a part of another word", () => {
    for (const [sentence, symbol] of [
      ["Currency pair not supported ANT/USD", "T/USD"],
      ["No such market: BTC-PERP-X", "BTC-PERP"],
      ["No such market: BTC-PERP", "PERP"],
      ["Unknown symbol XBTUSDT", "XBTUSD"],
      ["BRK.Bx/USD", "BRK"],
      ["nothing", ""]
    ] as const) {
      assert.isFalse(isNamedIn(sentence, symbol), sentence)
    }
  })
})
