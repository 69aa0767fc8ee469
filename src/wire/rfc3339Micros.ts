// Owns the reading of RFC 3339 times, as several venues print them, to microseconds since 1970. `Date` alone would cut
// them to milliseconds. Finer digits are cut, never rounded, so that times keep their order. The common form is read
// from a frame's bytes (JsonNumbers.ts); this knows all of them. Invariant: a text that is no time, one without a zone,
// or one before 1971 (venues print 1970 for "never"), gives null.

const TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,12}))?(Z|[+-]\d\d:\d\d)$/
const YEAR = 31_536_000_000_000

/** Microseconds since 1970 of a time such as "2023-10-06T17:35:55.440295Z"; finer digits are cut. */
export const rfc3339Micros = (text: string): number | null => {
  const match = TIME.exec(text)
  if (match === null) return null
  const seconds = Date.parse(`${match[1]}${match[3]}`)
  const micros = seconds * 1000 + Number((match[2] ?? "").slice(0, 6).padEnd(6, "0"))
  return micros >= YEAR ? micros : null
}
