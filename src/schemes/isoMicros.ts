// Owns the reading of ISO 8601 times to the microsecond, which JavaScript's own parser cuts at the millisecond. Further
// digits are cut, never rounded, so that times keep their order. Invariant: what is no time after 1970 gives null.

const ZERO = 0x30

/** Microseconds since 1970 of a text such as `2021-04-17T16:43:37.075687Z`, or null for what is no time. */
export const isoMicros = (text: string): number | null => {
  const ms = Date.parse(text)
  if (!(ms >= 0)) return null
  let micros = 0
  if (text.charCodeAt(19) === 0x2e) {
    for (let i = 23, unit = 100; unit >= 1; i++, unit /= 10) {
      const digit = text.charCodeAt(i) - ZERO
      if (!(digit >= 0 && digit <= 9)) break
      micros += digit * unit
    }
  }
  return ms * 1000 + micros
}
