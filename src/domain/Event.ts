// Owns the shapes of what leaves a feed. Every event names its market, its epoch and its place in the market's own
// count; times are microseconds since 1970, prices and sizes canonical decimal text. A consumer that applies a snapshot
// and all changes of an epoch holds exactly level4's book.
import { Schema } from "effect"
import { FeedState, FeedStatus } from "./FeedState.ts"
import { MarketId } from "./Market.ts"
import { ReasonCode } from "./ReasonCode.ts"

export const DecimalText = Schema.String.annotate({
  identifier: "Decimal",
  description: "Exactly what the exchange sent, as decimal text without exponent or trailing zeros"
})
export const PriceLevel = Schema.Tuple([DecimalText, DecimalText]).annotate({
  identifier: "PriceLevel",
  description: '[price, absolute size]; in a change, size "0" removes the level'
})
export const Quote = Schema.Struct({ price: DecimalText, size: DecimalText }).annotate({ identifier: "Quote" })
export const Side = Schema.Literals(["buy", "sell", "unknown"]).annotate({
  identifier: "Side",
  description: "The taker's side"
})
export type Side = typeof Side.Type

const head = {
  market_id: MarketId,
  tag: Schema.String,
  epoch: Schema.Int,
  seq: Schema.Int,
  ts_exchange: Schema.NullOr(Schema.Int),
  ts_received: Schema.Int
}
const sides = { bids: Schema.Array(PriceLevel), asks: Schema.Array(PriceLevel) }

export const SpreadEvent = Schema.Struct({
  type: Schema.Literal("spread"),
  ...head,
  bid: Schema.NullOr(Quote),
  ask: Schema.NullOr(Quote)
}).annotate({ identifier: "SpreadEvent" })
export const TradeEvent = Schema.Struct({
  type: Schema.Literal("trade"),
  ...head,
  id: Schema.NullOr(Schema.String),
  price: DecimalText,
  size: DecimalText,
  side: Side
}).annotate({ identifier: "TradeEvent" })
export const BookSnapshotEvent = Schema.Struct({ type: Schema.Literal("book_snapshot"), ...head, ...sides }).annotate({
  identifier: "BookSnapshotEvent"
})
export const BookChangeEvent = Schema.Struct({ type: Schema.Literal("book_change"), ...head, ...sides }).annotate({
  identifier: "BookChangeEvent"
})
export const StatusEvent = Schema.Struct({
  type: Schema.Literal("status"),
  ...head,
  state: FeedState,
  reason: Schema.NullOr(Schema.String),
  reason_code: Schema.NullOr(ReasonCode)
}).annotate({ identifier: "StatusEvent" })

export const MarketEvent = Schema.Union([SpreadEvent, TradeEvent, BookSnapshotEvent, BookChangeEvent, StatusEvent])
export type MarketEvent = typeof MarketEvent.Type
export type EventType = MarketEvent["type"]

/** A book by request: the truth label, then the levels, best first. */
export class Book extends Schema.Class<Book>("Book")({
  market_id: MarketId,
  tag: Schema.String,
  ...FeedStatus.fields,
  ts_exchange: Schema.NullOr(Schema.Int),
  ts_received: Schema.NullOr(Schema.Int),
  depth: Schema.Int.annotate({ description: "Levels asked for, a side" }),
  bid_levels: Schema.Int.annotate({ description: "Levels the whole book has on this side" }),
  ask_levels: Schema.Int,
  ...sides
}) {}
