// Owns the wire schemas of Bitfinex's websocket v2; what the frames mean is Bitfinex.ts's affair. Data frames are arrays
// whose end depends on the connection's flags and may grow, so their tails are open. Invariant: a frame of another channel
// has rows of five elements or more, so that a spoiled level or trade (three, four) is never taken for one.
import { Schema } from "effect"
import { Unread } from "./Unread.ts"
import { Numeric } from "./Wire.ts"

const number = Schema.Number
const text = Schema.String
const tail = [Schema.Unknown] as const
const WireLevel = Schema.Tuple([Numeric, number, Numeric])
export type WireLevel = typeof WireLevel.Type
const WireTrade = Schema.Tuple([number, number, Numeric, Numeric])
export type WireTrade = typeof WireTrade.Type
const Update = Schema.TupleWithRest(Schema.Tuple([number, WireLevel]), tail)
export type Update = typeof Update.Type
const Heartbeat = Schema.TupleWithRest(Schema.Tuple([number, Schema.Literal("hb")]), tail)
const Executed = Schema.TupleWithRest(Schema.Tuple([number, Schema.Literals(["te", "tu"]), WireTrade]), tail)
export type Executed = typeof Executed.Type
const Checksum = Schema.TupleWithRest(Schema.Tuple([number, Schema.Literal("cs"), number]), tail)
const Snapshot = Schema.TupleWithRest(Schema.Tuple([number, Schema.Array(WireLevel)]), tail)
export type Snapshot = typeof Snapshot.Type
const History = Schema.TupleWithRest(Schema.Tuple([number, Schema.Array(WireTrade)]), tail)
// channels we do not ask for: tickers, candles, status, funding; their rows have five elements or more
const Scalar = Schema.NullOr(Schema.Union([number, text]))
const Row = Schema.TupleWithRest(Schema.Tuple([Scalar, Scalar, Scalar, Scalar, Scalar]), [Scalar])
const Other = Schema.TupleWithRest(Schema.Tuple([number, Schema.Union([Row, Schema.Array(Row)])]), tail)
const Funding = Schema.TupleWithRest(Schema.Tuple([number, Schema.Literals(["fte", "ftu"]), Unread]), tail)
const Data = Schema.Union([Update, Heartbeat, Executed, Checksum, Snapshot, History, Other, Funding])
export type Data = typeof Data.Type

const Conf = Schema.Struct({ event: Schema.Literal("conf"), status: text, flags: Schema.optionalKey(number) })
const Subscribed = Schema.Struct({
  event: Schema.Literal("subscribed"),
  channel: text,
  chanId: number,
  symbol: Schema.optionalKey(text)
})
export type Subscribed = typeof Subscribed.Type
const Unsubscribed = Schema.Struct({ event: Schema.Literal("unsubscribed"), chanId: number })
const Info = Schema.Struct({
  event: Schema.Literal("info"),
  code: Schema.optionalKey(number),
  msg: Schema.optionalKey(text),
  platform: Schema.optionalKey(Schema.Struct({ status: number }))
})
export type Info = typeof Info.Type
const Failure = Schema.Struct({
  event: Schema.Literal("error"),
  code: number,
  msg: text,
  channel: Schema.optionalKey(text),
  symbol: Schema.optionalKey(text),
  chanId: Schema.optionalKey(number)
})
export type Failure = typeof Failure.Type
const Pong = Schema.Struct({ event: Schema.Literal("pong") })
export const BitfinexFrame = Schema.Union([Data, Subscribed, Conf, Unsubscribed, Info, Failure, Pong])
export type BitfinexFrame = typeof BitfinexFrame.Type
export type Event = Exclude<BitfinexFrame, Data>
