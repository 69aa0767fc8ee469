// The distance of two spellings: each kind of slip counts one, and nothing is counted beyond the limit.
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { distanceOf } from "../../src/domain/editDistance.ts"

describe("distanceOf", () => {
  it("counts letters added, left out, changed and swapped with their neighbour", () => {
    assert.strictEqual(distanceOf("KRAKEN", "KRAKEN", 9), 0)
    assert.strictEqual(distanceOf("KRAKEM", "KRAKEN", 9), 1)
    assert.strictEqual(distanceOf("KRAKN", "KRAKEN", 9), 1)
    assert.strictEqual(distanceOf("KRAAKEN", "KRAKEN", 9), 1)
    assert.strictEqual(distanceOf("KRAEKN", "KRAKEN", 9), 1)
    assert.strictEqual(distanceOf("", "KRAKEN", 9), 6)
  })

  it("is the limit where the lengths alone are that far apart", () => {
    assert.strictEqual(distanceOf("a", "abcdefghij", 3), 3)
  })

  it.prop("is the same both ways", [Schema.String, Schema.String], ([a, b]) => {
    assert.strictEqual(distanceOf(a, b, 1_000), distanceOf(b, a, 1_000))
  })
})
