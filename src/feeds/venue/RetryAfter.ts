// Owns how a Retry-After is read (RFC 9110, 10.2.3): whole seconds, or a date, which is counted from the answer's own Date,
// since our clock and the venue's may differ. Pure. Invariant: never shorter than the venue asks, but for LONGEST.

/** A venue that asks for more is asked again after an hour: bans of days are lifted, and clocks are wrong. */
export const LONGEST = 3_600_000

/** IMF-fixdate, RFC 850 and asctime all begin with a day's name and hold a time; nothing else is a date. */
const DATE = /^[A-Z][a-z]{2,8},? .*\d{2}:\d{2}:\d{2}/

const dateOf = (text: string | undefined): number => {
  if (text === undefined || !DATE.test(text)) return Number.NaN
  // asctime has no zone, and all three are Greenwich's
  return Date.parse(text.endsWith("GMT") ? text : `${text} GMT`)
}

/** Milliseconds to wait, or null where the header is missing or says nothing. `now`: our wall clock, in milliseconds. */
export const retryAfterMs = (header: string | undefined, date: string | undefined, now: number): number | null => {
  const text = header?.trim()
  if (text === undefined || text === "") return null
  if (/^\d{1,15}(\.\d+)?$/.test(text)) return Math.min(Math.ceil(Number(text) * 1000), LONGEST)
  const until = dateOf(text)
  if (Number.isNaN(until)) return null
  const sent = dateOf(date)
  return Math.min(Math.max(until - (Number.isNaN(sent) ? now : sent), 0), LONGEST)
}
