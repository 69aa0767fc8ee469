// Owns the ways in which level 2 of a feed ends. Each is a fact that the market feed's retry schedule answers; only a
// rejected symbol is not dialled again.
import { Schema } from "effect"

/** The socket, or the trust in it, is gone. `retryAfter`: milliseconds the venue asked to wait, or 0. */
export class ConnectionLost extends Schema.TaggedError<ConnectionLost>()("ConnectionLost", {
  reason: Schema.String,
  detail: Schema.String,
  retryAfter: Schema.Number
}) {}

/** The venue refuses the symbol; asking again changes nothing. */
export class SymbolRejected extends Schema.TaggedError<SymbolRejected>()("SymbolRejected", {
  detail: Schema.String
}) {}
