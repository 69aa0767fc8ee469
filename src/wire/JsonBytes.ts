// Owns the bytes under a generated reader (FrameReader.ts) and the reading of what every JSON text is made of: blanks
// and strings here, numbers in JsonNumbers.ts, what nobody wants in JsonSkip.ts. A socket gives bytes, and most frames
// never become a text: one is made when the first string is cut from it. Every function takes the position where a
// value begins and gives the one behind it, or 0 where the value is not of its kind. Invariant: what is not plainly
// read here (an escape, a broken value) sets `cursor.odd`, and then the whole text is JSON.parse's to judge.

/** Longer ones are left to JSON.parse. */
const CAPACITY = 4 << 20

export const bytes = new Uint8Array(CAPACITY + 8)
/** The same bytes, to be looked at by fours. */
export const words = new DataView(bytes.buffer)
const buffer = Buffer.from(bytes.buffer)
const encoder = new TextEncoder()

/**
 * What is read. One for the process: reading is never interrupted. `text`: once somebody needed it. `long`: see
 * `number`.
 */
export const cursor = { text: "" as string | undefined, size: 0, at: 0, odd: false, long: false }
/** Takes a text; false if it can't be read as bytes. */
export const loadText = (text: string): boolean =>
  text.length <= CAPACITY && encoder.encodeInto(text, bytes).written === text.length && loaded(text.length, text)

/** Takes the bytes of a text, which are copied: a socket uses theirs again. False if there are too many. */
export const loadBytes = (frame: Uint8Array): boolean => {
  if (frame.length > CAPACITY) return false
  bytes.set(frame)
  return loaded(frame.length, undefined)
}

const loaded = (size: number, text: string | undefined): true => {
  bytes[size] = 0
  cursor.size = size
  cursor.text = text
  cursor.odd = false
  return true
}

/** The text between two positions, by itself: worth it where no other of the frame's is wanted. */
export const spelled = (begin: number, end: number): string => buffer.toString("utf8", begin, end)

/**
 * The same as a view of the whole text; but behind another letter than ASCII's, characters stand elsewhere than bytes.
 */
export const cut = (begin: number, end: number): string => {
  const text = (cursor.text ??= spelled(0, cursor.size))
  return text.length === cursor.size ? text.slice(begin, end) : spelled(begin, end)
}

/** Leaves the text to JSON.parse. */
export const odd = (): undefined => {
  cursor.odd = true
  return undefined
}
export const none = (): 0 => {
  cursor.odd = true
  return 0
}

/** The position of the first byte from `p` on that is no blank. */
export const blanks = (p: number): number => {
  let c = bytes[p]!
  while (c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09) c = bytes[++p]!
  return p
}

/** The position behind the colon at `p`, blanks around it passed. */
export const colon = (p: number): number => {
  const at = blanks(p)
  return bytes[at] === 0x3a ? blanks(at + 1) : none()
}

export const string = (p: number): number => {
  if (bytes[p] !== 0x22) return 0
  let at = p + 1
  let c = bytes[at]!
  while (c !== 0x22) {
    if (c === 0x5c || c < 0x20) return none()
    c = bytes[++at]!
  }
  return at + 1
}

/** Reads past a string that is not the wanted one: with an escape it might be that after all. */
export const unlike = (p: number): undefined => {
  string(p)
  return undefined
}
