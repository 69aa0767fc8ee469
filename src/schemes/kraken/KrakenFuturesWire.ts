// Owns the wire schemas of Kraken's derivatives, websocket v1 and the REST book; what they mean is KrakenFutures.ts.
// Invariant: what bears an event is a reply, never data, so that no frame passes for two.
import { Schema } from "effect"
import { isWithout } from "../../wire/isWithout.ts"
import { Recurring } from "../../wire/Recurring.ts"
import { Numeric, parse } from "../../wire/Wire.ts"

const Side = Schema.Literals(["buy", "sell"])
/** What bears an event is a reply, never data. */
const noEvent = { event: Schema.optionalKey(Schema.Never) }
const Change = Schema.Struct({
  ...noEvent,
  feed: Schema.Literal("book"),
  product_id: Recurring,
  side: Side,
  seq: Schema.Int,
  price: Numeric,
  qty: Numeric,
  timestamp: Schema.optionalKey(Schema.Finite)
})
const Trade = Schema.Struct({
  ...noEvent,
  feed: Schema.Literal("trade"),
  product_id: Recurring,
  side: Side,
  seq: Schema.Int,
  time: Schema.Finite,
  price: Numeric,
  qty: Numeric
})
const Levels = Schema.Array(Schema.Struct({ price: Numeric, qty: Numeric }))
const Snapshot = Schema.Struct({
  ...noEvent,
  feed: Schema.Literal("book_snapshot"),
  product_id: Recurring,
  seq: Schema.Int,
  bids: Levels,
  asks: Levels,
  timestamp: Schema.optionalKey(Schema.Finite)
})
const History = Schema.Struct({
  ...noEvent,
  feed: Schema.Literal("trade_snapshot"),
  product_id: Recurring,
  trades: Schema.Array(Trade)
})
const Other = Schema.Struct({ ...noEvent, feed: Schema.Literals(["heartbeat", "ticker", "ticker_lite"]) })
const Replied = Schema.Struct({
  event: Schema.Literals(["subscribed", "unsubscribed", "subscribed_failed", "unsubscribed_failed"]),
  feed: Schema.String,
  product_ids: Schema.optionalKey(Schema.Array(Schema.String))
})
const Said = Schema.Struct({ event: Schema.Literals(["info", "pong"]) })
const Notice = Schema.Struct({ event: Schema.Literals(["alert", "error"]), message: Schema.String })
export const KrakenFuturesFrame = Schema.Union([Change, Trade, Snapshot, History, Replied, Said, Notice, Other])
export type KrakenFuturesFrame = typeof KrakenFuturesFrame.Type
export type Change = typeof Change.Type
export type Trade = typeof Trade.Type
export type Snapshot = typeof Snapshot.Type
export type History = typeof History.Type
export type Replied = typeof Replied.Type
export type Notice = typeof Notice.Type

/** Books and trades come on feeds of these names and no others; what bears an event is a reply. */
const FEEDS: ReadonlySet<unknown> = new Set(["book", "book_snapshot", "trade", "trade_snapshot"])
const isNameless = isWithout("product_id", "seq", "bids", "asks", "price", "qty", "trades")
export const isControl = (json: unknown): boolean => {
  if (typeof json !== "object" || json === null) return false
  if ("feed" in json) return typeof json.feed === "string" && ("event" in json || !FEEDS.has(json.feed))
  return "event" in json ? typeof json.event === "string" : isNameless(json)
}

const RestSide = Schema.Array(Schema.Tuple([Numeric, Numeric]))
/** The REST book: whole sides. */
export const decodeRestBook = parse(Schema.Struct({ orderBook: Schema.Struct({ bids: RestSide, asks: RestSide }) }))
