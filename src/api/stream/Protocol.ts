// Owns what is said on the websocket of GET /stream, both ways. A message that begins with `[` holds events
// (domain/StreamEvent.ts) in order, the events of one window; one that begins with `{` answers a message of the client.
// What a client sends is decoded here alone; a fault names the field by JSON pointer. Pure.
import { Result, Schema } from "effect"
import { FeedState } from "../../domain/FeedState.ts"
import { MarketId } from "../../domain/Market.ts"
import { StreamEvent } from "../../domain/StreamEvent.ts"
import { type SchemaFault, schemaFaults } from "../schemaFaults.ts"

/** What the client likes to find again in the answer. */
const RequestId = Schema.Union([Schema.Int, Schema.String.check(Schema.isMaxLength(64))]).annotate({
  message: "Expected a whole number, or a text of at most 64 characters"
})
type RequestId = typeof RequestId.Type

export const Delivery = Schema.Literals(["lossless", "latest"]).annotate({
  identifier: "Delivery",
  message: "Expected lossless or latest",
  description:
    "lossless: every event, and a close (1013) with the reason when too many wait; latest: when too many wait " +
    "they are skipped and " +
    "counted, and the newest state follows"
})
export type Delivery = typeof Delivery.Type

/** Numbers of markets, tags, or tags with * for any text; or "*" for all markets. */
const MarketName = Schema.Union([MarketId, Schema.String.check(Schema.isBetweenLength(1, 128))]).annotate({
  message: 'Expected the number of a market, its tag such as "KRAKEN.SPOT:BTC-USD", or a tag with * for any text'
})
const Markets = Schema.Union([Schema.Literal("*"), Schema.Array(MarketName).check(Schema.isMaxLength(1_000))]).annotate(
  { message: 'Expected "*", or an array such as [1,"KRAKEN.SPOT:BTC-USD","*.SPOT:BTC-*"]' }
)
const Channels = Schema.Array(Schema.String.check(Schema.isMaxLength(128))).check(
  Schema.isMinLength(1),
  Schema.isMaxLength(32)
)
/** The process that sent something, as `subscribed` names it: a place of another one is never resumed. */
const Run = Schema.String.check(Schema.isMaxLength(64))
const Since = Schema.Record(
  Schema.String,
  Schema.Struct({ epoch: Schema.Int, seq: Schema.Int, run: Schema.optionalKey(Run) })
)

const id = Schema.optionalKey(RequestId)
const Subscribe = Schema.Struct({
  op: Schema.Literal("subscribe"),
  id,
  channels: Channels,
  markets: Schema.optionalKey(Markets),
  delivery: Schema.optionalKey(Delivery),
  since: Schema.optionalKey(Since),
  /** Whose places those are that do not say it themselves. */
  run: Schema.optionalKey(Run)
})
const Unsubscribe = Schema.Struct({
  op: Schema.Literal("unsubscribe"),
  id,
  channels: Channels,
  markets: Schema.optionalKey(Markets)
})
const Ping = Schema.Struct({ op: Schema.Literal("ping"), id })

export type Subscribe = typeof Subscribe.Type
export type Unsubscribe = typeof Unsubscribe.Type
export type ClientMessage = Subscribe | Unsubscribe | typeof Ping.Type

const ListenedMarket = Schema.Struct({ id: MarketId, tag: Schema.String, state: FeedState })
const Understood = {
  id: Schema.NullOr(RequestId),
  channels: Schema.Array(Schema.String),
  markets: Schema.Array(ListenedMarket),
  patterns: Schema.Array(Schema.String)
}
const Subscribed = Schema.Struct({
  type: Schema.Literal("subscribed"),
  ...Understood,
  delivery: Delivery,
  /** Absent where a service older than this says it. */
  run: Schema.optionalKey(Run)
})
const Unsubscribed = Schema.Struct({ type: Schema.Literal("unsubscribed"), ...Understood })
const Pong = Schema.Struct({ type: Schema.Literal("pong"), id: Schema.NullOr(RequestId), ts: Schema.Int })
/**
 * `code` is there where a client can act on it: `limit` is one of this connection, which another try does not change.
 */
const Fault = Schema.Struct({
  field: Schema.String,
  message: Schema.String,
  code: Schema.optionalKey(Schema.Literal("limit"))
})
const Refused = Schema.Struct({
  type: Schema.Literal("error"),
  id: Schema.NullOr(RequestId),
  errors: Schema.Array(Fault)
})

export const Answer = Schema.Union([Subscribed, Unsubscribed, Pong, Refused])
export type Answer = typeof Answer.Type
/** Everything the service says. */
export const ServerMessage = Schema.Union([Schema.Array(StreamEvent), Answer])

export const refusal = (id: RequestId | null, errors: ReadonlyArray<SchemaFault>): Answer => ({
  type: "error",
  id,
  errors: errors.map(({ path, message }) => ({ field: path, message }))
})

/** The answer to what is beyond a limit of the connection. */
export const limitation = (id: RequestId | null, field: string, message: string): Answer => ({
  type: "error",
  id,
  errors: [{ field, message, code: "limit" }]
})

/** Of a longer message the first fault alone is named: to find them all takes tens of milliseconds. */
const ALL_FAULTS = 4_096

const decodersWith = (errors: "first" | "all") => {
  const strictly = { errors, onExcessProperty: "error" } as const
  return {
    subscribe: Schema.decodeUnknownResult(Subscribe, strictly),
    unsubscribe: Schema.decodeUnknownResult(Unsubscribe, strictly),
    ping: Schema.decodeUnknownResult(Ping, strictly)
  }
}
const decoders = { first: decodersWith("first"), all: decodersWith("all") }
const Envelope = Schema.Struct({ op: Schema.Literals(["subscribe", "unsubscribe", "ping"]) })
const decodeEnvelope = Schema.decodeUnknownResult(Envelope, { errors: "all" })
const decodeId = Schema.decodeUnknownResult(Schema.Struct({ id: RequestId }))

/** A client's message, or the answer that says what is wrong with it. */
export const readMessage = (text: string): Result.Result<ClientMessage, Answer> => {
  const parsed = Result.try({ try: (): unknown => JSON.parse(text), catch: (cause) => String(cause) })
  if (Result.isFailure(parsed)) {
    const message = `Expected valid JSON (${parsed.failure.replace(/^SyntaxError: /, "").slice(0, 200)})`
    return Result.fail(refusal(null, [{ path: "", message }]))
  }
  const known = decodeId(parsed.success)
  const id = Result.isSuccess(known) ? known.success.id : null
  const faulty = (error: Schema.SchemaError) => refusal(id, schemaFaults(error.issue))
  return decodeEnvelope(parsed.success).pipe(
    Result.flatMap(({ op }): Result.Result<ClientMessage, Schema.SchemaError> =>
      decoders[text.length > ALL_FAULTS ? "first" : "all"][op](parsed.success)
    ),
    Result.mapError(faulty)
  )
}
