// Owns the frames and the REST book of Bybit v5 as schemas, and what tells its topics apart. What they mean is
// Bybit.ts.
// Invariant: a frame of another topic never passes for a book or a trade.
import { Schema } from "effect"
import { DecimalText } from "../../wire/DecimalText.ts"
import { Recurring } from "../../wire/Recurring.ts"
import { Unread } from "../../wire/Unread.ts"
import { parse } from "../../wire/Wire.ts"

const Levels = Schema.Array(Schema.Tuple([DecimalText, DecimalText]))
/** Marks what another member of the union has, so that no frame passes for two. */
const absent = Schema.optionalKey(Schema.Never)
const topic = (pattern: RegExp) => Recurring.check(Schema.isPattern(pattern))
export const Book = Schema.Struct({
  success: absent,
  topic: topic(/^orderbook\./),
  type: Schema.Literals(["delta", "snapshot"]),
  ts: Schema.Number,
  cts: Schema.optionalKey(Schema.Number),
  data: Schema.Struct({
    s: Recurring,
    b: Levels,
    a: Levels,
    u: Schema.Int,
    seq: Schema.optionalKey(Schema.Int)
  })
})
const Trade = Schema.Struct({
  T: Schema.Number,
  s: Recurring,
  S: Schema.Literals(["Buy", "Sell"]),
  v: DecimalText,
  p: DecimalText,
  i: Schema.String,
  BT: Schema.optionalKey(Schema.Boolean)
})
export const Trades = Schema.Struct({
  success: absent,
  topic: topic(/^publicTrade\./),
  ts: Schema.Number,
  data: Schema.Array(Trade)
})
export const Reply = Schema.Struct({
  topic: absent,
  success: Schema.Boolean,
  ret_msg: Schema.String,
  op: Schema.String,
  req_id: Schema.optionalKey(Schema.String)
})
export const Frame = Schema.Union([
  Book,
  Trades,
  Reply,
  Schema.Struct({ success: absent, op: Schema.Literal("pong"), topic: absent }),
  Schema.Struct({
    success: absent,
    topic: topic(/^(?!orderbook\.(?!1\.)\d+\.|publicTrade\.)/),
    data: Unread
  })
])
export type Frame = typeof Frame.Type
export type Book = typeof Book.Type
export type Reply = typeof Reply.Type
export type Trades = typeof Trades.Type

/** Level 1 comes in snapshots alone, which repeat their id (section 7): no book is made of it. */
const BOOK_TOPIC = /^orderbook\.(?!1\.)\d+\./
const TRADE_TOPIC = "publicTrade."

export const isBook = (frame: Frame): frame is Book => frame.topic !== undefined && BOOK_TOPIC.test(frame.topic)
export const isTrades = (frame: Frame): frame is Trades => frame.topic?.startsWith(TRADE_TOPIC) === true

/** True for what names no topic of books or trades and, without any topic, brings no data. */
export const isControl = (json: unknown): boolean => {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return false
  if (!("topic" in json)) return !("data" in json) || ("op" in json && typeof json.op === "string")
  const { topic } = json
  return typeof topic === "string" && !topic.startsWith("orderbook.") && !topic.startsWith(TRADE_TOPIC)
}

/** The symbol of a topic of ours. */
export const symbolOf = (topic: string): string => topic.replace(/^(orderbook\.\d+|publicTrade)\./, "")

const RestBook = Schema.Struct({
  retCode: Schema.Literal(0),
  result: Schema.Struct({ s: Schema.String, b: Levels, a: Levels })
})
export const decodeRestBook = parse(RestBook)
