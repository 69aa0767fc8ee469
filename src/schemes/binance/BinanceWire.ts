// Owns the frames and REST bodies of Binance's three systems as schemas. What they mean is Binance.ts and
// BinanceBook.ts.
// Invariant: a frame of another stream never passes for one of ours.
import { Schema } from "effect"
import { DecimalText } from "../../wire/DecimalText.ts"
import { isWithout } from "../../wire/isWithout.ts"
import { Recurring } from "../../wire/Recurring.ts"
import { Unread } from "../../wire/Unread.ts"
import { millis, parse } from "../../wire/Wire.ts"

const Levels = Schema.Array(Schema.Tuple([DecimalText, DecimalText]))
export const Depth = Schema.Struct({
  e: Schema.Literal("depthUpdate"),
  E: Schema.Number,
  T: Schema.optionalKey(Schema.Number),
  s: Recurring,
  U: Schema.Int,
  u: Schema.Int,
  pu: Schema.optionalKey(Schema.Int),
  b: Levels,
  a: Levels
})
export type Depth = typeof Depth.Type
export const AggTrade = Schema.Struct({
  e: Schema.Literal("aggTrade"),
  s: Recurring,
  a: Schema.Int,
  p: DecimalText,
  q: DecimalText,
  T: Schema.Number,
  m: Schema.Boolean
})
export const Trade = Schema.Struct({
  e: Schema.Literal("trade"),
  s: Recurring,
  t: Schema.Int,
  p: DecimalText,
  q: DecimalText,
  T: Schema.Number,
  m: Schema.Boolean,
  X: Schema.optionalKey(Recurring)
})
export const Shutdown = Schema.Struct({ e: Schema.Literal("serverShutdown") })
const stream = Recurring
// another stream's data must not pass for one of ours, whatever its stream is called
const OtherData = Schema.Struct({
  e: Schema.optionalKey(Recurring.check(Schema.isPattern(/^(?!(depthUpdate|aggTrade|trade|serverShutdown)$)/)))
})
const OtherStream = Schema.Struct({
  stream: Recurring.check(Schema.isPattern(/^[^@]*@(?!depth(@|$)|trade$|aggTrade$)|^!(?!serverShutdown)/)),
  data: Schema.Union([OtherData, Schema.Array(Unread)])
})
const Reply = Schema.Struct({ result: Schema.NullOr(Schema.Array(Schema.String)), id: Schema.NullOr(Schema.Number) })
const Failure = Schema.Struct({
  id: Schema.optionalKey(Schema.NullOr(Schema.Number)),
  error: Schema.Struct({ code: Schema.Number, msg: Schema.String })
})
const BareFailure = Schema.Struct({ code: Schema.Number, msg: Schema.String })
export const Frame = Schema.Union([
  Schema.Struct({ stream, data: Depth }),
  Schema.Struct({ stream, data: AggTrade }),
  Schema.Struct({ stream, data: Trade }),
  Schema.Struct({ stream, data: Shutdown }),
  OtherStream,
  Reply,
  Failure,
  BareFailure,
  // an address without combined streams gives the inner frame alone (sheet section 5, 2026-05)
  Shutdown
])
export type Frame = typeof Frame.Type
export const Snapshot = Schema.Struct({
  lastUpdateId: Schema.Int,
  bids: Levels,
  asks: Levels,
  T: Schema.optionalKey(Schema.Number)
})

/** A new listing's empty book has the position -1; no other one is below zero. */
const isPlaced = ({ lastUpdateId, bids, asks }: typeof Snapshot.Type): boolean =>
  lastUpdateId >= 0 || (lastUpdateId === -1 && bids.length + asks.length === 0)

const RestFailure = Schema.Struct({ code: Schema.Number, msg: Schema.String })

/**
 * What carries books and trades: streams and events of these names, or, without any name, at least one of these keys.
 */
const OUR_STREAM = /@(depth|trade|aggTrade)|^!serverShutdown/
const OUR_EVENTS: ReadonlySet<unknown> = new Set(["depthUpdate", "trade", "aggTrade"])
const isNameless = isWithout("data", "s", "U", "u", "b", "a", "p", "q", "bids", "asks", "lastUpdateId")

export const isControl = (json: unknown): boolean => {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return false
  if ("stream" in json) return typeof json.stream === "string" && !OUR_STREAM.test(json.stream)
  return "e" in json ? typeof json.e === "string" && !OUR_EVENTS.has(json.e) : isNameless(json)
}

/**
 * Times above this are microseconds, which `?timeUnit=MICROSECOND` in the address asks for: as milliseconds it is 5138.
 */
const MILLIS_END = 1e14

/** A time of the venue in microseconds, whichever unit the address chose. */
export const micros = (time: number): number => (time < MILLIS_END ? millis(time) : time)

const parseSnapshot = parse(Snapshot)
export const decodeSnapshot = (body: string): typeof Snapshot.Type | null => {
  const book = parseSnapshot(body)
  return book !== null && isPlaced(book) ? book : null
}
export const decodeRestFailure = parse(RestFailure)
