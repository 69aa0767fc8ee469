// Owns the text of a time as venues write it: ISO 8601 in UTC with three or six digits of a second.

/** `at`: microseconds since 1970. `2021-04-17T16:43:37.075687Z`, or `….075Z` with 3 digits (cut, not rounded). */
export const isoTime = (at: number, digits: 3 | 6): string => {
  const millis = Math.floor(at / 1000)
  const text = new Date(millis).toISOString()
  if (digits === 3) return text
  return `${text.slice(0, -1)}${String(at - millis * 1000).padStart(3, "0")}Z`
}
