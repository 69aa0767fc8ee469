// Owns the CRC32 of a text that is never made: what would be appended to it is summed at once, a decimal digit by
// digit. What texts a checksum is made of is the schemes'. Invariant: sum and length are those of the text that
// String() would have made of the same values. Sums are signed 32-bit integers, as in Crc32.ts.
import { TABLE } from "./Crc32.ts"

const ZERO = 0x30
const POINT = 0x2e
/**
 * Decimals that are looked for; a number that has more, or more digits than these in all, is printed by the platform.
 */
const PLACES = 8
const SCALE = 1e8
/** Two decimals of no more digits than 15 are never the same double. */
const UNIQUE = 1e15
const LARGEST = 0x7fff_ffff
/** The platform prints what is smaller with an exponent. */
const SMALLEST = 1e-6

/** A number's characters, put here from behind, since its digits come in that order. */
const line = new Uint8Array(24)

export class TextSum {
  length = 0
  private state = -1

  /** The sum of all that was appended. */
  get sum(): number {
    return ~this.state
  }

  /** Starts over, with an empty text. */
  clear(): void {
    this.length = 0
    this.state = -1
  }

  /** Appends an ASCII text. */
  add(text: string): void {
    let { state } = this
    for (let i = 0; i < text.length; i++) state = (state >>> 8) ^ TABLE[(state ^ text.charCodeAt(i)) & 0xff]!
    this.state = state
    this.length += text.length
  }

  /**
   * Appends a decimal's digits: it has no sign, and goes without its point and the zeros before the first other digit.
   */
  digits(decimal: string): void {
    let { state, length } = this
    let leading = true
    for (let i = 0; i < decimal.length; i++) {
      const char = decimal.charCodeAt(i)
      if (char === POINT || (leading && char === ZERO)) continue
      leading = false
      state = (state >>> 8) ^ TABLE[(state ^ char) & 0xff]!
      length++
    }
    this.state = state
    this.length = length
  }

  /** Appends a number of zero or more as JavaScript prints it, but with `whole` behind one without decimals. */
  number(value: number, whole = ""): void {
    const above = Math.floor(value)
    const decimals = Math.round((value - above) * SCALE)
    const scaled = above * SCALE + decimals
    // the decimal of these digits is this double, and no shorter one is
    if (decimals > 0 && value >= SMALLEST && scaled < UNIQUE && scaled / SCALE === value) {
      this.plain(above | 0, decimals | 0)
    } else if (above === value && above <= LARGEST) {
      this.plain(above | 0, 0)
      if (whole !== "") this.add(whole)
    } else this.add(above === value ? String(value) + whole : String(value))
  }

  private plain(above: number, decimals: number): void {
    let at = line.length
    if (decimals > 0) {
      let places = PLACES
      let rest = decimals
      if (rest % 10_000 === 0) {
        rest = (rest / 10_000) | 0
        places -= 4
      }
      while (rest % 10 === 0) {
        rest = (rest / 10) | 0
        places--
      }
      at = before(at, rest, places)
      line[--at] = POINT
    }
    at = before(at, above, 1)
    this.length += line.length - at
    let { state } = this
    for (; at < line.length; at++) state = (state >>> 8) ^ TABLE[(state ^ line[at]!) & 0xff]!
    this.state = state
  }
}

/** Puts the digits of an integer, at least so many, before a place of the line; gives where they begin. */
const before = (place: number, integer: number, least: number): number => {
  let at = place
  let rest = integer
  for (let many = 0; many < least || rest > 0; many++) {
    const tens = (rest / 10) | 0
    line[--at] = ZERO + rest - 10 * tens
    rest = tens
  }
  return at
}
