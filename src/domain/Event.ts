// Owns the shapes of what leaves a feed. Every event names its market, its epoch and its place in the market's own
// count; times are microseconds since 1970, prices and sizes canonical decimal text. A consumer that applies a snapshot
// and all changes of an epoch holds exactly level4's book. Which kinds there are is EventKinds.ts.
import { Schema } from "effect"
import { PriceLevel } from "./EventFields.ts"
import { EVENT_KINDS, eventSchemas } from "./EventKinds.ts"
import { FeedStatus } from "./FeedState.ts"
import { MarketId } from "./Market.ts"

/** By type. */
export const MARKET_EVENTS = eventSchemas(EVENT_KINDS)

export const MarketEvent = Schema.Union(Object.values(MARKET_EVENTS))
export type MarketEvent = typeof MarketEvent.Type

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
  bids: Schema.Array(PriceLevel),
  asks: Schema.Array(PriceLevel)
}) {}
