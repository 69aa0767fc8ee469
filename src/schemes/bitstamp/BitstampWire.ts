// Owns the shapes of Bitstamp's frames and of its REST book; what they mean is Bitstamp.ts's. Invariant: a frame passes
// for one shape only, and a malformed frame of a channel that is ours for none.
import { Schema } from "effect"
import { DecimalText } from "../../wire/DecimalText.ts"
import { Recurring } from "../../wire/Recurring.ts"
import { Unread } from "../../wire/Unread.ts"
import { WholeText } from "../../wire/WholeText.ts"

const Levels = Schema.Array(Schema.Tuple([DecimalText, DecimalText]))
export const Book = Schema.Struct({ microtimestamp: WholeText, bids: Levels, asks: Levels })
const Trade = Schema.Struct({
  id: Schema.Number,
  id_str: Schema.optionalKey(Schema.String),
  type: Schema.Number,
  price_str: DecimalText,
  amount_str: DecimalText,
  microtimestamp: WholeText
})
const matching = (pattern: RegExp) => Recurring.check(Schema.isPattern(pattern))
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

/** All that holds books or trades comes as `data` or `trade`, or on their channels; `bts:` frames never do. */
export const isControl = (json: unknown): boolean => {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return false
  if (!("event" in json)) return !("data" in json) && !("channel" in json)
  if (typeof json.event !== "string") return false
  if (json.event.startsWith("bts:")) return true
  const channel = "channel" in json ? json.channel : ""
  const ours = typeof channel !== "string" || /^((diff_)?order_book|live_trades)_/.test(channel)
  return !ours && json.event !== "data" && json.event !== "trade"
}

export type BookFrame = typeof BookFrame.Type
export type TradeFrame = typeof TradeFrame.Type
export type Control = typeof Control.Type
export type Frame = typeof Frame.Type
export type Book = typeof Book.Type
export type Trade = typeof Trade.Type
