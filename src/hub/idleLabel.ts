// Owns the truth label of a market whose feed does not run and did not run since level4 started. Pure. Every answer
// about such a market (GET, stream, server-sent events, metrics) takes it from here, so that they say the same.
import type { FeedState } from "../domain/FeedState.ts"
import type { ReasonCode } from "../domain/ReasonCode.ts"
import type { Market } from "../domain/Market.ts"
import type { Endpoints } from "../feeds/market/LiveFeed.ts"
import { retirement } from "../feeds/market/Retired.ts"
import { describeExchange } from "../schemes/Schemes.ts"

/** A truth label without its place; `since` is null where nobody knows. */
export interface Label {
  readonly state: FeedState
  readonly reason: string | null
  readonly reason_code: ReasonCode | null
  /** Microseconds since 1970. */
  readonly since: number | null
}

const STOPPED: Label = { state: "stopped", reason: null, reason_code: null, since: null }
const NOWHERE_ELSE: Endpoints = { ws: undefined, rest: undefined }

/** `endpoints`: the addresses that are set in place of the venue's own. */
export const idleLabel = ({ exchange: { name }, market_type }: Market, endpoints = NOWHERE_ELSE): Label => {
  const status = describeExchange(name).status === "retired" ? "retired" : "live"
  const closed = retirement({ exchange: name, status }, market_type, endpoints)
  return closed === null ? STOPPED : { state: "retired", reason: closed, reason_code: "retired", since: null }
}
