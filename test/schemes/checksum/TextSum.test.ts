// Owns the proof that the sum of a text that is never made is the platform's sum of the text made by String().
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { crc32 } from "node:zlib"
import { TextSum } from "../../../src/schemes/checksum/TextSum.ts"

const Ascii = Schema.String.check(Schema.isPattern(/^[ -~]{0,40}$/))
const Any = Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0))
const Decimal = Schema.Tuple([
  Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
  Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 17 }))
])
const Short = Schema.Tuple([
  Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1_000_000_000 })),
  Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 10 }))
])

const isSumOf = (sum: TextSum, text: string): void => {
  assert.strictEqual(sum.sum >>> 0, crc32(text), text)
  assert.strictEqual(sum.length, text.length, text)
}
const isPrinted = (value: number): void => {
  const sum = new TextSum()
  sum.number(value)
  isSumOf(sum, String(value))
  sum.clear()
  sum.number(value, ".0")
  isSumOf(sum, Number.isInteger(value) ? `${value}.0` : String(value))
}

describe("the sum of a text that is never made", () => {
  it.prop("is that of its pieces", [Schema.Array(Schema.Tuple([Ascii, Any]))], ([pieces]) => {
    const sum = new TextSum()
    sum.add("what was before")
    sum.clear()
    for (const [text, value] of pieces) {
      sum.add(text)
      sum.number(value)
    }
    isSumOf(sum, pieces.flat().join(""))
  })
  it.prop("has every double as it is printed", [Any], ([value]) => isPrinted(value), { arbitrary: { runs: 1_000 } })
  it.prop("has decimals of any length as they are printed", [Decimal], ([[digits, places]]) =>
    isPrinted(Number(`${digits}e-${places}`))
  )
  it.prop(
    "has short decimals, and their neighbours among doubles, as they are printed",
    [Short],
    ([[digits, places]]) => {
      const value = Number(`${digits}e-${places}`)
      for (const one of [value, value * (1 + Number.EPSILON), value * (1 - Number.EPSILON)]) isPrinted(one)
    }
  )
  it("has numbers at the edges of each way as they are printed", () => {
    for (const value of [0, 1e-6, 1e-7, 1e-8, 1.5e-7, 0.99999999, 0.999999999, 9_999_999.99999999, 10_000_000.5])
      isPrinted(value)
    for (const value of [2 ** 31 - 1, 2 ** 31, 2 ** 53, 2 ** 53 + 2, 1e21, 1e22, 0.1 + 0.2, 5e-324, 1.7e308])
      isPrinted(value)
  })
  it.prop("has a decimal's digits without its point and the zeros before them", [Short], ([[digits, places]]) => {
    const text = (digits / 10 ** places).toFixed(places)
    const sum = new TextSum()
    sum.digits(text)
    isSumOf(sum, text.replace(".", "").replace(/^0+/, ""))
  })
})
