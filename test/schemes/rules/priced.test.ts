// Owns the proof that only the price zero is left out as none: what can't be read stays, for the book to refuse it.
import { assert, describe, it } from "@effect/vitest"
import { priced } from "../../../src/schemes/rules/priced.ts"

describe("levels without a price", () => {
  it("are left out, and no others", () => {
    const kept = [
      [100, 1],
      ["0.5", "1"],
      ["", "1"],
      ["1e-400", "1"],
      [" ", "1"],
      ["NaN", "1"]
    ] as const
    assert.deepStrictEqual(priced([[0, 3], ...kept, ["0", "1"], ["0.00", "1"], [-0, 1]]), kept)
  })
})
