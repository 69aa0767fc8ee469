// Owns the reading of sentences, for venues that say by a sentence alone what others say by a code: the scheme keeps
// the exact texts as a table, each with where and when it was seen, and a sentence means what the row says that is the
// whole of it. Invariant: no part of a sentence is looked for, so that a name or a new sentence means nothing by
// chance.

/**
 * A sentence as the venue writes it, `*` for what differs (a name, a number); the case of letters is not looked at, nor
 * a full stop that ends it. `source`: where it was seen, and when.
 */
export interface VenueText<Meaning> {
  readonly text: string
  readonly means: Meaning
  readonly source: string
}

export interface Understood<Meaning> {
  readonly means: Meaning
  /** What stood for each `*`. */
  readonly parts: ReadonlyArray<string>
}

/** The reader of a table: what a sentence means, or null for one that is not on it. */
export const venueTexts = <Meaning>(
  table: ReadonlyArray<VenueText<Meaning>>
): ((sentence: string) => Understood<Meaning> | null) => {
  const rows = table.map(({ text, means }) => ({ means, pattern: patternOf(text) }))
  return (sentence) => {
    for (const { means, pattern } of rows) {
      const match = pattern.exec(sentence)
      if (match !== null) return { means, parts: match.slice(1) }
    }
    return null
  }
}

const patternOf = (text: string): RegExp => {
  const plain = text.replace(/\.$/, "").replace(/[.+?^${}()|[\]\\]/g, "\\$&")
  return new RegExp(`^${plain.replaceAll("*", "(.+?)")}\\.?$`, "i")
}
