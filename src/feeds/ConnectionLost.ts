// Owns the ways in which level 2 of a feed ends. Each is a fact that the market feed's retry schedule answers; only a
// rejected symbol is not dialled again.
import { Schema } from "effect"

/** The socket, or the trust in it, is gone. `retryAfter`: milliseconds the venue asked to wait, or 0. */
export class ConnectionLost extends Schema.TaggedError<ConnectionLost>()("ConnectionLost", {
  reason: Schema.String,
  detail: Schema.String,
  retryAfter: Schema.Number
}) {}

/** The venue refuses the symbol by name; asking again changes nothing before somebody switches the feed on again. */
export class SymbolRejected extends Schema.TaggedError<SymbolRejected>()("SymbolRejected", {
  detail: Schema.String
}) {}

/** The venue refuses the symbol for now: it served the market before, or nothing names the symbol. */
export class SymbolRefused extends Schema.TaggedError<SymbolRefused>()("SymbolRefused", {
  detail: Schema.String
}) {}
