// Owns the wire schemas of Bitfinex's websocket v2; what the frames mean is left to Bitfinex.ts. Data frames are arrays
// whose end depends on the connection's flags and may grow, so their tails are open. Invariant: a frame of another
// channel has rows of four elements or more (a funding book's have four), so that a spoiled level (three) is never
// taken for one.
import { Schema } from "effect"
import { Unread } from "../../wire/Unread.ts"
import { Numeric, parse } from "../../wire/Wire.ts"

const number = Schema.Number
const id = Schema.Int
const text = Schema.String
const tail = [Schema.Unknown] as const
const WireLevel = Schema.Tuple([Numeric, id, Numeric])
export type WireLevel = typeof WireLevel.Type
const WireTrade = Schema.Tuple([id, id, Numeric, Numeric])
export type WireTrade = typeof WireTrade.Type
const Update = Schema.TupleWithRest(Schema.Tuple([id, WireLevel]), tail)
export type Update = typeof Update.Type
const Heartbeat = Schema.TupleWithRest(Schema.Tuple([id, Schema.Literal("hb")]), tail)
const Executed = Schema.TupleWithRest(Schema.Tuple([id, Schema.Literals(["te", "tu"]), WireTrade]), tail)
export type Executed = typeof Executed.Type
const Checksum = Schema.TupleWithRest(Schema.Tuple([id, Schema.Literal("cs"), id]), tail)
export type Checksum = typeof Checksum.Type
const Snapshot = Schema.TupleWithRest(Schema.Tuple([id, Schema.Array(WireLevel)]), tail)
export type Snapshot = typeof Snapshot.Type
const History = Schema.TupleWithRest(Schema.Tuple([id, Schema.Array(WireTrade)]), tail)
// channels we do not ask for: tickers, candles, status, funding; their rows have four elements or more
const Scalar = Schema.NullOr(Schema.Union([number, text]))
const Row = Schema.TupleWithRest(Schema.Tuple([Scalar, Scalar, Scalar, Scalar]), [Scalar])
const Other = Schema.TupleWithRest(Schema.Tuple([id, Schema.Union([Row, Schema.Array(Row)])]), tail)
const Funding = Schema.TupleWithRest(Schema.Tuple([id, Schema.Literals(["fte", "ftu"]), Unread]), tail)
/** A kind of message that the venue added: its number counts, and its channel tells whether it may hold a book. */
const Novelty = Schema.TupleWithRest(
  Schema.Tuple([id, text.check(Schema.isPattern(/^(?!(hb|te|tu|cs|fte|ftu)$)/))]),
  tail
)
const Data = Schema.Union([Update, Heartbeat, Executed, Checksum, Snapshot, History, Other, Funding, Novelty])
export type Data = typeof Data.Type

const Conf = Schema.Struct({ event: Schema.Literal("conf"), status: text, flags: Schema.optionalKey(id) })
const Subscribed = Schema.Struct({
  event: Schema.Literal("subscribed"),
  channel: text,
  chanId: id,
  symbol: Schema.optionalKey(text)
})
export type Subscribed = typeof Subscribed.Type
const Unsubscribed = Schema.Struct({ event: Schema.Literal("unsubscribed"), chanId: id })
const Info = Schema.Struct({
  event: Schema.Literal("info"),
  code: Schema.optionalKey(id),
  msg: Schema.optionalKey(text),
  platform: Schema.optionalKey(Schema.Struct({ status: number }))
})
export type Info = typeof Info.Type
const Failure = Schema.Struct({
  event: Schema.Literal("error"),
  code: id,
  msg: text,
  channel: Schema.optionalKey(text),
  symbol: Schema.optionalKey(text),
  chanId: Schema.optionalKey(id),
  pair: Schema.optionalKey(text)
})
export type Failure = typeof Failure.Type
const Pong = Schema.Struct({ event: Schema.Literal("pong") })
export const BitfinexFrame = Schema.Union([Data, Subscribed, Conf, Unsubscribed, Info, Failure, Pong])
export type BitfinexFrame = typeof BitfinexFrame.Type
export type Event = Exclude<BitfinexFrame, Data>

/** Books and trades come as arrays; what is an object is an event. */
export const isEvent = (json: unknown): boolean => typeof json === "object" && json !== null && !Array.isArray(json)

/** The REST book, bids best first, then asks best first; null for a refusal. */
export const decodeRestBook = parse(Schema.Array(WireLevel))
