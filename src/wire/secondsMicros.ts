// Owns the reading of seconds since 1970 as decimal text ("1618678134.498280") to microseconds. Finer digits are
// rounded. What is no such text goes by the platform's own reading, and is NaN where that is.

const ZERO = 0x30
const POINT = 0x2e
/** Whole seconds of more digits than this lie beyond any clock. */
const MOST_DIGITS = 12
const FRACTION = 6

const isDigit = (digit: number): boolean => digit >>> 0 < 10

/** Microseconds since 1970. */
export const secondsMicros = (text: string): number => {
  const { length } = text
  let at = 0
  let whole = 0
  let digit = 0
  while (at < length && isDigit((digit = text.charCodeAt(at) - ZERO))) {
    whole = whole * 10 + digit
    at++
  }
  if (at === 0 || at > MOST_DIGITS || (at < length && text.charCodeAt(at) !== POINT)) return slowly(text)
  const begin = ++at
  let micros = 0
  for (; at < begin + FRACTION; at++) {
    digit = at < length ? text.charCodeAt(at) - ZERO : 0
    if (!isDigit(digit)) return slowly(text)
    micros = micros * 10 + digit
  }
  if (at < length) {
    // the seventh digit rounds
    if (text.charCodeAt(at) >= ZERO + 5) micros++
    for (; at < length; at++) if (!isDigit(text.charCodeAt(at) - ZERO)) return slowly(text)
  }
  return whole * 1_000_000 + micros
}

const slowly = (text: string): number => Math.round(Number(text) * 1_000_000)
