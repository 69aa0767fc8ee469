// Owns the shapes of Bitstamp's frames and of its REST book; what they mean is Bitstamp.ts's. Invariant: a frame passes for
// one shape only, and a malformed frame of a channel that is ours for none.
import { Schema } from "effect"
import { Unread } from "./Unread.ts"

const Levels = Schema.Array(Schema.Tuple([Schema.String, Schema.String]))
export const Book = Schema.Struct({ microtimestamp: Schema.String, bids: Levels, asks: Levels })
const Trade = Schema.Struct({
  id: Schema.Number,
  id_str: Schema.optionalKey(Schema.String),
  type: Schema.Literals([0, 1]),
  price_str: Schema.String,
  amount_str: Schema.String,
  microtimestamp: Schema.String
})
const matching = (pattern: RegExp) => Schema.String.check(Schema.isPattern(pattern))
const BookFrame = Schema.Struct({
  event: Schema.Literal("data"),
  channel: matching(/^(diff_)?order_book_/),
  data: Book
})
const TradeFrame = Schema.Struct({ event: Schema.Literal("trade"), channel: matching(/^live_trades_/), data: Trade })
const Control = Schema.Union([
  Schema.Struct({ event: Schema.Literal("bts:heartbeat") }),
  Schema.Struct({ event: Schema.Literal("bts:subscription_succeeded"), channel: Schema.String }),
  Schema.Struct({ event: Schema.Literal("bts:unsubscription_succeeded"), channel: Schema.String }),
  Schema.Struct({ event: Schema.Literal("bts:request_reconnect") }),
  Schema.Struct({
    event: Schema.Literal("bts:error"),
    data: Schema.Struct({ code: Schema.NullOr(Schema.Number), message: Schema.String })
  })
])
const Other = Schema.Struct({
  event: matching(/^(?!bts:)/),
  channel: matching(/^(?!(diff_)?order_book_|live_trades_)/),
  data: Unread
})
export const Frame = Schema.Union([BookFrame, TradeFrame, Control, Other])
export type BookFrame = typeof BookFrame.Type
export type TradeFrame = typeof TradeFrame.Type
export type Control = typeof Control.Type
export type Frame = typeof Frame.Type
export type Book = typeof Book.Type
export type Trade = typeof Trade.Type
