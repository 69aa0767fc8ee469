// Owns the proof of what an order meets in a book: against fractions of whole numbers, kept as they are until the end.
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { costOf, type Level, take, total, type Worth } from "../../src/domain/quote.ts"

const base: Worth = { of: "base", amount: "1" }
const quote: Worth = { of: "quote", amount: "1" }
const walk = (levels: ReadonlyArray<Level>, size: string, worth: Worth | null = base) => {
  const taken = take(levels, size)
  return "available" in taken ? taken : costOf(taken, worth)
}

/** A fraction, never shortened. */
interface Fraction {
  readonly over: bigint
  readonly under: bigint
}
const fraction = (text: string): Fraction => {
  const [whole = "", part = ""] = text.split(".")
  return { over: BigInt(whole + part), under: 10n ** BigInt(part.length) }
}
const add = (a: Fraction, b: Fraction): Fraction => ({
  over: a.over * b.under + b.over * a.under,
  under: a.under * b.under
})
const multiply = (a: Fraction, b: Fraction): Fraction => ({ over: a.over * b.over, under: a.under * b.under })
const inverse = ({ over, under }: Fraction): Fraction => ({ over: under, under: over })
const less = (a: Fraction, b: Fraction): boolean => a.over * b.under < b.over * a.under
const equal = (a: Fraction, b: Fraction): boolean => a.over * b.under === b.over * a.under
const ZERO = { over: 0n, under: 1n }
const minus = (a: Fraction, b: Fraction): Fraction => add(a, { over: -b.over, under: b.under })

/** Each part that is taken, or the sum of all. */
const naive = (levels: ReadonlyArray<Level>, size: string) => {
  const parts: Array<readonly [price: Fraction, size: Fraction]> = []
  let sum = ZERO
  const wanted = fraction(size)
  for (const [price, offered] of levels) {
    const left = minus(wanted, sum)
    const part = less(fraction(offered), left) ? fraction(offered) : left
    parts.push([fraction(price), part])
    sum = add(sum, part)
    if (equal(sum, wanted)) return { parts, sum }
  }
  return { parts: null, sum }
}

/** Half a unit of the twelfth significant digit is the most that a rounded average is away. */
const isRounded = (text: string, exact: Fraction): boolean => {
  const digits = text.replace(".", "").replace(/^0+/, "")
  const given = fraction(text)
  const difference = less(given, exact) ? minus(exact, given) : minus(given, exact)
  // exact × 10^-11 is between one and ten units of the twelfth digit
  const unit = multiply(exact, { over: 1n, under: 2n * 10n ** 11n })
  return digits.length <= 12 + trailingZeros(text) && !less(unit, difference)
}
const trailingZeros = (text: string): number => (text.includes(".") ? 0 : (/0*$/.exec(text)?.[0].length ?? 0))

const Digits = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 999_999_999 }))
const Scale = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 12 }))
const Decimal = Schema.Struct({ digits: Digits, scale: Scale })
const Levels = Schema.Array(Schema.Struct({ step: Decimal, size: Decimal })).check(
  Schema.isMinLength(1),
  Schema.isMaxLength(12)
)
const text = ({ digits, scale }: typeof Decimal.Type): string => {
  const padded = String(digits).padStart(scale + 1, "0")
  return total([scale === 0 ? padded : `${padded.slice(0, -scale)}.${padded.slice(-scale)}`])
}

describe("an order", () => {
  it.prop("takes and costs what fractions say", [Levels, Decimal], ([steps, size]) => {
    let price = "0"
    const levels = steps.map(({ size, step }): Level => {
      price = total([price, text(step)])
      return [price, text(size)]
    })
    const { parts, sum } = naive(levels, text(size))
    const [inBase, inQuote] = [walk(levels, text(size)), walk(levels, text(size), quote)]
    if (parts === null) {
      assert("available" in inBase && equal(fraction(inBase.available), sum))
      return
    }
    assert(!("available" in inBase) && !("available" in inQuote))
    const money = parts.map(([price, size]) => multiply(price, size)).reduce(add, ZERO)
    const bought = parts.map(([price, size]) => multiply(size, inverse(price))).reduce(add, ZERO)
    assert.isTrue(equal(fraction(inBase.notional ?? "0"), money))
    assert.isTrue(equal(fraction(inQuote.notional ?? "0"), sum))
    assert.isTrue(isRounded(inBase.vwap, multiply(money, inverse(sum))), inBase.vwap)
    assert.isTrue(isRounded(inQuote.vwap, multiply(sum, inverse(bought))), inQuote.vwap)
    assert.strictEqual(inBase.levels, parts.length)
    assert.deepStrictEqual([inBase.best_price, inBase.worst_price], [levels[0]![0], levels[parts.length - 1]![0]])
  })

  it("fills a size exactly at the end of a level, and says what there is when it is more", () => {
    const levels: ReadonlyArray<Level> = [
      ["100", "0.1"],
      ["101", "0.2"]
    ]
    const filled = { vwap: "100.666666667", best_price: "100", worst_price: "101", notional: "30.2", levels: 2 }
    assert.deepStrictEqual(walk(levels, "0.3"), filled)
    assert.deepStrictEqual(walk(levels, "0.10"), {
      ...filled,
      vwap: "100",
      worst_price: "100",
      notional: "10",
      levels: 1
    })
    assert.deepStrictEqual(walk(levels, "0.300000000000000001"), { available: "0.3" })
    assert.deepStrictEqual(walk([], "1"), { available: "0" })
  })

  it("rounds an average once, half to even, whatever its size", () => {
    const average = (a: string, b: string) =>
      Object(
        walk(
          [
            [a, "1"],
            [b, "1"]
          ],
          "2"
        )
      ).vwap
    assert.strictEqual(average("100000000000", "100000000001"), "100000000000")
    assert.strictEqual(average("100000000001", "100000000002"), "100000000002")
    assert.strictEqual(average("999999999999", "1000000000000"), "1000000000000")
    assert.strictEqual(average("12345678901234", "12345678901234"), "12345678901200")
    assert.strictEqual(average("0.000000000001234567890124", "0.000000000001234567890127"), "0.00000000000123456789013")
  })

  it("is worth what its contracts are, by base or by quote, or nothing that is known", () => {
    const levels: ReadonlyArray<Level> = [
      ["50", "100"],
      ["100", "100"]
    ]
    const cost = (worth: Worth | null) => {
      const { notional, vwap } = Object(walk(levels, "200", worth))
      return [vwap, notional]
    }
    assert.deepStrictEqual(cost({ of: "base", amount: "0.01" }), ["75", "150"])
    // 100 USD buy 2 at 50 and 1 at 100: 200 for 3
    assert.deepStrictEqual(cost({ of: "quote", amount: "1" }), ["66.6666666667", "200"])
    assert.deepStrictEqual(cost({ of: "quote", amount: "10" }), ["66.6666666667", "2000"])
    assert.deepStrictEqual(cost(null), ["75", null])
  })
})
