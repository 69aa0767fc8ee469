// Owns the shapes of what only streams tell: the tops of books at intervals, and how a client's own stream fares. What
// a feed tells is Event.ts.
import { Schema } from "effect"
import { Consolidated } from "./Consolidated.ts"
import { BookChangeEvent, BookSnapshotEvent, Quote, SpreadEvent, StatusEvent, TradeEvent } from "./Event.ts"
import { FeedState } from "./FeedState.ts"
import { MarketId } from "./Market.ts"
import { ReasonCode } from "./ReasonCode.ts"

const place = { market_id: MarketId, tag: Schema.String, epoch: Schema.Int, seq: Schema.Int }
const reason = Schema.NullOr(Schema.String)
const reason_code = Schema.NullOr(ReasonCode)

/**
 * A whole book, which replaces what a consumer of `book_change` holds; or, with `channel` and its companions, the best
 * `depth` levels of channel `book_snapshot_<depth>_<interval>ms`.
 */
export const StreamSnapshotEvent = Schema.Struct({
  ...BookSnapshotEvent.fields,
  channel: Schema.optionalKey(Schema.String),
  depth: Schema.optionalKey(Schema.Int),
  interval_ms: Schema.optionalKey(Schema.Int),
  state: Schema.optionalKey(FeedState),
  reason: Schema.optionalKey(reason),
  reason_code: Schema.optionalKey(reason_code)
}).annotate({ identifier: "StreamSnapshotEvent" })

export const QuoteEvent = Schema.Struct({
  type: Schema.Literal("quote"),
  ...place,
  ts_exchange: Schema.NullOr(Schema.Int),
  ts_received: Schema.Int,
  state: FeedState,
  reason,
  reason_code,
  channel: Schema.String,
  interval_ms: Schema.Int,
  bid: Schema.NullOr(Quote),
  ask: Schema.NullOr(Quote)
}).annotate({ identifier: "QuoteEvent" })

export const ConsolidatedEvent = Schema.Struct({
  type: Schema.Literal("consolidated"),
  channel: Schema.String,
  ...Consolidated.fields
}).annotate({ identifier: "ConsolidatedEvent" })

/** Answers `since`, once a market. Not resumed: what follows is how things stand now, as for a newcomer. */
export const ResumeEvent = Schema.Struct({
  type: Schema.Literal("resume"),
  ...place,
  resumed: Schema.Boolean,
  reason,
  events: Schema.Int.annotate({ description: "How many events follow that came meanwhile" })
}).annotate({ identifier: "ResumeEvent" })

/** With delivery `latest`: so many events of this channel were left out; the newest state follows. */
export const SkippedEvent = Schema.Struct({
  type: Schema.Literal("skipped"),
  market_id: Schema.NullOr(MarketId),
  tag: Schema.NullOr(Schema.String),
  channel: Schema.String,
  count: Schema.Int
}).annotate({ identifier: "SkippedEvent" })

export const StreamEvent = Schema.Union([
  SpreadEvent,
  TradeEvent,
  StreamSnapshotEvent,
  BookChangeEvent,
  StatusEvent,
  QuoteEvent,
  ConsolidatedEvent,
  ResumeEvent,
  SkippedEvent
]).annotate({ identifier: "StreamEvent" })
export type StreamEvent = typeof StreamEvent.Type
