// Owns how a level that can't be read looks in a book frame of any venue: the text of a frame whose first level that
// sets a size is spoiled, in the shape in which that venue writes levels. When it is done is Faults.ts. Invariant: the
// frame stays JSON of the same shape, and all of its other levels are what they were.

/** A pair of texts: `["1.0","2"]`, also behind a side. */
const TEXTS = /"(\d[\d.]*)",\s?"(\d[\d.]*)"/g
/** A member of an object: `"qty":2`. */
const MEMBERS = /"(qty|size)":\s?(\d[\d.eE+-]*)/g
/** A pair of numbers: `[1.0, 2.0]`. */
const NUMBERS = /\[(\d[\d.e-]*), (\d[\d.e-]*)\]/g
/** A price, its orders, and an amount whose sign is the side: `[7,[1,2,-3],9]`. */
const SIGNED = /^\[\d+,\[(\d[\d.e-]*),([1-9]\d*),(-?\d[\d.e-]*)\]/

export type BadLevel = "nan" | "negative" | "tiny"

/** Null where the frame sets no level. */
export const badLevel = (text: string, how: BadLevel): string | null => {
  const signed = SIGNED.exec(text)
  if (signed !== null) {
    const [whole, price = "", orders = "", amount = ""] = signed
    const head = whole.slice(0, whole.lastIndexOf("["))
    // a negative amount is an ask here, a negative price is nothing
    const level = how === "negative" ? `-${price},${orders},${amount}` : `${price},${orders},${number(amount, how)}`
    return `${head}[${level}]${text.slice(whole.length)}`
  }
  return (
    replaced(text, TEXTS, ([, price, size = ""]) => `"${price}","${decimal(size, how)}"`, 2) ??
    replaced(text, MEMBERS, ([, name, size = ""]) => `"${name}":${number(size, how)}`, 2) ??
    replaced(text, NUMBERS, ([, price, size = ""]) => `[${price}, ${number(size, how)}]`, 2)
  )
}

/** Spoils the first match that sets a size. */
const replaced = (
  text: string,
  pattern: RegExp,
  write: (match: RegExpMatchArray) => string,
  sizeGroup: number
): string | null => {
  for (const match of text.matchAll(pattern)) {
    if (Number(match[sizeGroup]) === 0) continue
    return text.slice(0, match.index) + write(match) + text.slice(match.index + match[0].length)
  }
  return null
}

const decimal = (size: string, how: BadLevel): string =>
  how === "nan" ? "NaN" : how === "negative" ? `-${size}` : `0.${"0".repeat(399)}1`

/** JSON has no NaN: a text stands where a number belongs. */
const number = (size: string, how: BadLevel): string =>
  how === "nan" ? '"NaN"' : how === "negative" ? `-${size}` : `${size.startsWith("-") ? "-" : ""}1e-400`
