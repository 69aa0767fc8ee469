// Owns the counters of a feed while they count. What each means is domain/FeedState.ts's. Invariant: they only rise,
// from the moment at which the feed is switched on.
import type { FeedCounters } from "../../domain/FeedState.ts"

type Counts = { -readonly [Name in keyof FeedCounters]: number }

export const countsOfNothing = (): Counts => ({
  frames: 0,
  bytes: 0,
  ignored: 0,
  unknown: 0,
  invalid_levels: 0,
  invalid_trades: 0,
  trades: 0,
  trades_missed: 0,
  trades_repeated: 0,
  gaps: 0,
  checksum_failures: 0,
  crossed: 0,
  resyncs: 0,
  audits: 0,
  audits_failed: 0,
  audit_differences: 0,
  doubts: 0,
  doubts_confirmed: 0,
  connects: 0,
  restarts: 0
})
