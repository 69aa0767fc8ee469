// Owns the facts a caller can act on, as tagged errors. How they look on HTTP is the API's (api/Problems.ts); bugs
// and broken invariants are defects and never appear here.
import { Schema } from "effect"

/** The row exists already; `detail` names it. */
export class AlreadyExists extends Schema.TaggedError<AlreadyExists>()("AlreadyExists", {
  entity: Schema.Literals(["symbol", "exchange", "market"]),
  detail: Schema.String
}) {}

/** No row has this number or name. */
export class NotFound extends Schema.TaggedError<NotFound>()("NotFound", {
  entity: Schema.Literals(["symbol", "exchange", "market"]),
  id: Schema.Union([Schema.Int, Schema.String])
}) {}

/** Several rows have this name; only their numbers tell them apart. */
export class Ambiguous extends Schema.TaggedError<Ambiguous>()("Ambiguous", {
  entity: Schema.Literals(["symbol", "exchange", "market"]),
  name: Schema.String,
  ids: Schema.Array(Schema.Int)
}) {}

/** A name that a reader would take for another one: `looks_like` is the one that is meant, most likely. */
export class MisleadingName extends Schema.TaggedError<MisleadingName>()("MisleadingName", {
  name: Schema.String,
  looks_like: Schema.String
}) {}

/** A new market names a row that does not exist; `field` is the field that names it. */
export class UnknownReference extends Schema.TaggedError<UnknownReference>()("UnknownReference", {
  field: Schema.Literals(["exchange_id", "base_symbol_id", "quote_symbol_id"]),
  id: Schema.Int
}) {}

/** A new market contradicts itself: base equals quote, a FUTURE without native_symbol. */
export class InvalidMarket extends Schema.TaggedError<InvalidMarket>()("InvalidMarket", {
  field: Schema.String,
  detail: Schema.String
}) {}

/** The database does not answer. The catalog recovers by itself; feeds and books go on. */
export class CatalogUnavailable extends Schema.TaggedError<CatalogUnavailable>()("CatalogUnavailable", {
  detail: Schema.String
}) {}

/** This feed can't run: no scheme, no such market type, a retired venue. `detail` says which and what to do. */
export class FeedRefused extends Schema.TaggedError<FeedRefused>()("FeedRefused", {
  detail: Schema.String
}) {}
