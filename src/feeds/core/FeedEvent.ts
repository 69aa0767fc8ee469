// Owns events inside the process: the shapes of domain/Event.ts with numbers as the wire had them, so that an event
// that nobody hears costs no text. `publicEvent` makes the canonical form that clients see, once an event, only for
// listeners.
import { canonical } from "../../domain/Decimal.ts"
import type { MarketEvent, Side } from "../../domain/Event.ts"
import type { FeedState } from "../../domain/FeedState.ts"
import type { ReasonCode } from "../../domain/ReasonCode.ts"
import type { MarketId } from "../../domain/Market.ts"
import type { Numeric } from "../../domain/Decimal.ts"
import type { Level, Levels } from "../../schemes/Instruction.ts"

interface Head {
  readonly market_id: MarketId
  readonly tag: string
  readonly epoch: number
  readonly seq: number
  readonly ts_exchange: number | null
  readonly ts_received: number
}

export interface BookFeedEvent extends Head {
  readonly type: "book_snapshot" | "book_change"
  readonly bids: Levels
  readonly asks: Levels
}
export interface SpreadFeedEvent extends Head {
  readonly type: "spread"
  readonly bid: Level | null
  readonly ask: Level | null
}
export interface TradeFeedEvent extends Head {
  readonly type: "trade"
  readonly id: string | number | null
  readonly price: Numeric
  readonly size: Numeric
  readonly side: Side
}
export interface StatusFeedEvent extends Head {
  readonly type: "status"
  readonly state: FeedState
  readonly reason: string | null
  readonly reason_code: ReasonCode | null
}

export type FeedEvent = BookFeedEvent | SpreadFeedEvent | TradeFeedEvent | StatusFeedEvent

/** Where a feed's events go. `wanted` is read before an event is made: false spares making it. */
export interface EventSink {
  readonly wanted: boolean
  emit(event: FeedEvent): void
}

const levels = (from: Levels): Array<readonly [string, string]> =>
  from.map(([price, size]) => [canonical(price), canonical(size)] as const)

const quote = (level: Level | null): { readonly price: string; readonly size: string } | null =>
  level === null ? null : { price: canonical(level[0]), size: canonical(level[1]) }

/** The event as clients see it. */
export const publicEvent = (event: FeedEvent): MarketEvent => {
  const { market_id, tag, epoch, seq, ts_exchange, ts_received } = event
  const head = { market_id, tag, epoch, seq, ts_exchange, ts_received }
  switch (event.type) {
    case "book_snapshot":
    case "book_change":
      return { type: event.type, ...head, bids: levels(event.bids), asks: levels(event.asks) }
    case "spread":
      return { type: "spread", ...head, bid: quote(event.bid), ask: quote(event.ask) }
    case "trade":
      return {
        type: "trade",
        ...head,
        id: event.id === null ? null : String(event.id),
        price: canonical(event.price),
        size: canonical(event.size),
        side: event.side
      }
    case "status": {
      const { state, reason, reason_code } = event
      return { type: "status", ...head, state, reason, reason_code }
    }
  }
}
