// Owns the frames of Gemini's websocket API as schemas. What they mean is Gemini.ts. Invariant: a frame without a kind
// of its own (trade, partial depth, ticker, reply) passes for one of them alone.
import { Schema } from "effect"
import { DecimalText } from "../../wire/DecimalText.ts"
import { isWithout } from "../../wire/isWithout.ts"
import { Recurring } from "../../wire/Recurring.ts"

const Sides = Schema.Array(Schema.Tuple([DecimalText, DecimalText]))
/** Marks what another member of the union has, so that no frame passes for two. */
const absent = Schema.optionalKey(Schema.Never)
export const Depth = Schema.Struct({
  e: Schema.Literal("depthUpdate"),
  E: Schema.Number,
  s: Recurring,
  U: Schema.Int,
  u: Schema.Int,
  b: Sides,
  a: Sides
})
export const Trade = Schema.Struct({
  e: absent,
  status: absent,
  lastUpdateId: absent,
  E: Schema.Number,
  s: Recurring,
  t: Schema.Int,
  p: DecimalText,
  q: DecimalText,
  m: Schema.Boolean
})
export const Partial = Schema.Struct({
  e: absent,
  status: absent,
  lastUpdateId: Schema.Int,
  symbol: Schema.String,
  bids: Sides,
  asks: Sides
})
export const Reply = Schema.Struct({
  e: absent,
  id: Schema.NullOr(Schema.Union([Schema.Number, Schema.String])),
  status: Schema.Number,
  error: Schema.optionalKey(Schema.Struct({ code: Schema.Number, msg: Schema.String }))
})
const Ticker = Schema.Struct({
  e: absent,
  status: absent,
  lastUpdateId: absent,
  t: absent,
  u: Schema.Number,
  s: Recurring,
  B: Schema.String,
  A: Schema.String
})
export const Frame = Schema.Union([
  Depth,
  Trade,
  Partial,
  Reply,
  Ticker,
  Schema.Struct({ e: Schema.String.check(Schema.isPattern(/^(?!depthUpdate$)/)) })
])
export type Frame = typeof Frame.Type
export type Depth = typeof Depth.Type
export type Trade = typeof Trade.Type
export type Reply = typeof Reply.Type
export type Partial = typeof Partial.Type

/** Books and trades have at least one of these; what has none is a control frame. */
export const isControl = isWithout("e", "s", "symbol", "b", "a", "p", "q", "bids", "asks", "lastUpdateId")
