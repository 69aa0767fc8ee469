// Owns the shape of a book over all live feeds of a pair. How it is made is hub/Consolidated.ts.
import { Schema } from "effect"
import { DecimalText } from "./EventFields.ts"
import { FeedState } from "./FeedState.ts"
import { MarketId } from "./Market.ts"
import { MarketType } from "./MarketType.ts"
import { ReasonCode } from "./ReasonCode.ts"

export const ConsolidatedLevel = Schema.Struct({
  price: DecimalText,
  size: DecimalText,
  exchange: Schema.String,
  market_id: MarketId
}).annotate({ identifier: "ConsolidatedLevel", description: "A level of one venue; venues at one price have one each" })
export type ConsolidatedLevel = typeof ConsolidatedLevel.Type

const feed = { market_id: MarketId, tag: Schema.String, exchange: Schema.String }

export const LeftOut = Schema.Struct({
  ...feed,
  state: FeedState,
  reason: Schema.String,
  reason_code: ReasonCode
}).annotate({
  identifier: "LeftOut",
  description: "A market of the pair that is not in this book, with the reason"
})
export type LeftOut = typeof LeftOut.Type

export const Consolidated = Schema.Struct({
  pair: Schema.String,
  market_type: MarketType,
  size_unit: Schema.Literals(["base", "quote"]).annotate({
    description: "What all sizes count: the quote currency for INVERSE, the base currency for all others"
  }),
  depth: Schema.Int.annotate({ description: "Levels asked for, a side, over all venues together" }),
  crossed: Schema.Boolean.annotate({
    description:
      "True when the best bid is not below the best ask, which venues do to each other; fees are not considered"
  }),
  fees_included: Schema.Literal(false).annotate({ description: "No price here knows of a venue's fees" }),
  best_bid: Schema.NullOr(ConsolidatedLevel),
  best_ask: Schema.NullOr(ConsolidatedLevel),
  bids: Schema.Array(ConsolidatedLevel),
  asks: Schema.Array(ConsolidatedLevel),
  feeds: Schema.Array(
    Schema.Struct({
      ...feed,
      epoch: Schema.Int,
      seq: Schema.Int,
      ts_exchange: Schema.NullOr(Schema.Int),
      ts_received: Schema.NullOr(Schema.Int)
    }).annotate({ identifier: "ConsolidatedFeed" })
  ).annotate({ description: "The live feeds whose levels are here, and the place of each" }),
  left_out: Schema.Array(LeftOut).annotate({ description: "Every other market of the pair, with the reason" })
}).annotate({ identifier: "Consolidated" })
export type Consolidated = typeof Consolidated.Type
