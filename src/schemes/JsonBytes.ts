// Owns the text under a generated reader (FrameReader.ts) as bytes, and the reading of what every JSON text is made of:
// blanks, strings, numbers, and values that nobody wants. Bytes are several times faster to look at than characters, and
// as long as the text is ASCII each byte stands where its character does. Every function takes a position, leaves the
// one behind its value in `cursor.at`, and gives undefined where the value is not of its kind. Invariant: what is not
// plainly read here (an escape, a broken value) sets `cursor.odd`, and then the whole text is JSON.parse's to judge.

/** Longer texts, and such with other characters than ASCII, are left to JSON.parse. */
const CAPACITY = 4 << 20
/** Values nested deeper than this are left to JSON.parse as well, which does not recurse. */
const DEEPEST = 64

export const bytes = new Uint8Array(CAPACITY + 1)
const encoder = new TextEncoder()

/** Where the reading stands. One for the process: reading a text is never interrupted. */
export const cursor = { text: "", at: 0, odd: false }

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

/** The position of the first byte from `p` on that is no blank. */
export const blanks = (p: number): number => {
  let c = bytes[p]!
  while (c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09) c = bytes[++p]!
  return p
}

/** The position behind the string that opens at `p`; -1 where it holds an escape or is not closed. */
const stringEnd = (p: number): number => {
  let c = bytes[++p]!
  while (c !== 0x22) {
    if (c === 0x5c || c < 0x20) {
      cursor.odd = true
      return -1
    }
    c = bytes[++p]!
  }
  return p + 1
}

export const string = (p: number): string | undefined => {
  if (bytes[p] !== 0x22) return undefined
  const end = stringEnd(p)
  if (end < 0) return undefined
  cursor.at = end
  return cursor.text.slice(p + 1, end - 1)
}

/** Reads past a string that is not the wanted literal: with an escape it might be the literal after all. */
export const unlike = (p: number): undefined => {
  if (bytes[p] === 0x22) stringEnd(p)
  return undefined
}

/** The string at `p` if it is a plain decimal such as `0.025`. */
export const decimal = (p: number): string | undefined => {
  if (bytes[p] !== 0x22) return undefined
  let at = p + 1
  while (bytes[at]! >= 0x30 && bytes[at]! <= 0x39) at++
  if (at === p + 1) return unlike(p)
  if (bytes[at] === 0x2e) {
    const point = at++
    while (bytes[at]! >= 0x30 && bytes[at]! <= 0x39) at++
    if (at === point + 1) return unlike(p)
  }
  if (bytes[at] !== 0x22) return unlike(p)
  cursor.at = at + 1
  return cursor.text.slice(p + 1, at)
}

const POWERS = Array.from({ length: 23 }, (_, power) => 10 ** power)
/** A fractional number of so many digits and points is not surely faithful as a double. */
const LONG = 16

/** The number at `p`; in `exact` reading its text where it is fractional and long. */
const read = (p: number, exact: boolean): number | string | undefined => {
  const negative = bytes[p] === 0x2d
  const first = negative ? p + 1 : p
  let at = first
  let mantissa = 0
  let digit = bytes[at]! - 0x30
  if (!(digit >= 0 && digit <= 9)) return negative ? odd() : undefined
  while (digit >= 0 && digit <= 9) {
    mantissa = mantissa * 10 + digit
    digit = bytes[++at]! - 0x30
  }
  if (bytes[first] === 0x30 && at > first + 1) return odd()
  const point = at
  if (digit === -2) {
    digit = bytes[++at]! - 0x30
    while (digit >= 0 && digit <= 9) {
      mantissa = mantissa * 10 + digit
      digit = bytes[++at]! - 0x30
    }
    if (at === point + 1) return odd()
  }
  const run = at - first
  if (bytes[at] === 0x65 || bytes[at] === 0x45) {
    at = exponentEnd(at)
    if (at < 0) return undefined
    mantissa = Infinity
  }
  cursor.at = at
  if (exact && run >= LONG && bytes[point] === 0x2e) return cursor.text.slice(p, at)
  if (mantissa > Number.MAX_SAFE_INTEGER || run > 22) return Number(cursor.text.slice(p, at))
  const value = bytes[point] === 0x2e ? mantissa / POWERS[run - (point - first) - 1]! : mantissa
  return negative ? -value : value
}

const exponentEnd = (p: number): number => {
  let at = p + 1
  if (bytes[at] === 0x2b || bytes[at] === 0x2d) at++
  const digits = at
  while (bytes[at]! >= 0x30 && bytes[at]! <= 0x39) at++
  if (at > digits) return at
  cursor.odd = true
  return -1
}

export const number = (p: number): number | undefined => read(p, false) as number | undefined
export const exactNumber = (p: number): number | string | undefined => read(p, true)

/** True if the bytes from `p` on are those of a word, such as `null`. */
const isWord = (p: number, word: string): boolean => {
  for (let i = 0; i < word.length; i++) if (bytes[p + i] !== word.charCodeAt(i)) return false
  return true
}

const wordEnd = (p: number, word: string): number => {
  if (isWord(p, word)) return p + word.length
  cursor.odd = true
  return -1
}

/** The position behind the value at `p`, whatever it is; -1 where it is no JSON. */
export const skip = (p: number, depth = 0): number => {
  switch (bytes[p]) {
    case 0x22:
      return stringEnd(p)
    case 0x7b:
      return skipItems(p, 0x7d, true, depth)
    case 0x5b:
      return skipItems(p, 0x5d, false, depth)
    case 0x74:
      return wordEnd(p, "true")
    case 0x66:
      return wordEnd(p, "false")
    case 0x6e:
      return wordEnd(p, "null")
    default:
      if (number(p) !== undefined) return cursor.at
      cursor.odd = true
      return -1
  }
}

const skipItems = (p: number, close: number, keyed: boolean, depth: number): number => {
  let at = depth < DEEPEST ? blanks(p + 1) : -1
  if (bytes[at] === close) return at + 1
  while (at > 0) {
    if (keyed) {
      at = bytes[at] === 0x22 ? stringEnd(at) : -1
      if (at < 0) break
      at = blanks(at)
      if (bytes[at] !== 0x3a) break
      at = blanks(at + 1)
    }
    at = skip(at, depth + 1)
    if (at < 0) return -1
    at = blanks(at)
    if (bytes[at] === close) return at + 1
    if (bytes[at] !== 0x2c) break
    at = blanks(at + 1)
  }
  cursor.odd = true
  return -1
}

/** The value at `p`, whatever it is. */
export const unknown = (p: number): unknown => {
  const end = skip(p)
  if (end < 0) return undefined
  cursor.at = end
  return JSON.parse(cursor.text.slice(p, end)) as unknown
}
