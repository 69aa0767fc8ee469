// Owns patterns of tags: `*` stands for any text, also none; all else is itself, without case. Pure.
export interface MarketPattern {
  readonly text: string
  readonly matches: (tag: string) => boolean
}

export const isPattern = (text: string): boolean => text.includes("*")

/**
 * Matches piece by piece, each at its first place, which is enough for `*` and takes no more than tag times pattern
 * however many stars there are.
 */
export const marketPattern = (text: string): MarketPattern => {
  const pieces = text.toUpperCase().split("*")
  const first = pieces[0]!
  const last = pieces[pieces.length - 1]!
  const matches = (tag: string): boolean => {
    const upper = tag.toUpperCase()
    if (pieces.length === 1) return upper === first
    if (upper.length < first.length + last.length || !upper.startsWith(first) || !upper.endsWith(last)) return false
    const end = upper.length - last.length
    let at = first.length
    for (const piece of pieces.slice(1, -1)) {
      const found = upper.indexOf(piece, at)
      if (found < 0 || found + piece.length > end) return false
      at = found + piece.length
    }
    return true
  }
  return { text, matches }
}
