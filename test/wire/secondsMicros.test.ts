// Owns the proof that seconds as text become microseconds, against the platform's own reading of numbers.
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { secondsMicros } from "../../src/wire/secondsMicros.ts"

const Micros = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 4_000_000_000_000_000 }))

describe("seconds as text", () => {
  it.prop("are exact to the microsecond", [Micros], ([micros]) => {
    const digits = String(micros).padStart(7, "0")
    assert.strictEqual(secondsMicros(`${digits.slice(0, -6)}.${digits.slice(-6)}`), micros)
  })
  it("may be whole, short or finer", () => {
    assert.strictEqual(secondsMicros("1618678134"), 1_618_678_134_000_000)
    assert.strictEqual(secondsMicros("1618678134.5"), 1_618_678_134_500_000)
    assert.strictEqual(secondsMicros("1626993929.0910149"), 1_626_993_929_091_015)
    assert.strictEqual(secondsMicros("1626993929.0910143"), 1_626_993_929_091_014)
    assert.strictEqual(secondsMicros("0.9999996"), 1_000_000)
  })
  it("are read as numbers are where they are written another way", () => {
    assert.strictEqual(secondsMicros("1.5e3"), 1_500_000_000)
    assert.strictEqual(secondsMicros("-1.5"), -1_500_000)
    for (const text of ["soon", "1.2.3", "1.234567x", "1x"]) assert.isNaN(secondsMicros(text), text)
  })
})
