// Patterns of tags against the plainest second opinion, a regular expression, over generated texts.
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { marketPattern } from "../../src/domain/MarketPattern.ts"

const Letters = Schema.Array(Schema.Literals(["A", "b", ".", "*", "*"]))
const Tag = Schema.Array(Schema.Literals(["a", "B", "."]))

const expression = (text: string): RegExp =>
  new RegExp(
    `^${text
      .split("*")
      .map((piece) => piece.replaceAll(".", "\\."))
      .join("[^]*")}$`,
    "i"
  )

describe("marketPattern", () => {
  it.prop("matches as the regular expression does", [Letters, Tag], ([letters, tag]) => {
    const text = letters.join("")
    assert.strictEqual(marketPattern(text).matches(tag.join("")), expression(text).test(tag.join("")), text)
  })

  it("reads tags as people write them", () => {
    const { matches } = marketPattern("*.spot:BTC-*")
    assert.isTrue(matches("KRAKEN.SPOT:BTC-USD"))
    assert.isFalse(matches("KRAKEN.SPOT:WBTC-USD"))
    assert.isFalse(matches("KRAKEN.PERP:BTC-USD"))
    assert.isTrue(marketPattern("*").matches(""))
    assert.isFalse(marketPattern("A*A").matches("A"))
  })

  it("is not slowed down by many stars", () => {
    // to try every way in which these stars can match would never end
    assert.isFalse(marketPattern(`${"*a".repeat(60)}*b`).matches("a".repeat(128)))
  })
})
