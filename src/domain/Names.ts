// Owns how names are compared: without regard to case, and by what they look like. Names are kept as they were given,
// in Unicode's composed form; what may be in them is said where each is defined (Asset, Exchange, Market). Pure.
import { Schema } from "effect"

/** One form for all spellings of a name that differ in case or composition alone; only for comparing, never shown. */
export const folded = (name: string): string => name.normalize("NFC").toUpperCase().toLowerCase()

/**
 * Fillers and joiners: what nobody sees makes two names of one. Controls and bidi marks no pattern of a name allows.
 */
const UNSEEN = /[\p{Default_Ignorable_Code_Point}--\p{C}]/v
export const visible = Schema.makeFilter(
  (name: string) => !UNSEEN.test(name) || "Expected characters that can be seen: no controls, bidi marks or fillers"
)

// Letters of other scripts that are drawn like Latin ones, after folding: Cyrillic, Greek, and few beside. What NFKC
// folds by itself (full width, mathematical letters, ligatures) is not here.
const PAIRS =
  "aа aα aɑ bЬ bв bβ cс cϲ dԁ eе eε fғ gɡ gԍ hһ hн hη iі iι iı iӏ jј kк kκ kқ lⅼ mм " +
  "mμ nո nп nν oо oο oσ oօ pр pρ qԛ rг rᴦ sѕ sꜱ tт tτ uυ uս vν vѵ wԝ wω xх xχ yу yγ yү zᴢ zζ"
const LOOK_ALIKES: ReadonlyMap<string, string> = new Map(
  PAIRS.split(" ").map((pair) => [folded(pair.slice(1)), pair[0]!])
)

/**
 * What a name looks like to a reader: without accents, blanks and punctuation, each letter as the Latin one it
 * resembles.
 */
export const lookOf = (name: string): string =>
  folded(name.normalize("NFKD").replace(/[\p{M}\p{C}\p{Default_Ignorable_Code_Point}]/gu, ""))
    .replace(/./gu, (letter) => LOOK_ALIKES.get(letter) ?? letter)
    .replace(/[^\p{L}\p{N}]/gu, "")

/**
 * Which of the rows is meant by a name: the one that is spelled exactly so, else the only one that differs in case
 * alone.
 */
export const choose = <A>(rows: ReadonlyArray<A>, name: string, nameOf: (row: A) => string): A | "none" | "several" => {
  const composed = name.normalize("NFC")
  const exact = rows.filter((row) => nameOf(row) === composed)
  const alike = exact.length > 0 ? exact : rows.filter((row) => folded(nameOf(row)) === folded(name))
  const [only] = alike
  return only === undefined ? "none" : alike.length === 1 ? only : "several"
}
