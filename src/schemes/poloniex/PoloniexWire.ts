// Owns the frames and REST books of Poloniex's two platforms as schemas. What they mean is Poloniex.ts. Invariant: a
// frame of another channel never passes for a book or a trade.
import { Schema } from "effect"
import { DecimalText } from "../../wire/DecimalText.ts"
import { type Levels, level } from "../Instruction.ts"
import { Recurring } from "../../wire/Recurring.ts"
import { Unread } from "../../wire/Unread.ts"
import { parse } from "../../wire/Wire.ts"

const Sides = Schema.Array(Schema.Tuple([DecimalText, DecimalText]))
const sides = { asks: Sides, bids: Sides, id: Schema.Int }
const SpotBook = Schema.Struct({ symbol: Recurring, createTime: Schema.Number, lastId: Schema.Int, ...sides })
const PerpBook = Schema.Struct({ s: Recurring, cT: Schema.Number, lid: Schema.Int, ...sides })
const SpotTrade = Schema.Struct({
  symbol: Recurring,
  id: Schema.String,
  price: DecimalText,
  quantity: DecimalText,
  takerSide: Schema.Literals(["buy", "sell"]),
  createTime: Schema.Number
})
const PerpTrade = Schema.Struct({
  s: Recurring,
  id: Schema.Int,
  px: DecimalText,
  qty: DecimalText,
  side: Schema.Literals(["buy", "sell"]),
  cT: Schema.Number
})
/** Marks what another member of the union has, so that no frame passes for two. */
const absent = Schema.optionalKey(Schema.Never)
const action = Schema.Literals(["update", "snapshot"])
export const BookFrame = Schema.Union([
  Schema.Struct({ event: absent, channel: Schema.Literal("book_lv2"), data: Schema.Array(SpotBook), action }),
  Schema.Struct({ event: absent, channel: Schema.Literal("book_lv2"), data: Schema.Array(PerpBook), action })
])
export const TradeFrame = Schema.Union([
  Schema.Struct({ event: absent, channel: Schema.Literal("trades"), data: Schema.Array(SpotTrade) }),
  Schema.Struct({ event: absent, channel: Schema.Literal("trades"), data: Schema.Array(PerpTrade) })
])
export const Control = Schema.Union([
  Schema.Struct({ event: Schema.Literal("pong") }),
  Schema.Struct({
    event: Schema.Literals(["subscribe", "unsubscribe"]),
    channel: Schema.String,
    symbols: Schema.Array(Schema.String)
  }),
  Schema.Struct({ event: Schema.Literal("error"), message: Schema.String }),
  Schema.Struct({ event: Schema.Literals(["unsubscribe_all", "list_subscriptions"]) })
])
const Other = Schema.Struct({
  event: absent,
  channel: Schema.String.check(Schema.isPattern(/^(?!(book_lv2|trades)$)/)),
  data: Unread
})
export const Frame = Schema.Union([BookFrame, TradeFrame, Control, Other])
export type BookFrame = typeof BookFrame.Type
export type TradeFrame = typeof TradeFrame.Type
export type Control = typeof Control.Type
export type Frame = typeof Frame.Type
export type Book = typeof SpotBook.Type | typeof PerpBook.Type
export type Trade = typeof SpotTrade.Type | typeof PerpTrade.Type

export const isBooks = (frame: Frame): frame is BookFrame => frame.event === undefined && frame.channel === "book_lv2"
export const isTrades = (frame: Frame): frame is TradeFrame => frame.event === undefined && frame.channel === "trades"

/** True for what brings no data, or names a channel that is neither of ours. */
export const isControl = (json: unknown): boolean => {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return false
  if (!("data" in json)) return true
  if (!("channel" in json)) return "event" in json && typeof json.event === "string"
  const { channel } = json
  return typeof channel === "string" && channel !== "book_lv2" && channel !== "trades"
}

/** Spot has its sides as flat lists: price, size, price, size (section 3, unverified; pairs are read as well). */
const Flat = Schema.Array(DecimalText)
const decodeFlatBook = parse(Schema.Struct({ bids: Flat, asks: Flat }))
const decodePairedBook = parse(Schema.Struct({ bids: Sides, asks: Sides }))
const PerpRest = Schema.Struct({ code: Schema.Literal(200), data: Schema.Struct({ bids: Sides, asks: Sides }) })
const decodePerpBook = parse(PerpRest)

const paired = (side: typeof Flat.Type): Levels =>
  Array.from({ length: side.length >> 1 }, (_, n) => level(side[2 * n]!, side[2 * n + 1]!))

interface RestBook {
  readonly bids: Levels
  readonly asks: Levels
}

export const readSpotBook = (body: string): RestBook | null => {
  const book = decodeFlatBook(body)
  if (book === null) return decodePairedBook(body)
  const { bids, asks } = book
  return (bids.length % 2) + (asks.length % 2) === 0 ? { bids: paired(bids), asks: paired(asks) } : null
}

export const readPerpBook = (body: string): RestBook | null => decodePerpBook(body)?.data ?? null
