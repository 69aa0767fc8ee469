// Owns the question which market of a socket a frame is of that nobody could decode: the one symbol that stands in its
// text. Channels join symbols to their own words (`diff_order_book_btcusd`), so letters and digits alone make a symbol
// longer.
// Invariant: a symbol that stands there only as part of a longer one of the socket is not named.

const ENDS_IN_PART = /[\p{L}\p{N}]$/u
const BEGINS_WITH_PART = /^[\p{L}\p{N}]/u

const stands = (text: string, symbol: string): boolean => {
  for (let at = text.indexOf(symbol); at >= 0; at = text.indexOf(symbol, at + 1)) {
    const before = text.slice(Math.max(0, at - 2), at)
    const after = text.slice(at + symbol.length, at + symbol.length + 2)
    if (!ENDS_IN_PART.test(before) && !BEGINS_WITH_PART.test(after)) return true
  }
  return false
}

/** The one of the symbols that the text names; null if it names none of them or more than one. */
export const namesAlone = (text: string, symbols: ReadonlyArray<string>): string | null => {
  const found: Array<string> = []
  let rest = text
  for (const symbol of symbols.toSorted((a, b) => b.length - a.length)) {
    if (symbol === "" || !stands(rest, symbol)) continue
    if (found.push(symbol) > 1) return null
    rest = rest.replaceAll(symbol, "")
  }
  return found[0] ?? null
}
