// Owns the CRC32 of texts in pieces: the sum of a long text is put together from the sums of its parts, so that a part
// that did not change is not read again. Sums are 32-bit integers, signed as JavaScript's own bit operations leave them.
// Invariant: `joined` of two sums is the sum of the two texts one after the other.

const TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte
  for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0)
  return sum
})

/** The sum of an ASCII text. */
export const crc32 = (text: string): number => {
  let sum = -1
  for (let i = 0; i < text.length; i++) sum = (sum >>> 8) ^ TABLE[(sum ^ text.charCodeAt(i)) & 0xff]!
  return ~sum
}

/** The sum to begin with so that of a text that begins with this ASCII character the rest is summed. */
export const without = (char: string): number => {
  const sum = crc32(char)
  const last = TABLE.findIndex((entry) => entry >>> 24 === sum >>> 24)
  return ((sum ^ TABLE[last]!) << 8) | last
}

/** Parts up to this many bytes are appended in one step. */
const LONGEST = 64
/** For each length what so many bytes behind it make of each of the four bytes of a sum; filled when first wanted. */
const SHIFTS = new Int32Array((LONGEST + 1) * 1024)

const fill = (length: number): void => {
  for (let i = 0; i < 1024; i++) {
    let sum = (i & 0xff) << (8 * (i >> 8))
    for (let byte = 0; byte < length; byte++) sum = (sum >>> 8) ^ TABLE[sum & 0xff]!
    SHIFTS[length * 1024 + i] = sum
  }
}

/** The sum of a text of sum `first` followed by one of sum `second` and `length` bytes. */
export const joined = (first: number, second: number, length: number): number => {
  if (length > LONGEST) return joined(joined(first, 0, LONGEST), second, length - LONGEST)
  const at = length << 10
  // no byte but zero becomes zero
  if (SHIFTS[at + 1] === 0) fill(length)
  return (
    SHIFTS[at + (first & 0xff)]! ^
    SHIFTS[at + 256 + ((first >>> 8) & 0xff)]! ^
    SHIFTS[at + 512 + ((first >>> 16) & 0xff)]! ^
    SHIFTS[at + 768 + (first >>> 24)]! ^
    second
  )
}
