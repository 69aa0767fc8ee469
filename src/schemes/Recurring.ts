// Owns the texts that come again and again, such as a market's symbol in every frame: a generated reader gives the one that
// it made before, so that nothing is cut, and who looks it up finds the very key it knows, its hash already counted. Only
// short texts are kept: they are copies, while a longer one is a view that keeps its whole frame in memory. Invariant: what
// is given is the text that stands there, told apart by all of its bytes.
import { Schema } from "effect"
import { cursor, words } from "./JsonBytes.ts"

/** The shape of such a text: any. */
export const Recurring = Schema.String.annotate({ description: "comes again and again" })

/** Two or three words of four bytes, which may overlap, are all of a kept text. */
const SHORTEST = 4
const LONGEST = 12
const PLACES = 256

const texts = Array.from({ length: PLACES }, () => "")
/** For each place the words and the length of its text. */
const known = new Int32Array(4 * PLACES)

/** The ASCII text that stands from `begin` to `end`. */
export const recurring = (begin: number, end: number): string => {
  const length = end - begin
  if (length < SHORTEST || length > LONGEST) return cursor.text.slice(begin, end)
  const first = words.getInt32(begin, true)
  const last = words.getInt32(end - 4, true)
  const middle = length > 8 ? words.getInt32(begin + 4, true) : 0
  const mixed = Math.imul(first ^ Math.imul(last, 31) ^ Math.imul(middle, 17), 0x9e37_79b1)
  const place = (mixed ^ length) >>> 24
  const at = 4 * place
  if (known[at] === first && known[at + 1] === last && known[at + 2] === middle && known[at + 3] === length)
    return texts[place]!
  known[at] = first
  known[at + 1] = last
  known[at + 2] = middle
  known[at + 3] = length
  return (texts[place] = cursor.text.slice(begin, end))
}
