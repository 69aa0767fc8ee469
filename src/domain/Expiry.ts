// Owns what tells the dated futures of one pair apart in their tags: the expiry, read from the venue's own spelling.
// Pure.
// Invariant: two spellings that differ in more than their date differ here, too, since Kraken lists `FI_`
// (coin-margined) and `FF_` (linear) contracts of one pair and one day.

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]

/** Days as venues write them, at the end of a name: 20261225, 261225 (year first), 25DEC26. */
const NUMBERED = /^(.*[^0-9])(20)?(\d{2})(\d{2})(\d{2})$/
const SPELLED = /^(.*[^0-9])(\d{1,2})(JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)(20)?(\d{2})$/i

/** The name without its day, and the day as 20261225; null where it names none (`XBTZ26` names a month). */
const split = (native: string): readonly [stem: string, day: string] | null => {
  const numbered = NUMBERED.exec(native)
  if (numbered !== null) {
    const [, stem = "", , year = "", month = "", day = ""] = numbered
    return isDay(Number(month), Number(day)) ? [stem, `20${year}${month}${day}`] : null
  }
  const spelled = SPELLED.exec(native)
  if (spelled === null) return null
  const [, stem = "", day = "", name = "", , year = ""] = spelled
  const month = MONTHS.indexOf(name.toUpperCase()) + 1
  return isDay(month, Number(day)) ? [stem, `20${year}${String(month).padStart(2, "0")}${day.padStart(2, "0")}`] : null
}

const isDay = (month: number, day: number): boolean => month >= 1 && month <= 12 && day >= 1 && day <= 31

/** Kraken's two kinds of contract (sheet kraken.md, section 2, 2026-09). */
const KIND = /^(F[IF])_/i

/**
 * What follows the pair in a dated future's tag: `20261225`, `20261225-FI` where a kind is written before the pair,
 * and the native symbol where it names no day; with nothing in it that a tag or a pattern of tags gives a meaning.
 */
export const datedSuffix = (native: string): string => {
  const dated = split(native)
  if (dated === null) return native.toUpperCase().replace(/[^\p{L}\p{N}\p{M}._-]/gu, "_")
  const kind = KIND.exec(dated[0])?.[1]
  return kind === undefined ? dated[1] : `${dated[1]}-${kind.toUpperCase()}`
}
