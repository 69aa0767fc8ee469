// Owns what a reader of a stream gets: the service's events, and the two things that only the client knows, which are that it
// is connected and that it is not. Invariant: whatever may be missing between two events is a value between them: `resume`
// and `skipped` from the service, `disconnected` from here.
import type { FeedState } from "../domain/FeedState.ts"
import type { StreamEvent } from "../domain/StreamEvent.ts"

/** The service understood the subscription. What follows is how things stand, or what was missed (`resume` tells which). */
export interface Connected {
  readonly type: "connected"
  /** The markets it means now; those that patterns take in later begin with their status. */
  readonly markets: ReadonlyArray<{ readonly id: number; readonly tag: string; readonly state: FeedState }>
  readonly patterns: ReadonlyArray<string>
}

/** The connection is gone, or could not be made; nothing is heard until the next `connected`. */
export interface Disconnected {
  readonly type: "disconnected"
  /** The websocket's close code, e.g. 1013 for a reader that was too slow; null where there was none. */
  readonly code: number | null
  readonly reason: string
  readonly retry_in_ms: number
}

export type StreamValue = StreamEvent | Connected | Disconnected
