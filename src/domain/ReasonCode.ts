// Owns the codes of the truth label's reasons: one table of code and meaning, which the OpenAPI document and docs/
// repeat. A sentence is for people and may change; a code is for programs and stays. Who gives which code is decided
// where the reason is found. Invariant: a label has a code exactly where it has a reason.
import { Schema } from "effect"

/** What is found wrong with a book, by its scheme or by level4's own watch. */
const TROUBLES = {
  gap: "a message of the venue is missing: its numbers have a hole",
  checksum: "the book is not the one that the venue's checksum is of",
  crossed: "the best bid is not below the best ask",
  overflow: "more came than there is room for: messages, levels that wait, or one frame beyond its bound",
  inconsistent: "a message contradicts the book that it changes, or code of level4 failed in it",
  mid_price: "the best bid and ask do not have the middle that the venue states",
  time_reversed: "the venue's own times went backwards",
  unreadable: "a frame or a level can't be read",
  silent: "nothing came for longer than the venue promises, or than is this market's way",
  maintenance: "the venue restarts, or ends its maintenance",
  rate_limited: "the venue says that it is asked too often",
  refused: "the venue refuses: the connection, a request, or the symbol for now",
  audit: "the venue's own copy of the book differs",
  neighbour: "another market of the connection has to be subscribed again, and this one with it"
} as const

/** How a connection ends, whatever its books are worth. */
const LOSSES = {
  closed: "the venue closed the connection, or it broke",
  stalled: "the venue does not read what it is sent",
  slept: "the machine slept, or its clock was set forward",
  crashed: "code of this feed failed; it begins again alone, and the log has the cause"
} as const

/** What a feed waits for, and what is known of its market. */
const STANDINGS = {
  first_book: "subscribed; the first book has not come yet",
  queued: "waits for its turn within the venue's limits, or for the pause after a failure to end",
  halted: "the venue says that the market does not trade",
  delisted: "the venue lists the market no more",
  pre_launch: "the venue lists the market, and does not trade it yet",
  empty: "the venue shows a book without any level",
  rejected: "the venue refuses the symbol by name",
  retired: "the venue closed for good",
  connecting: "the connection is being opened",
  stopped: "no feed of the market runs"
} as const

/** What is reported beside, while the state stays as it is. */
const NOTICES = {
  trades_missed: "trades of the venue did not reach level4; the reason names their ids",
  trades_restarted: "the venue's trade ids begin again at a lower number",
  notice: "the venue's protocol does not prove something on this connection"
} as const

/** Why a live book is not in a consolidated one. */
const EXCLUSIONS = {
  duplicate: "for its venue it is the same market as another, which is counted",
  incomparable: "its sizes can't be converted exactly to the common unit"
} as const

/** Every code with its meaning. */
export const REASON_CODES = { ...TROUBLES, ...LOSSES, ...STANDINGS, ...NOTICES, ...EXCLUSIONS }

export type TroubleCode = keyof typeof TROUBLES

export const ReasonCode = Schema.Literals(
  Object.keys(REASON_CODES) as ReadonlyArray<keyof typeof REASON_CODES>
).annotate({
  identifier: "ReasonCode",
  description: Object.entries(REASON_CODES)
    .map(([code, meaning]) => `${code}: ${meaning}`)
    .join("; ")
})
export type ReasonCode = typeof ReasonCode.Type
