// Owns why a connection or a request of a venue failed, as data: each way is a tagged error with the fields that
// decisions are made by. What people read is ConnectionLost's reason and detail; nothing is ever decided by those
// texts.
import { Schema } from "effect"

/** No connection came about: the name has no address, no route, or nobody listens. The venue counted nothing. */
export class Unreachable extends Schema.TaggedError<Unreachable>()("Unreachable", {
  /** The system's code of the first failure: `ECONNREFUSED`, `ENOTFOUND`, … */
  code: Schema.String
}) {}

/** The venue was reached and answered the upgrade with an ordinary HTTP status. Never a word about one symbol. */
export class HandshakeRefused extends Schema.TaggedError<HandshakeRefused>()("HandshakeRefused", {
  status: Schema.Number,
  /** Milliseconds that the venue asks to wait, or 0. */
  retryAfter: Schema.Number
}) {}

/** Something was reached, but no websocket came of it: TLS, a foreign protocol, no answer in time. */
export class HandshakeFailed extends Schema.TaggedError<HandshakeFailed>()("HandshakeFailed", {
  code: Schema.NullOr(Schema.String)
}) {}

/** An open socket ended. 1006: without a close frame. */
export class Closed extends Schema.TaggedError<Closed>()("Closed", {
  code: Schema.Number,
  reason: Schema.String
}) {}

/** An open socket said nothing for so many milliseconds. */
export class Silent extends Schema.TaggedError<Silent>()("Silent", { for: Schema.Number }) {}

/** The venue does not read what it is sent. */
export class Stalled extends Schema.TaggedError<Stalled>()("Stalled", { unsent: Schema.Number }) {}

/** A frame or a body is larger than its bound, in bytes; it was not read to its end. */
export class Oversized extends Schema.TaggedError<Oversized>()("Oversized", { bound: Schema.Number }) {}

/** A REST request was answered by a status that asks to come back later, or by nothing at all (null). */
export class RestRefused extends Schema.TaggedError<RestRefused>()("RestRefused", {
  status: Schema.NullOr(Schema.Number)
}) {}

/** The machine slept for about so many milliseconds, or its clock was set forward by them. */
export class Slept extends Schema.TaggedError<Slept>()("Slept", { for: Schema.Number }) {}

export const LossCause = Schema.Union([
  Unreachable,
  HandshakeRefused,
  HandshakeFailed,
  Closed,
  Silent,
  Stalled,
  Oversized,
  RestRefused,
  Slept
])
export type LossCause = typeof LossCause.Type
