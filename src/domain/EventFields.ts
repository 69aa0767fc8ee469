// Owns the fields that events are made of: of each its schema as clients see it, and how the value that the process
// works with becomes that. Numbers are inside as the wire had them, so that an event that nobody hears costs no text.
// Which kinds of events there are is EventKinds.ts. Invariant: prices and sizes are canonical decimal text outside.
import { Schema } from "effect"
import { canonical, type Numeric, toNumber } from "./Decimal.ts"
import { MarketId } from "./Market.ts"

export const DecimalText = Schema.String.annotate({
  identifier: "Decimal",
  description: "Exactly what the exchange sent, as decimal text without exponent or trailing zeros"
})
export const PriceLevel = Schema.Tuple([DecimalText, DecimalText]).annotate({
  identifier: "PriceLevel",
  description: '[price, absolute size]; in a change, size "0" removes the level'
})
export const Quote = Schema.Struct({ price: DecimalText, size: DecimalText }).annotate({ identifier: "Quote" })
export const Side = Schema.Literals(["buy", "sell", "unknown"]).annotate({
  identifier: "Side",
  description: "The taker's side"
})
export type Side = typeof Side.Type

/** What every event of a market has. Times are microseconds since 1970. */
export const EventHead = {
  market_id: MarketId,
  tag: Schema.String,
  epoch: Schema.Int,
  seq: Schema.Int,
  ts_exchange: Schema.NullOr(Schema.Int),
  ts_received: Schema.Int
}

/** A field: its schema outside, and how the internal value becomes that. */
export interface EventField<Outside extends Schema.Top = Schema.Top, Inside = unknown> {
  readonly schema: Outside
  /** False for a value that `toPublic` has no answer for, such as an empty text in a decimal's place. */
  // a method as the next one, so that a field of any internal value is an EventField
  accepts(inside: Inside): boolean
  toPublic(inside: Inside): Outside["Type"]
}

/** A field that is the same inside and outside. */
export const plain = <Outside extends Schema.Top>(schema: Outside): EventField<Outside, Outside["Type"]> => ({
  schema,
  accepts: Schema.is(schema),
  toPublic: (inside) => inside
})

/** The same field where a venue may say nothing. */
export const nullable = <Outside extends Schema.Top, Inside>(
  field: EventField<Outside, Inside>
): EventField<Schema.NullOr<Outside>, Inside | null> => ({
  schema: Schema.NullOr(field.schema),
  accepts: (inside) => inside === null || field.accepts(inside),
  toPublic: (inside) => (inside === null ? null : field.toPublic(inside))
})

type Level = readonly [price: Numeric, size: Numeric, ...rest: ReadonlyArray<unknown>]

const isDecimal = (value: Numeric): boolean =>
  typeof value === "number" ? Number.isFinite(value) : !Number.isNaN(toNumber(value))
const isLevel = ([price, size]: Level): boolean => isDecimal(price) && isDecimal(size)

export const decimal: EventField<typeof DecimalText, Numeric> = {
  schema: DecimalText,
  accepts: isDecimal,
  toPublic: canonical
}

/** A venue's own name of something, number or text. */
export const foreignId = nullable<typeof Schema.String, string | number>({
  schema: Schema.String,
  accepts: (id) => typeof id === "string" || Number.isFinite(id),
  toPublic: String
})

/** The best level of a side; null where the side is empty. */
export const best = nullable<typeof Quote, Level>({
  schema: Quote,
  accepts: isLevel,
  toPublic: ([price, size]) => ({ price: canonical(price), size: canonical(size) })
})

const PriceLevels = Schema.Array(PriceLevel)

export const levels: EventField<typeof PriceLevels, ReadonlyArray<Level>> = {
  schema: PriceLevels,
  accepts: (all) => all.every(isLevel),
  toPublic: (all) => all.map(([price, size]) => [canonical(price), canonical(size)] as const)
}
