// Holds one side of a client's book against a plain Map: sets, changes and removals in any order, among them prices
// that differ only beyond what a double carries, and every level compared after each.
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { PriceLevels, type TextLevel } from "../../src/client/PriceLevels.ts"

const DIGITS = 18
/** The smallest step is far below what doubles of these prices tell apart. */
const Price = Schema.Literals([
  "9.5",
  "10",
  "10.000000000000000001",
  "10.000000000000000002",
  "10.25",
  "0.1",
  "99",
  "100"
])
const Size = Schema.Literals(["0", "0.0", "1", "2.50", "0.000000000000000001", "12345678901234567.123456789"])
const Changes = Schema.Array(Schema.Array(Schema.Tuple([Price, Size])).check(Schema.isMaxLength(12))).check(
  Schema.isMaxLength(12)
)

/** The exact value of a price in units of the last digit. */
const exact = (text: string): bigint => {
  const [whole = "", fraction = ""] = text.split(".")
  return BigInt(whole + fraction.padEnd(DIGITS, "0"))
}

const trimmed = (text: string): string => (text.includes(".") ? text.replace(/\.?0+$/, "") : text)

const sorted = (model: ReadonlyMap<string, string>, side: "bids" | "asks"): ReadonlyArray<TextLevel> =>
  [...model]
    .map(([price, size]): TextLevel => [price, trimmed(size)])
    .sort(([a], [b]) => (exact(a) < exact(b) === (side === "asks") ? -1 : 1))

describe("PriceLevels", () => {
  for (const side of ["bids", "asks"] as const) {
    it.prop(`is a sorted map of exact prices: ${side}`, [Changes], ([changes]) => {
      const [levels, model] = [new PriceLevels(side), new Map<string, string>()]
      for (const [round, change] of changes.entries()) {
        if (round % 4 === 3) {
          model.clear()
          levels.load(change)
        } else levels.apply(change)
        for (const [price, size] of change) {
          if (/[1-9]/.test(size)) model.set(price, size)
          else model.delete(price)
        }
        const expected = sorted(model, side)
        assert.deepStrictEqual(levels.best(Infinity), expected)
        assert.deepStrictEqual(levels.best(2), expected.slice(0, 2))
      }
    })
  }

  it("knows a price however it is written, and leaves out what is none", () => {
    const levels = new PriceLevels("asks")
    levels.apply([
      ["10.50", "1"],
      ["1e1", "2"],
      ["10.5", "3"],
      ["-1", "1"],
      ["x", "1"],
      ["11", "-1"]
    ])
    assert.deepStrictEqual(levels.best(9), [
      ["10", "2"],
      ["10.5", "3"]
    ])
  })
})
