// Owns the words of truth: the states a feed can be in, and the status record that travels with every price. Which
// state follows which is the table in feeds/core/Transitions.ts. Invariant: only `live` means that the book is good.
import { Schema } from "effect"
import { ReasonCode } from "./ReasonCode.ts"

export const FeedState = Schema.Literals([
  "stopped",
  "connecting",
  "syncing",
  "live",
  "stale",
  "resyncing",
  "backoff",
  "halted",
  "rejected",
  "retired"
]).annotate({
  identifier: "FeedState",
  description:
    "Only live is good. connecting: dialling; syncing: waiting for the first book; stale: it may be wrong, since the " +
    "venue went silent and could not be asked in time, or one frame left it crossed; resyncing: it was found wrong " +
    "and is being rebuilt; backoff: waiting to dial or to ask again; halted: the venue says so, or shows an empty " +
    "book; rejected: the venue refuses the symbol by name; retired: the venue closed; stopped: not switched on"
})
export type FeedState = typeof FeedState.Type

const Micros = Schema.Int.annotate({ identifier: "Microseconds", description: "Microseconds since 1970, UTC" })

/** The truth label: state, why, since when, and which book it speaks of. Times are microseconds since 1970. */
export class FeedStatus extends Schema.Class<FeedStatus>("FeedStatus")({
  state: FeedState,
  reason: Schema.NullOr(Schema.String).annotate({
    description: "Why it is not live, in words for people"
  }),
  reason_code: Schema.NullOr(ReasonCode).annotate({
    description: "The same for programs: null exactly where reason is null"
  }),
  since: Micros.annotate({ description: "Since when; 0 where nobody knows, as for a feed that never ran" }),
  epoch: Schema.Int.annotate({ description: "Counts the resynchronisations of the book; 0 before the first snapshot" }),
  seq: Schema.Int.annotate({
    description:
      "Rises by one with every event of this market, through every stop and start of its feed. It begins above every " +
      "seq of an earlier run of level4, so that a place in the events is never mistaken"
  }),
  next_retry: Schema.NullOr(Micros).annotate({ description: "In backoff: when it dials or asks again" })
}) {}

/** What a feed counted since it was started. All are plain counts. */
export class FeedCounters extends Schema.Class<FeedCounters>("FeedCounters")({
  frames: Schema.Int,
  bytes: Schema.Int,
  ignored: Schema.Int,
  unknown: Schema.Int,
  invalid_levels: Schema.Int,
  invalid_trades: Schema.Int,
  trades: Schema.Int,
  trades_missed: Schema.Int,
  trades_repeated: Schema.Int,
  gaps: Schema.Int,
  checksum_failures: Schema.Int,
  crossed: Schema.Int,
  resyncs: Schema.Int,
  audits: Schema.Int,
  audits_failed: Schema.Int,
  audit_differences: Schema.Int,
  doubts: Schema.Int.annotate({ description: "Silences for which the venue was asked whether the market moved on" }),
  doubts_confirmed: Schema.Int.annotate({ description: "Those after which it had, so that the subscription was dead" }),
  connects: Schema.Int,
  restarts: Schema.Int
}) {}

/** A running feed as the API shows it. */
export class FeedView extends Schema.Class<FeedView>("Feed")({
  ...FeedStatus.fields,
  ts_exchange: Schema.NullOr(Micros).annotate({ description: "The venue's time of the book's last change" }),
  ts_received: Schema.NullOr(Micros).annotate({ description: "When that was received; null before the first" }),
  counters: FeedCounters,
  unknown_sample: Schema.NullOr(Schema.String).annotate({
    description: "The last frame that no schema knew, or what was no event of its kind, cut to 256"
  })
}) {}
