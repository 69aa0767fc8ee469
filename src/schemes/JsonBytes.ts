// Owns the text under a generated reader (FrameReader.ts) as bytes, and the reading of what every JSON text is made of:
// blanks, strings, numbers, times in seconds, and values that nobody wants. Bytes are several times faster to look at than
// characters, and as long as the text is ASCII each byte stands where its character does. Every function takes the position
// where a value begins and gives the one behind it, or 0 where the value is not of its kind. Invariant: what is not plainly
// read here (an escape, a broken value) sets `cursor.odd`, and then the whole text is JSON.parse's to judge.

/** Longer texts, and such with other characters than ASCII, are left to JSON.parse. */
const CAPACITY = 4 << 20
/** Values nested deeper than this are left to JSON.parse as well, which does not recurse. */
const DEEPEST = 64

export const bytes = new Uint8Array(CAPACITY + 8)
/** The same bytes, to be looked at by fours. */
export const words = new DataView(bytes.buffer)
const encoder = new TextEncoder()

/** What is read. One for the process: reading a text is never interrupted. `long`: see `number`. */
export const cursor = { text: "", at: 0, odd: false, long: false }
/** The number that was read last. */
export const numbers = new Float64Array(1)

/** Takes a text; false if it can't be read as bytes. */
export const load = (text: string): boolean => {
  if (text.length > CAPACITY || encoder.encodeInto(text, bytes).written !== text.length) return false
  bytes[text.length] = 0
  cursor.text = text
  cursor.odd = false
  return true
}

/** Leaves the text to JSON.parse. */
export const odd = (): undefined => {
  cursor.odd = true
  return undefined
}
const none = (): 0 => {
  cursor.odd = true
  return 0
}

/** The position of the first byte from `p` on that is no blank. */
export const blanks = (p: number): number => {
  let c = bytes[p]!
  while (c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09) c = bytes[++p]!
  return p
}

/** The position behind the colon at `p`, blanks around it passed. */
export const colon = (p: number): number => {
  const at = blanks(p)
  return bytes[at] === 0x3a ? blanks(at + 1) : none()
}

export const string = (p: number): number => {
  if (bytes[p] !== 0x22) return 0
  let at = p + 1
  let c = bytes[at]!
  while (c !== 0x22) {
    if (c === 0x5c || c < 0x20) return none()
    c = bytes[++at]!
  }
  return at + 1
}

/** Reads past a string that is not the wanted one: with an escape it might be that after all. */
export const unlike = (p: number): undefined => {
  string(p)
  return undefined
}

const isDigit = (c: number): boolean => (c - 0x30) >>> 0 < 10

const digits = (p: number): number => {
  let at = p
  while (isDigit(bytes[at]!)) at++
  return at
}

/** A string that is a plain decimal such as `0.025`. */
export const decimal = (p: number): number => {
  if (bytes[p] !== 0x22) return 0
  let at = digits(p + 1)
  let found = at > p + 1
  if (bytes[at] === 0x2e) {
    const point = at
    at = digits(point + 1)
    found = found && at > point + 1
  }
  if (found && bytes[at] === 0x22) return at + 1
  string(p)
  return 0
}

const POWERS = Array.from({ length: 23 }, (_, power) => 10 ** power)
/** A fractional number of so many digits and points is `long`: not surely faithful as a double. */
const LONG = 16
/** So many digits are whole in an int32, whose arithmetic is the quickest there is. */
const SHORT = 9
const POINT = -2

/** A number, left in `numbers`; but a long fraction, of which `cursor.long` tells, is not if it is `exact`, for its text. */
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
  cursor.long = mantissa > point && mantissa - first >= LONG
  if (!exact || !cursor.long) numbers[0] = Number(cursor.text.slice(p, end))
  return end
}

/** A number that nobody reads. */
const passed = (p: number): number => {
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
 * Seconds, as a plain number or its text, left in `numbers` as microseconds; finer digits are rounded. A long fraction that
 * is no text is only read if it is `exact`: as a double it might round another way.
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

const word = (p: number, text: string): number => {
  for (let i = 0; i < text.length; i++) if (bytes[p + i] !== text.charCodeAt(i)) return none()
  return p + text.length
}

/** A value, whatever it is. */
export const skip = (p: number, depth = 0): number => {
  switch (bytes[p]) {
    case 0x22:
      return string(p)
    case 0x7b:
      return items(p, 0x7d, true, depth)
    case 0x5b:
      return items(p, 0x5d, false, depth)
    case 0x74:
      return word(p, "true")
    case 0x66:
      return word(p, "false")
    case 0x6e:
      return word(p, "null")
    default:
      return passed(p)
  }
}

const items = (p: number, close: number, keyed: boolean, depth: number): number => {
  if (depth >= DEEPEST) return none()
  let at = blanks(p + 1)
  if (bytes[at] === close) return at + 1
  for (;;) {
    if (keyed) {
      at = string(at)
      if (at === 0) return none()
      at = colon(at)
      if (at === 0) return 0
    }
    at = skip(at, depth + 1)
    if (at === 0) return 0
    at = blanks(at)
    if (bytes[at] === close) return at + 1
    if (bytes[at] !== 0x2c) return none()
    at = blanks(at + 1)
  }
}
