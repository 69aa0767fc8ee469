// Owns the texts that come again and again, such as a market's symbol in every frame: a generated reader gives the one
// that it made before, so that nothing is cut, and who looks it up finds the very key it knows, its hash already
// counted. Only short texts are kept. Invariant: what is given is the text that stands there, known by all of its
// bytes.
import { Schema } from "effect"
import { cut, spelled, words } from "./JsonBytes.ts"

/** The shape of such a text: any. */
export const Recurring = Schema.String.annotate({ readAs: "recurring" })

/** A kept text is all in words of four bytes; the last may overlap the one before. */
const SHORTEST = 4
const LONGEST = 32
const PLACES = 256
/** For each place the length of its text, the last word, and the others. */
const STRIDE = 1 + LONGEST / 4
const PRIME = 0x9e37_79b1

const texts = Array.from({ length: PLACES }, () => "")
const known = new Int32Array(STRIDE * PLACES)

/** The text that stands from `begin` to `end`. */
export const recurring = (begin: number, end: number): string => {
  const length = end - begin
  if (length < SHORTEST || length > LONGEST) return cut(begin, end)
  const rest = end - 4
  const last = words.getInt32(rest, true)
  let mixed = Math.imul(last ^ length, PRIME)
  for (let p = begin; p < rest; p += 4) mixed = Math.imul(mixed ^ (mixed >>> 15) ^ words.getInt32(p, true), PRIME)
  const place = mixed >>> 24
  const at = STRIDE * place
  if (known[at] === length && known[at + 1] === last) {
    let k = at + 2
    let p = begin
    while (p < rest && known[k] === words.getInt32(p, true)) {
      p += 4
      k++
    }
    if (p >= rest) return texts[place]!
  }
  known[at] = length
  known[at + 1] = last
  for (let p = begin, k = at + 2; p < rest; p += 4) known[k++] = words.getInt32(p, true)
  return (texts[place] = spelled(begin, end))
}
