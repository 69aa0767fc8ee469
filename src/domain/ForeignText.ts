// Owns what may be shown of a text that somebody else wrote: a venue's error, a close reason, a sample of a frame. It
// goes to logs, terminals and clients, so control characters, line ends, marks that turn the direction of writing,
// invisible characters and halves of surrogates are spelt out, and the length is bounded. Pure. Invariant: the result
// has at most `limit` characters, and its characters print as what they are.

/**
 * C0, DEL, C1, line and paragraph separators, soft hyphen, zero-width and direction marks, tags, private use, lone
 * surrogates.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/u
const EVERY_UNSAFE = new RegExp(UNSAFE, "gu")

const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" }

const spelt = (character: string): string =>
  SHORT[character] ?? `\\u{${character.codePointAt(0)!.toString(16).padStart(4, "0")}}`

/** Safe to print on one line, and no longer than `limit`. */
export const foreignText = (text: string, limit = 300): string => {
  // what is cut away later need not be looked at; a surrogate pair that this cuts is cut again below
  const head = text.length > limit ? text.slice(0, limit) : text
  const safe = UNSAFE.test(head) ? head.replace(EVERY_UNSAFE, spelt) : head
  if (safe.length <= limit && head === text) return safe
  // the end is cut between characters, not within one
  return `${safe.slice(0, limit - 1).replace(/[\ud800-\udbff]$/, "")}…`
}
