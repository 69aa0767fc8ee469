// Owns for how long a venue wants to be left alone, by an answer to a REST request or to an upgrade. Retry-After (RFC
// 9110, 10.2.3) is whole seconds, or a date, which is counted from the answer's own Date, since our clock and the
// venue's may differ; where that makes no sense, since a cache or a proxy wrote that Date, from our clock. Invariant:
// never shorter than the venue asks, but for LONGEST; and what asks for quiet without saying for how long has a pause
// of its own.

/** A venue that asks for more is asked again after an hour: bans of days are lifted, and clocks are wrong. */
const LONGEST = 3_600_000
/**
 * Banned for a while, or asked to slow down, in milliseconds where the venue does not say for how long: a ban of
 * Binance lasts two minutes at first, and grows while it is asked (its sheet, section 8, 2026-11).
 */
const PENALTY: Readonly<Record<number, number>> = { 418: 120_000, 429: 1_000 }

/** IMF-fixdate, RFC 850 and asctime all begin with a day's name and hold a time; nothing else is a date. */
const DATE = /^[A-Z][a-z]{2,8},? .*\d{2}:\d{2}:\d{2}/

const dateOf = (text: string | undefined): number => {
  if (text === undefined || !DATE.test(text)) return Number.NaN
  // asctime has no zone, and all three are Greenwich's
  return Date.parse(text.endsWith("GMT") ? text : `${text} GMT`)
}

type Headers = Readonly<Record<"retry-after" | "date", string | undefined>>

/** Milliseconds for which an answer of this status asks for quiet; null: it does not. `now`: our wall clock. */
export const quietMs = (status: number, headers: Headers, now: number): number | null => {
  const asked = retryAfterMs(headers["retry-after"], headers.date, now)
  // a moment that is over asks for nothing, but the status still does
  return asked === null || asked === 0 ? (PENALTY[status] ?? asked) : asked
}

/**
 * Milliseconds to wait, or null where the header is missing or says nothing. `now`: our wall clock, in milliseconds.
 */
export const retryAfterMs = (header: string | undefined, date: string | undefined, now: number): number | null => {
  const text = header?.trim()
  if (text === undefined || text === "") return null
  if (/^\d+(\.\d+)?$/.test(text)) return Math.min(Math.ceil(Number(text) * 1000), LONGEST)
  const until = dateOf(text)
  if (Number.isNaN(until)) return null
  const byVenue = until - dateOf(date)
  const byUs = until - now
  // the venue's own Date first: that of another clock makes it a moment long over, or one that is too far away
  if (byVenue >= -SECOND && byVenue <= LONGEST) return Math.max(byVenue, 0)
  if (byUs > 0 && byUs <= LONGEST) return byUs
  return Math.min(Math.max(Number.isNaN(byVenue) ? byUs : byVenue, 0), LONGEST)
}

/** Both dates are cut to whole seconds. */
const SECOND = 1_000
