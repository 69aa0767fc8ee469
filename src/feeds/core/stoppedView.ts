// Owns the view of a market whose feed is not running and never ran.
import { FeedCounters, FeedView } from "../../domain/FeedState.ts"
import { countsOfNothing } from "./FeedCounts.ts"

export const stoppedView = (): FeedView =>
  new FeedView({
    state: "stopped",
    reason: null,
    reason_code: null,
    since: 0,
    epoch: 0,
    seq: 0,
    next_retry: null,
    ts_exchange: null,
    ts_received: null,
    counters: new FeedCounters(countsOfNothing()),
    unknown_sample: null
  })
