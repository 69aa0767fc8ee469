// Owns the question whether a venue's sentence names a symbol: as a whole word, so that a refusal of `ANT/USD` is none
// of `T/USD`, and one of `BTC-PERP-X` none of `BTC-PERP`. What a sentence that names nobody means is the scheme's to
// say.

/** What symbols are made of; a point that ends a sentence is not part of one. */
const PART = /[\p{L}\p{N}/_-]|\.(?=[\p{L}\p{N}])/u

export const isNamedIn = (sentence: string, symbol: string): boolean => {
  if (symbol === "") return false
  for (let at = sentence.indexOf(symbol); at >= 0; at = sentence.indexOf(symbol, at + 1)) {
    const after = sentence.slice(at + symbol.length)
    if (!PART.test(sentence.slice(at - 1, at)) && after.search(PART) !== 0) return true
  }
  return false
}
