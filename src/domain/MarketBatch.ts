// Owns what adding markets by patterns is asked for and answers; shapes alone. How it is done is layers/MarketAdder.ts.
import { Schema } from "effect"
import { MarketId } from "./Market.ts"
import { PatternText } from "./MarketPattern.ts"

/** What to add; what is left out has the default that its field says. */
export const NewMarketBatch = Schema.Struct({
  patterns: Schema.Array(PatternText).check(Schema.isBetweenLength(1, 20)),
  start: Schema.optionalKey(
    Schema.Boolean.annotate({ description: "Whether the feed of every matching market is started; false if left out" })
  ),
  limit: Schema.optionalKey(
    Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 5000 })).annotate({
      description: "More matching instruments than this are refused altogether; 500 if left out"
    })
  ),
  dry_run: Schema.optionalKey(
    Schema.Boolean.annotate({ description: "Whether to say what would be done, and do nothing; false if left out" })
  )
})
export type NewMarketBatch = typeof NewMarketBatch.Type

/** What became of one instrument that matched. */
export class BatchedMarket extends Schema.Class<BatchedMarket>("BatchedMarket")({
  tag: Schema.String.annotate({ description: "The tag of its market, there or not" }),
  native_symbol: Schema.String.annotate({ description: "As the venue lists it" }),
  market_id: Schema.NullOr(MarketId),
  outcome: Schema.Literals(["added", "exists", "would_add", "refused"]),
  started: Schema.Boolean.annotate({ description: "Whether this call switched its feed on" }),
  detail: Schema.NullOr(Schema.String).annotate({
    description: "Why it was refused or its feed could not be started; else null, or what is worth knowing"
  })
}) {}

/** One exchange whose listing was read for it. */
export class BatchedExchange extends Schema.Class<BatchedExchange>("BatchedExchange")({
  exchange: Schema.String,
  age: Schema.NullOr(Schema.Int).annotate({ description: "Seconds since its listing was read; null: never" }),
  error: Schema.NullOr(Schema.String).annotate({
    description: "Why nothing of it was added; null: its listing was had"
  })
}) {}

const Count = Schema.Int

export class MarketBatch extends Schema.Class<MarketBatch>("MarketBatch")({
  matched: Count.annotate({ description: "Instruments that match, delisted ones not counted" }),
  added: Count.annotate({ description: "Markets added; in a dry run those that would be" }),
  existing: Count,
  started: Count.annotate({ description: "Feeds that this call switched on" }),
  refused: Count,
  dry_run: Schema.Boolean,
  exchanges: Schema.Array(BatchedExchange),
  markets: Schema.Array(BatchedMarket).annotate({ description: "One a matching instrument, in the order of the tags" })
}) {}
