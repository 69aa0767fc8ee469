// Owns the reading of RFC 3339 times, as several venues print them, to microseconds since 1970. `Date` alone would cut
// them to milliseconds. Finer digits are cut, never rounded, so that times keep their order. Invariant: a text that is
// no time, one without a zone, or one before 1971 (venues print 1970 for "never"), gives null.

const TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,12}))?(Z|[+-]\d\d:\d\d)$/
const YEAR = 31_536_000_000_000
const ZERO = 0x30
const DASH = 0x2d
const COLON = 0x3a

/** The two digits at a place as a number, or NaN. */
const two = (text: string, at: number): number => {
  const tens = text.charCodeAt(at) - ZERO
  const ones = text.charCodeAt(at + 1) - ZERO
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : NaN
}

/** Microseconds of a fraction's digits, from the place after the point to the closing `Z`; NaN for aught but 1 to 12 digits. */
const fraction = (text: string, end: number): number => {
  if (end < 21 || end > 32) return NaN
  let micros = 0
  for (let at = 20, unit = 100_000; at < end; at++, unit = unit > 1 ? unit / 10 : 0) {
    const digit = text.charCodeAt(at) - ZERO
    if (!(digit >= 0 && digit <= 9)) return NaN
    micros += digit * unit
  }
  return micros
}

/** Microseconds of the common form, `2023-10-06T17:35:55.440295Z`, without a match or a slice; NaN for any other text. */
const common = (text: string): number => {
  const end = text.length - 1
  if (text.charCodeAt(end) !== 0x5a || text.charCodeAt(19) !== 0x2e) return NaN
  if (text.charCodeAt(4) !== DASH || text.charCodeAt(7) !== DASH || text.charCodeAt(10) !== 0x54) return NaN
  if (text.charCodeAt(13) !== COLON || text.charCodeAt(16) !== COLON) return NaN
  const year = two(text, 0) * 100 + two(text, 2)
  const month = two(text, 5)
  const day = two(text, 8)
  const hour = two(text, 11)
  const minute = two(text, 14)
  const second = two(text, 17)
  if (!(year >= 1971 && month >= 1 && month <= 12 && day >= 1 && day <= 31)) return NaN
  if (!(hour <= 23 && minute <= 59 && second <= 59)) return NaN
  return Date.UTC(year, month - 1, day, hour, minute, second) * 1000 + fraction(text, end)
}

/** Microseconds since 1970 of a time such as "2023-10-06T17:35:55.440295Z"; finer digits are cut. */
export const rfc3339Micros = (text: string): number | null => {
  const quick = common(text)
  if (!Number.isNaN(quick)) return quick
  const match = TIME.exec(text)
  if (match === null) return null
  const seconds = Date.parse(`${match[1]}${match[3]}`)
  const micros = seconds * 1000 + Number((match[2] ?? "").slice(0, 6).padEnd(6, "0"))
  return micros >= YEAR ? micros : null
}
