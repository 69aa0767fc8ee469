// Owns the exchange entity: a venue of the catalog. Whether level4 can follow it is known to the schemes, not to the
// catalog, so `Exchange` is the stored row and `ListedExchange` is what clients see of it.
import { Schema } from "effect"
import { MarketType } from "./MarketType.ts"
import { visible } from "./Names.ts"

export const ExchangeId = Schema.Int.check(Schema.isGreaterThan(0)).pipe(
  Schema.brand("ExchangeId"),
  Schema.annotate({ identifier: "ExchangeId", description: "The catalog's number of an exchange" })
)
export type ExchangeId = typeof ExchangeId.Type

/** Blanks after it are taken by the schema, so that the catalog can say which known venue a name only looks like. */
export const ExchangeName = Schema.String.check(
  Schema.isPattern(/^[\p{L}\p{N}][\p{L}\p{N}\p{M} ._-]{0,63}$/u, {
    message: "Expected an exchange name of 1 to 64 letters, digits, spaces, dots, dashes or underscores, such as Kraken"
  })
).annotate({ identifier: "ExchangeName", description: "A venue's name, e.g. Kraken" })
export type ExchangeName = typeof ExchangeName.Type
/** A name that may be created; rows of earlier days are read without this. */
export const NewExchangeName = ExchangeName.check(visible)

export const ExchangeStatus = Schema.Literals(["live", "retired", "unsupported"]).annotate({
  identifier: "ExchangeStatus",
  description:
    "live: feeds can be started; retired: the venue closed, feeds start only where its address is overridden; " +
    "unsupported: level4 has no scheme"
})
export type ExchangeStatus = typeof ExchangeStatus.Type

/** What one exchange's market type offers: the protocol spoken, the unit of its sizes, and what a loss would show. */
export class Offer extends Schema.Class<Offer>("Offer")({
  market_type: MarketType,
  protocol: Schema.String.annotate({ description: "The wire protocol, e.g. spot websocket v2" }),
  alternative: Schema.NullOr(Schema.String).annotate({
    description: "Null: the protocol that is spoken; else the value of LEVEL4_<EXCHANGE>_<MARKET_TYPE>_PROTOCOL for it"
  }),
  size_unit: Schema.Literals(["base", "quote", "contracts"]),
  guarantee: Schema.String.annotate({ description: "What proves the book, and what that protocol cannot show" })
}) {}

export class Exchange extends Schema.Class<Exchange>("ExchangeRow")({
  id: ExchangeId,
  name: ExchangeName
}) {}

export class ListedExchange extends Schema.Class<ListedExchange>("Exchange")({
  id: ExchangeId,
  name: ExchangeName,
  supported: Schema.Boolean,
  status: ExchangeStatus,
  market_types: Schema.Array(MarketType),
  offers: Schema.Array(Offer)
}) {}
