// Owns the CRC32 of texts in pieces: the sum of a long text is put together from the sums of its parts, so that a part
// that did not change is not read again. Sums are 32-bit integers, signed as JavaScript's own bit operations leave
// them.
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

/** Parts up to this many bytes are appended in one step, longer ones in several. */
const NEAR = 63
/** For each length what so many bytes behind it make of each of the four bytes of a sum. */
const SHIFTS = new Int32Array((NEAR + 1) * 1024)

/** Makes what `joined` looks up, once, a fraction of a millisecond: most processes never join a sum. */
export const prepareJoins = (): void => {
  if (SHIFTS[1] !== 0) return
  for (let i = 0; i < 1024; i++) SHIFTS[i] = (i & 0xff) << (8 * (i >> 8))
  for (let i = 1024; i < SHIFTS.length; i++) {
    const sum = SHIFTS[i - 1024]!
    SHIFTS[i] = (sum >>> 8) ^ TABLE[sum & 0xff]!
  }
}

/** The sum of a text of sum `first` followed by one of sum `second` and `length` bytes. */
export const joined = (first: number, second: number, length: number): number => {
  let sum = first
  let left = length
  for (; left > NEAR; left -= NEAR) sum = shifted(sum, NEAR)
  return shifted(sum, left) ^ second
}

/** What so many zero bytes behind it make of a sum. */
const shifted = (sum: number, length: number): number => {
  // the mask changes nothing, but shows the compiler that no lookup is out of bounds
  const at = (length & NEAR) << 10
  return (
    SHIFTS[at + (sum & 0xff)]! ^
    SHIFTS[at + 256 + ((sum >>> 8) & 0xff)]! ^
    SHIFTS[at + 512 + ((sum >>> 16) & 0xff)]! ^
    SHIFTS[at + 768 + (sum >>> 24)]!
  )
}
