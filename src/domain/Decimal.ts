// Owns exact decimals: what the exchange sent is what the client gets. A `Numeric` is a decimal as a frame carries it:
// its wire text, or a JSON number that is faithful to that text. Canonical text has the same value, no exponent, no
// trailing zeros, no leading plus. Invariant: nothing here rounds; what is not faithful as a double stays text.
export type Numeric = string | number

/**
 * True when the double of this decimal text prints back to the same value: 15 significant digits always do.
 * A longer text is counted digit by digit, since padding zeros do not make it long.
 */
export const isFaithful = (text: string): boolean => text.length <= 15 || significantDigits(text) <= 15

const significantDigits = (text: string): number => {
  let digits = 0
  let zeros = 0
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c === 0x65 || c === 0x45) break
    if (c < 0x30 || c > 0x39) continue
    if (c === 0x30) {
      if (digits > 0) zeros++
    } else {
      digits += zeros + 1
      zeros = 0
    }
  }
  return digits
}

/** True when a decimal text says more than nothing: a digit other than zero stands before any exponent. */
export const isNonZero = (text: string): boolean => NOT_ZERO.test(text)
const NOT_ZERO = /^[^eE]*[1-9]/

const POWERS = Array.from({ length: 23 }, (_, power) => 10 ** power)
const ZERO = 0x30
const POINT = -2
/** So many digits are whole in an int32, whose arithmetic is the quickest there is. */
const SHORT = 9

/**
 * The double nearest to a decimal text, or NaN for what is no decimal. Digits are gathered into an integer and divided
 * once by an exact power of ten, which rounds correctly as long as the integer is exact. What nearly every price and
 * size is, up to nine digits on each side of the point, goes by two plain integers.
 */
export const toNumber = (text: string): number => {
  const { length } = text
  let whole = 0
  let digit = 0
  let i = 0
  while (i < length && (digit = text.charCodeAt(i) - ZERO) >>> 0 < 10) {
    whole = (whole * 10 + digit) | 0
    i++
  }
  if (i === 0 || i > SHORT) return longNumber(text)
  if (i === length) return whole
  const scale = length - ++i
  if (digit !== POINT || scale > SHORT) return longNumber(text)
  let part = 0
  while (i < length && (digit = text.charCodeAt(i) - ZERO) >>> 0 < 10) {
    part = (part * 10 + digit) | 0
    i++
  }
  const power = POWERS[scale]!
  const mantissa = whole * power + part
  return i < length || mantissa > Number.MAX_SAFE_INTEGER ? longNumber(text) : mantissa / power
}

/**
 * The same for more digits; anything signed, with an exponent or beyond an exact integer takes the platform's slower
 * way.
 */
const longNumber = (text: string): number => {
  const { length } = text
  let mantissa = 0
  let point = -1
  for (let i = 0; i < length; i++) {
    const digit = text.charCodeAt(i) - ZERO
    if (digit >= 0 && digit <= 9) mantissa = mantissa * 10 + digit
    else if (digit === POINT && point < 0) point = i
    else return slowNumber(text)
  }
  if (mantissa > Number.MAX_SAFE_INTEGER || length === 0) return slowNumber(text)
  if (point < 0) return mantissa
  const scale = length - 1 - point
  return scale > 22 || length === 1 ? slowNumber(text) : mantissa / POWERS[scale]!
}

const slowNumber = (text: string): number => {
  const match = DECIMAL.exec(text)
  return match === null || (match[2] === "" && match[3] === "") ? NaN : Number(text)
}

/** The number that a wire decimal stands for; NaN for what is none. */
export const numberOf = (value: Numeric): number => (typeof value === "number" ? value : toNumber(value))

const DECIMAL = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d{1,4}))?$/

/** Canonical text of a decimal. A number is printed by its shortest text; what is no decimal at all throws. */
export const canonical = (value: Numeric): string => {
  if (typeof value === "number") {
    const text = String(value)
    return text.includes("e") ? expand(text) : text === "-0" ? "0" : text
  }
  return expand(value)
}

const expand = (text: string): string => {
  const match = DECIMAL.exec(text)
  if (match === null || (match[2] === "" && match[3] === ""))
    throw new RangeError(`not a decimal: ${text.slice(0, 64)}`)
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = match
  let digits = whole + fraction
  let point = whole.length + Number(exponent)
  if (point < 0) {
    digits = "0".repeat(-point) + digits
    point = 0
  } else if (point > digits.length) {
    digits += "0".repeat(point - digits.length)
  }
  const integer = digits.slice(0, point).replace(/^0+(?=\d)/, "") || "0"
  const rest = digits.slice(point).replace(/0+$/, "")
  const value = rest === "" ? integer : `${integer}.${rest}`
  return sign === "-" && value !== "0" ? `-${value}` : value
}
