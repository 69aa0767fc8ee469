// Owns the passing over values that nobody reads, in the bytes of JsonBytes.ts. What is no JSON is not passed over.
import { blanks, bytes, colon, none, string } from "./JsonBytes.ts"
import { passed } from "./JsonNumbers.ts"

/** Values nested deeper than this are left to JSON.parse, which does not recurse. */
const DEEPEST = 64

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
