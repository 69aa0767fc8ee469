// Owns the order in which feeds that are not live are shown: what needs a person first. Pure.
import { FeedState } from "../domain/FeedState.ts"

/** What never ends by itself, what may be wrong, what is under way, what the venue wants, and what is good. */
const WORST_FIRST: ReadonlyArray<FeedState> = [
  "rejected",
  "retired",
  "stale",
  "backoff",
  "resyncing",
  "syncing",
  "connecting",
  "halted",
  "stopped",
  "live"
]

const RANKS = Object.fromEntries(FeedState.literals.map((state) => [state, WORST_FIRST.indexOf(state)])) as Readonly<
  Record<FeedState, number>
>

/** For sorting: less than 0 where the first is worse. */
export const compareStates = (a: FeedState, b: FeedState): number => RANKS[a] - RANKS[b]
