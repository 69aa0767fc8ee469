// Owns the small pieces of a generated reader's source that stand in many places. In them `p` is the position, `b` the
// bytes, `w` the same bytes by fours, `j` the functions of JsonBytes.ts and its neighbours; `return` says that the
// value does not fit.
import type { Kind } from "./SchemaNode.ts"

export const BLANKS = "if(b[p]<33)p=b[p]===32&&b[p+1]>32?p+1:j.blanks(p);"
export const COLON = `if(b[p]===58){p++;${BLANKS}}else{p=j.colon(p);if(p===0)return}`
export const COMMA = `if(b[p]!==44)return;p++;${BLANKS}`
export const SKIP = "p=j.skip(p);if(p===0)return;"

/** What tells by its first byte that a value is of a kind. */
export const STARTS: Readonly<Record<Kind, string>> = {
  string: "b[p]===34",
  number: "b[p]===45||b[p]>47&&b[p]<58",
  object: "b[p]===123",
  array: "b[p]===91",
  word: "b[p]>96&&b[p]<123"
}

/** After an item of a list: the next one, or the end by the byte that closes it. */
export const next = (close: number): string =>
  `${BLANKS}if(b[p]===44){p++;${BLANKS}continue}if(b[p]===${close}){p++;break}return j.odd()`

/** An expression: the text stands at `p`. Four bytes are looked at together. */
export const matches = (text: string): string => {
  const byte = (i: number): number => text.charCodeAt(i)
  const tests: Array<string> = []
  let i = 0
  for (; i + 4 <= text.length; i += 4) {
    const four = (byte(i) | (byte(i + 1) << 8) | (byte(i + 2) << 16) | (byte(i + 3) << 24)) >>> 0
    tests.push(`w.getUint32(p+${i},true)===${four}`)
  }
  for (; i < text.length; i++) tests.push(`b[p+${i}]===${byte(i)}`)
  return tests.join("&&")
}

/** Reads the value of a key, by the statements that follow, if the key stands at `p` and stood nowhere before. */
export const onKey = (name: string, seen: string, bit: number, value: string): string =>
  `if(${matches(JSON.stringify(name))}){p+=${name.length + 2};${COLON}` +
  `if(${seen}&${bit})return j.odd();${seen}|=${bit};${value}}`
