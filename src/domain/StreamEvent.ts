// Owns the shapes of what streams say: what a feed says (Event.ts), the channels at intervals (PeriodicChannels.ts),
// and how a client's own stream fares.
import { Schema } from "effect"
import { MARKET_EVENTS } from "./Event.ts"
import { FeedState } from "./FeedState.ts"
import { MarketId } from "./Market.ts"
import { PERIODIC_EVENTS } from "./PeriodicChannels.ts"
import { ReasonCode } from "./ReasonCode.ts"

const place = { market_id: MarketId, tag: Schema.String, epoch: Schema.Int, seq: Schema.Int }
const reason = Schema.NullOr(Schema.String)
const reason_code = Schema.NullOr(ReasonCode)

/**
 * A whole book, which replaces what a consumer of `book_change` holds; or, with `channel` and its companions, the best
 * `depth` levels of channel `book_snapshot_<depth>_<interval>ms`.
 */
const StreamSnapshotEvent = Schema.Struct({
  ...MARKET_EVENTS.book_snapshot.fields,
  channel: Schema.optionalKey(Schema.String),
  depth: Schema.optionalKey(Schema.Int),
  interval_ms: Schema.optionalKey(Schema.Int),
  state: Schema.optionalKey(FeedState),
  reason: Schema.optionalKey(reason),
  reason_code: Schema.optionalKey(reason_code)
}).annotate({ identifier: "StreamSnapshotEvent" })

/** Answers `since`, once a market. Not resumed: what follows is how things stand now, as for a newcomer. */
const ResumeEvent = Schema.Struct({
  type: Schema.Literal("resume"),
  ...place,
  resumed: Schema.Boolean,
  reason,
  events: Schema.Int.annotate({ description: "How many events follow that came meanwhile" })
}).annotate({ identifier: "ResumeEvent" })

/** With delivery `latest`: so many events of this channel were left out; the newest state follows. */
const SkippedEvent = Schema.Struct({
  type: Schema.Literal("skipped"),
  market_id: Schema.NullOr(MarketId),
  tag: Schema.NullOr(Schema.String),
  channel: Schema.String,
  count: Schema.Int
}).annotate({ identifier: "SkippedEvent" })

export const StreamEvent = Schema.Union([
  ...Object.values({ ...MARKET_EVENTS, book_snapshot: StreamSnapshotEvent }),
  ...Object.values(PERIODIC_EVENTS),
  ResumeEvent,
  SkippedEvent
]).annotate({ identifier: "StreamEvent" })
export type StreamEvent = typeof StreamEvent.Type
