// Owns the shape of an event as JSON text, made once for all who listen, and what a reader of it knows of the topic
// that it is of. Below topics, groups and rings, so that none of them imports another for it.
import type { MarketId } from "../domain/Market.ts"
import type { Place } from "./Place.ts"

/** What an event is of: a channel of one market, or one over several. */
export interface EventSource {
  readonly id: number
  /** The channel's name, e.g. `trade` or `book_top_25_100ms`. */
  readonly name: string
  /** Null for a channel over several markets. */
  readonly market: { readonly id: MarketId; readonly tag: string; readonly now: Place } | null
  /** The state of now as one event; null where there is none to send. */
  readonly newest: () => EncodedEvent | null
  /** The newest state is itself one of the events that were sent, and was not made for the asking. */
  readonly newestIsSent: boolean
  /** Events sent so far, to whomever. */
  readonly count: number
  /** Events left out so far for clients that were too slow, all of them together. */
  skipped: number
}

export interface EncodedEvent {
  readonly topic: EventSource
  readonly type: string
  readonly epoch: number
  readonly seq: number
  readonly text: string
}
