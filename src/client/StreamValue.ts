// Owns what a reader of a stream gets: the service's events, and how the connection fares: that there is one, that
// there is none, and that it does not hold all that was asked for. Invariant: whatever may be missing between two
// events is a value between them: `resume` and `skipped` from the service, `disconnected` and `left_out` from here.
import type { FeedState } from "../domain/FeedState.ts"
import type { StreamEvent } from "../domain/StreamEvent.ts"

/**
 * The service understood the subscription. What follows is how things stand, or what was missed (`resume` tells which).
 */
export interface Connected {
  readonly type: "connected"
  /** The markets it means now; those that patterns take in later begin with their status. */
  readonly markets: ReadonlyArray<{ readonly id: number; readonly tag: string; readonly state: FeedState }>
  readonly patterns: ReadonlyArray<string>
  /**
   * Names the run of level4 that is heard; a place that is stored belongs with it. Absent with a service older than
   * this.
   */
  readonly run?: string | undefined
}

/**
 * Something that was asked for is left out, though all else goes on: a market that a pattern would take in is more than
 * one connection may hold.
 */
export interface LeftOut {
  readonly type: "left_out"
  readonly reason: string
}

/** The connection is gone, or could not be made; nothing is heard until the next `connected`. */
export interface Disconnected {
  readonly type: "disconnected"
  /** The websocket's close code, e.g. 1013 for a reader that was too slow; null where there was none. */
  readonly code: number | null
  readonly reason: string
  readonly retry_in_ms: number
}

export type StreamValue = StreamEvent | Connected | LeftOut | Disconnected
