// Owns the reading of numbers, decimals and times from the bytes of JsonBytes.ts, as its functions read: each takes the
// position where a value begins and gives the one behind it, or 0. Digits are gathered into integers and divided once
// by an exact power of ten, which rounds correctly as long as the integer is exact. Invariant: what is left in
// `numbers` is the double that the platform's own reading would give.
import { bytes, cursor, cut, none, string } from "./JsonBytes.ts"
import { rfc3339Micros } from "./rfc3339Micros.ts"

/** The number that was read last. */
export const numbers = new Float64Array(1)

const isDigit = (c: number): boolean => (c - 0x30) >>> 0 < 10

const digits = (p: number): number => {
  let at = p
  while (isDigit(bytes[at]!)) at++
  return at
}

const POWERS = Array.from({ length: 23 }, (_, power) => 10 ** power)
/** A fractional number of so many digits and points is `long`: not surely faithful as a double. */
const LONG = 16
/** So many digits are whole in an int32, whose arithmetic is the quickest there is. */
const SHORT = 9
const POINT = -2

/** A number, left in `numbers`; but a long one, of which `cursor.long` tells, is not if it is `exact`, for its text. */
export const number = (p: number, exact: boolean): number => {
  const first = bytes[p] === 0x2d ? p + 1 : p
  let at = first
  let digit = bytes[at]! - 0x30
  if (digit >>> 0 >= 10) return first === p ? 0 : none()
  let whole = 0
  while (digit >>> 0 < 10 && at < first + SHORT) {
    whole = (whole * 10 + digit) | 0
    digit = bytes[++at]! - 0x30
  }
  let value = whole
  if (digit >>> 0 < 10) {
    const begin = at
    let low = 0
    while (digit >>> 0 < 10 && at < begin + SHORT) {
      low = (low * 10 + digit) | 0
      digit = bytes[++at]! - 0x30
    }
    value = whole * POWERS[at - begin]! + low
  }
  let scale = 0
  if (digit === POINT) {
    const point = at
    let part = 0
    digit = bytes[++at]! - 0x30
    while (digit >>> 0 < 10 && at <= point + SHORT) {
      part = (part * 10 + digit) | 0
      digit = bytes[++at]! - 0x30
    }
    scale = at - point - 1
    value = value * POWERS[scale]! + part
    if (scale === 0) return none()
  }
  const c = digit + 0x30
  if (isDigit(c) || c === 0x65 || c === 0x45 || c === 0x2e || value > Number.MAX_SAFE_INTEGER)
    return slowNumber(p, first, exact)
  if (bytes[first] === 0x30 && isDigit(bytes[first + 1]!)) return none()
  cursor.long = scale > 0 && at - first >= LONG
  if (scale > 0) value /= POWERS[scale]!
  numbers[0] = first === p ? value : -value
  return at
}

/** A number of more digits than are read in one go, or with an exponent. */
const slowNumber = (p: number, first: number, exact: boolean): number => {
  const end = passed(p)
  if (end === 0) return 0
  const point = digits(first)
  const mantissa = fraction(point)
  const value = Number(cut(p, end))
  // a whole number is long where it is beyond what a double tells from its neighbours
  const isWhole = mantissa === point && mantissa === end
  cursor.long = mantissa - first >= LONG && value !== 0 && !(isWhole && Number.isSafeInteger(value))
  if (exact && cursor.long) return end
  numbers[0] = value
  // what is too small for a double is not nothing: its text says so
  if (exact && numbers[0] === 0 && mantissa < end) cursor.long = hasDigit(first, mantissa)
  return end
}

/** True where a digit other than zero stands between two positions. */
const hasDigit = (from: number, to: number): boolean => {
  for (let at = from; at < to; at++) if (bytes[at]! > 0x30 && bytes[at]! <= 0x39) return true
  return false
}

/** A number that nobody reads. */
export const passed = (p: number): number => {
  const first = bytes[p] === 0x2d ? p + 1 : p
  const point = digits(first)
  if (point === first || (bytes[first] === 0x30 && point > first + 1)) return none()
  const end = fraction(point)
  return end === 0 ? none() : exponent(end)
}

/** The position behind the point and the digits at `p`, or `p` where no point is. */
const fraction = (p: number): number => {
  if (bytes[p] !== 0x2e) return p
  const end = digits(p + 1)
  return end > p + 1 ? end : 0
}

/** The position behind the exponent at `p`, or `p` where none is. */
const exponent = (p: number): number => {
  if (bytes[p] !== 0x65 && bytes[p] !== 0x45) return p
  const begin = bytes[p + 1] === 0x2b || bytes[p + 1] === 0x2d ? p + 2 : p + 1
  const end = digits(begin)
  return end > begin ? end : none()
}

/** Whole seconds of more digits than this lie beyond any clock. */
const CLOCK_DIGITS = 12
const MICRO_DIGITS = 6

/**
 * Seconds, as a plain number or its text, left in `numbers` as microseconds; finer digits are rounded. A long fraction
 * that is no text is only read if it is `exact`: as a double it might round another way.
 */
export const seconds = (p: number, exact: boolean): number => {
  const first = bytes[p] === 0x22 ? p + 1 : p
  let at = first
  let whole = 0
  let digit = bytes[at]! - 0x30
  while (digit >>> 0 < 10 && at <= first + CLOCK_DIGITS) {
    whole = whole * 10 + digit
    digit = bytes[++at]! - 0x30
  }
  if (at === first || at > first + CLOCK_DIGITS || (bytes[first] === 0x30 && at > first + 1)) return none()
  let micros = 0
  if (digit === POINT) {
    const begin = ++at
    digit = bytes[at]! - 0x30
    while (digit >>> 0 < 10 && at < begin + MICRO_DIGITS) {
      micros = (micros * 10 + digit) | 0
      digit = bytes[++at]! - 0x30
    }
    if (at === begin) return none()
    micros *= POWERS[begin + MICRO_DIGITS - at]!
    if (digit >>> 0 < 10) {
      if (digit >= 5) micros++
      at = digits(at)
    }
  }
  const c = bytes[at]
  if (first > p ? c !== 0x22 : c === 0x65 || c === 0x45 || (!exact && at - first >= LONG)) return none()
  numbers[0] = whole * 1_000_000 + micros
  return first > p ? at + 1 : at
}

/** Up to this, a whole number and what it becomes by a power of ten are carried by doubles that print back to them. */
const FAITHFUL = 999_999_999_999_999
/** So many digits on either side of the point are gathered. */
const MOST_DIGITS = 15
/** A whole number of more digits is beyond an exact double. */
const WHOLE_DIGITS = 16

/**
 * A decimal in quotes, left in `numbers`; of one that is not plain, or not surely carried by a double, `cursor.long`
 * tells.
 */
export const decimal = (p: number): number => {
  if (bytes[p] !== 0x22) return 0
  const first = p + 1
  let at = first
  let digit = bytes[at]! - 0x30
  let whole = 0
  while (digit >>> 0 < 10 && at < first + SHORT) {
    whole = (whole * 10 + digit) | 0
    digit = bytes[++at]! - 0x30
  }
  let value = whole
  while (digit >>> 0 < 10 && at < first + MOST_DIGITS) {
    value = value * 10 + digit
    digit = bytes[++at]! - 0x30
  }
  let scale = 0
  let plain = at > first
  if (digit === POINT) {
    const point = at
    let part = 0
    digit = bytes[++at]! - 0x30
    while (digit >>> 0 < 10 && at <= point + SHORT) {
      part = (part * 10 + digit) | 0
      digit = bytes[++at]! - 0x30
    }
    scale = at - point - 1
    value = value * POWERS[scale]! + part
    while (digit >>> 0 < 10 && at <= point + MOST_DIGITS) {
      value = value * 10 + digit
      scale++
      digit = bytes[++at]! - 0x30
    }
    plain = plain && scale > 0
  }
  // zeros that only pad say nothing
  while (value > FAITHFUL && value <= Number.MAX_SAFE_INTEGER && scale > 0 && value % 10 === 0) {
    value /= 10
    scale--
  }
  cursor.long = !plain || bytes[at] !== 0x22 || value > FAITHFUL
  if (cursor.long) return string(p)
  numbers[0] = scale > 0 ? value / POWERS[scale]! : value
  return at + 1
}

const two = (p: number): number => {
  const tens = bytes[p]! - 0x30
  const ones = bytes[p + 1]! - 0x30
  return tens >>> 0 < 10 && ones >>> 0 < 10 ? tens * 10 + ones : NaN
}

/**
 * Microseconds of the common form, `2023-10-06T17:35:55.440295Z`, whose fraction ends at `end`; NaN for any other text.
 */
const commonTime = (p: number, end: number): number => {
  if (end < p + 21 || end > p + 32 || bytes[end] !== 0x5a || bytes[p + 19] !== 0x2e || bytes[p + 10] !== 0x54)
    return NaN
  if (bytes[p + 4] !== 0x2d || bytes[p + 7] !== 0x2d || bytes[p + 13] !== 0x3a || bytes[p + 16] !== 0x3a) return NaN
  const year = two(p) * 100 + two(p + 2)
  const month = two(p + 5)
  const day = two(p + 8)
  const hour = two(p + 11)
  const minute = two(p + 14)
  const second = two(p + 17)
  if (!(year >= 1971 && month >= 1 && month <= 12 && day >= 1 && day <= 31)) return NaN
  if (!(hour <= 23 && minute <= 59 && second <= 59)) return NaN
  let micros = 0
  let unit = 100_000
  for (let at = p + 20; at < end; at++) {
    const digit = bytes[at]! - 0x30
    if (digit >>> 0 >= 10) return NaN
    micros += digit * unit
    unit = unit > 1 ? unit / 10 : 0
  }
  return Date.UTC(year, month - 1, day, hour, minute, second) * 1000 + micros
}

/** A whole number in quotes, left in `numbers`. What is not plainly one is odd. */
export const whole = (p: number): number => {
  if (bytes[p] !== 0x22) return 0
  let at = p + 1
  let value = 0
  let digit = bytes[at]! - 0x30
  while (digit >>> 0 < 10 && at <= p + WHOLE_DIGITS) {
    value = value * 10 + digit
    digit = bytes[++at]! - 0x30
  }
  if (bytes[at] !== 0x22 || at === p + 1 || value > Number.MAX_SAFE_INTEGER) return none()
  numbers[0] = value
  return at + 1
}

/** A time in quotes, left in `numbers` as microseconds since 1970, or as NaN where the text is none. */
export const time = (p: number): number => {
  const end = string(p)
  if (end === 0) return 0
  const micros = commonTime(p + 1, end - 2)
  numbers[0] = Number.isNaN(micros) ? (rfc3339Micros(cut(p + 1, end - 1)) ?? NaN) : micros
  return end
}
