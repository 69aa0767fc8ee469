// Owns the shapes of a quote: what an order of a size would meet in a book, of one market or of all venues of a pair.
// How it is reckoned is quote.ts's. Invariant: all is of one book at one moment, and of a live one.
import { Schema } from "effect"
import { LeftOut } from "./Consolidated.ts"
import { DecimalText } from "./EventFields.ts"
import { FeedState } from "./FeedState.ts"
import { MarketId } from "./Market.ts"
import { MarketType } from "./MarketType.ts"

export const QuoteSide = Schema.Literals(["buy", "sell"]).annotate({
  identifier: "QuoteSide",
  description: "buy takes the asks, sell the bids"
})
export type QuoteSide = typeof QuoteSide.Type

/** A size as it is asked for; not canonical. */
export const QuoteSize = Schema.String.check(
  Schema.isPattern(/^(?=.*[1-9])\d{1,18}(\.\d{1,18})?$/, {
    message: "Expected a decimal above zero such as 0.5, with at most 18 digits on each side of the point"
  })
)

const Vwap = DecimalText.annotate({
  description:
    "The average price, weighed by what is bought or sold in the base currency; to 12 significant digits, half to even"
})

const walked = {
  side: QuoteSide,
  size: DecimalText,
  vwap: Vwap,
  best_price: DecimalText,
  worst_price: DecimalText,
  notional: Schema.NullOr(DecimalText).annotate({
    description:
      "What the size is worth in the quote currency, exactly; null where the worth of a contract is not known"
  }),
  levels: Schema.Int.annotate({ description: "Price levels that the size reaches into" })
}

const age_ms = Schema.Int.annotate({
  description: "Milliseconds since the last change of the book was received; over several books, of the oldest used"
})

export const MarketQuote = Schema.Struct({
  market_id: MarketId,
  tag: Schema.String,
  ...walked,
  size_unit: Schema.NullOr(Schema.Literals(["base", "quote", "contracts"])).annotate({
    description: "What size counts: the market's own unit"
  }),
  state: FeedState,
  epoch: Schema.Int,
  seq: Schema.Int,
  age_ms,
  ts_exchange: Schema.NullOr(Schema.Int),
  ts_received: Schema.NullOr(Schema.Int)
}).annotate({ identifier: "MarketQuote" })
export type MarketQuote = typeof MarketQuote.Type

export const Fill = Schema.Struct({
  exchange: Schema.String,
  market_id: MarketId,
  tag: Schema.String,
  size: DecimalText,
  vwap: Vwap
}).annotate({ identifier: "QuoteFill", description: "The part of the size that one venue would fill" })
export type Fill = typeof Fill.Type

export const PairQuote = Schema.Struct({
  pair: Schema.String,
  market_type: MarketType,
  ...walked,
  size_unit: Schema.Literals(["base", "quote"]),
  age_ms,
  fills: Schema.Array(Fill).annotate({ description: "By venue, the largest part first" }),
  excluded: Schema.Array(LeftOut).annotate({ description: "Every market of the pair that was not asked, and why" })
}).annotate({ identifier: "PairQuote" })
export type PairQuote = typeof PairQuote.Type
