// Exact decimals: canonical text keeps the value, and a double is only trusted with what it carries faithfully.
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { canonical, isFaithful, toNumber } from "../../src/domain/Decimal.ts"

const Digits = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 999_999_999 }))
const Shift = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 25 }))
const Zeros = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 6 }))

/** `digits` with the point `shift` places from the right, as a schoolchild would write it. */
const written = (digits: string, shift: number): string => {
  const padded = digits.padStart(shift + 1, "0")
  return shift === 0 ? padded : `${padded.slice(0, -shift)}.${padded.slice(-shift)}`
}

describe("canonical", () => {
  it.prop("has one text for a value, whatever its padding", [Digits, Digits, Shift, Zeros], ([a, b, shift, zeros]) => {
    const text = written(`${a}${String(b).padStart(9, "0")}`, shift)
    const once = canonical(text)
    assert.match(once, /^(0|[1-9]\d*)(\.\d*[1-9])?$/)
    assert.strictEqual(canonical(`00${text}${text.includes(".") ? "0".repeat(zeros) : ""}`), once)
    assert.strictEqual(canonical(`${a}${String(b).padStart(9, "0")}e-${shift}`), once)
    assert.strictEqual(canonical(once), once)
  })
  it("expands exponents and drops what says nothing", () => {
    const cases: ReadonlyArray<readonly [string | number, string]> = [
      ["1e-7", "0.0000001"],
      [1e-7, "0.0000001"],
      ["1.50E+3", "1500"],
      [1e21, "1000000000000000000000"],
      ["0.000", "0"],
      ["-0", "0"],
      [-0, "0"],
      [".5", "0.5"],
      ["7.", "7"],
      ["-1.10", "-1.1"]
    ]
    for (const [from, to] of cases) assert.strictEqual(canonical(from), to)
  })
  it("refuses what is no decimal", () => {
    for (const text of ["", ".", "abc", "0x1", "1.2.3", "0.-1", "NaN", "1e99999"]) assert.throws(() => canonical(text))
  })
})

describe("toNumber", () => {
  it.prop("is the platform's own reading", [Digits, Digits, Shift], ([a, b, shift]) => {
    const text = written(`${a}${b}`, shift)
    assert.strictEqual(toNumber(text), Number(text))
  })
  it("is NaN for what is no decimal", () => {
    for (const text of ["", ".", " 1", "1 ", "0x1", "Infinity", "0.-10000", "1_0"]) assert.isNaN(toNumber(text))
  })
})

describe("isFaithful", () => {
  it.prop("means that the double prints back", [Digits, Digits, Shift], ([a, b, shift]) => {
    const text = written(`${a}${b}`, shift)
    if (isFaithful(text)) assert.strictEqual(canonical(Number(text)), canonical(text))
  })
  it("counts significant digits, not zeros", () => {
    assert.isTrue(isFaithful("12345678.00000000"))
    assert.isTrue(isFaithful("0.00000000000000000012"))
    assert.isFalse(isFaithful("0.123456789012345678"))
    assert.isFalse(isFaithful("1234567890.123456789"))
  })
})
