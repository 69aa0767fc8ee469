// Owns the table of what feeds say: one row a kind, from which types, schemas, topics, channel names, filters,
// documents and the lines of `tail` are derived. A new kind is a row here, an instruction (schemes/Instruction.ts) and
// its producer (the mediator). Invariants: a kind's name is the name of its channel and the type of its events; the
// order of rows and fields is that in which clients see them.
import { Schema } from "effect"
import { best, decimal, EventHead, type EventField, foreignId, levels, nullable, plain, Side } from "./EventFields.ts"
import { bestLine, bookLine, changeLine, type Paint } from "./EventLines.ts"
import { FeedState } from "./FeedState.ts"
import { ReasonCode } from "./ReasonCode.ts"

type Fields = Readonly<Record<string, EventField>>

/**
 * What a newcomer gets first. `best`: the best of each side, `book`: the whole book, `label`: the truth label, each as
 * it is now; `last`: the event that came last, whoever heard it; `none`: nothing, since the kind is news.
 */
export type Newcomer = "best" | "book" | "label" | "last" | "none"

export interface EventKind {
  readonly fields: Fields
  /** The type of the event that replaces all before it, with the same fields; where the kind has one. */
  readonly whole?: string
  readonly newcomer: Newcomer
  /** What it is, and what its channel begins with, for documents. */
  readonly about: string
  readonly begins: string
  // a method, so that a line of any event is a line
  line(event: object, paint: Paint): string
}
export type EventKinds = Readonly<Record<string, EventKind>>

type Public<F extends Fields> = { readonly [Name in keyof F]: F[Name]["schema"]["Type"] }
type Typed<F extends Fields> = Public<F> & { readonly type: string }

/** A row: `line` is how `level4 tail` shows an event, after time and market. */
export const eventKind = <F extends Fields, const Row extends Omit<EventKind, "fields" | "line">>(
  fields: F,
  row: Row,
  line: (event: Typed<F>, paint: Paint) => string
) => ({ ...row, fields, line })

export const EVENT_KINDS = {
  spread: eventKind(
    { bid: best, ask: best },
    {
      newcomer: "best",
      about: "best bid and ask, when either changed; null for an empty side",
      begins: "the one of now"
    },
    ({ bid, ask }, paint) => `spread  ${bestLine(paint, bid, ask)}`
  ),
  trade: eventKind(
    { id: foreignId, price: decimal, size: decimal, side: plain(Side) },
    {
      newcomer: "none",
      about: "each fill, `side` is the taker's",
      begins: "nothing: a trade is news"
    },
    ({ side, size, price }, { bad, good, quiet }) => {
      const color = side === "buy" ? good : side === "sell" ? bad : quiet
      return `trade  ${color(`${side} ${size} @ ${price}`)}`
    }
  ),
  book_change: eventKind(
    { bids: levels, asks: levels },
    {
      whole: "book_snapshot",
      newcomer: "book",
      about: 'levels that changed, absolute sizes, `"0"` removes',
      begins: "`book_snapshot`, the whole book, and again after each resync"
    },
    (event, paint) =>
      event.type === "book_snapshot"
        ? `book  ${bookLine(paint, event)}`
        : `change  ${changeLine(paint, event.bids, event.asks)}`
  ),
  status: eventKind(
    {
      state: plain(FeedState),
      reason: nullable(plain(Schema.String)),
      reason_code: nullable(plain(ReasonCode))
    },
    {
      newcomer: "label",
      about: "the state of the feed and why (`reason`, `reason_code`); comes with every other channel of the market",
      begins: "the one of now"
    },
    ({ state, reason }, paint) => `status  ${paint.truth(state, reason)}`
  )
}

export type EventKindName = keyof typeof EVENT_KINDS

type WholeOf<Kind> = Kind extends { readonly whole: infer Whole extends string } ? Whole : never
type NamesOf<Kinds extends EventKinds> = keyof Kinds & string
type TypesOf<Kinds extends EventKinds, Name extends NamesOf<Kinds>> = Name | WholeOf<Kinds[Name]>
/** The kind that a type of event is of. */
type KindOf<Kinds extends EventKinds, Type> = {
  [Name in NamesOf<Kinds>]: Type extends TypesOf<Kinds, Name> ? Kinds[Name] : never
}[NamesOf<Kinds>]

type EventStruct<Type extends string, F extends Fields> = Schema.Struct<
  { readonly type: Schema.Literal<Type> } & typeof EventHead & { readonly [Name in keyof F]: F[Name]["schema"] }
>
/** Of each type of event its schema. */
type EventSchemas<Kinds extends EventKinds> = {
  readonly [Type in { [Name in NamesOf<Kinds>]: TypesOf<Kinds, Name> }[NamesOf<Kinds>]]: EventStruct<
    Type,
    KindOf<Kinds, Type>["fields"]
  >
}

/** By type, the kind of event that it is. */
export const byType = (kinds: EventKinds): ReadonlyMap<string, { readonly name: string; readonly kind: EventKind }> =>
  new Map(
    Object.entries(kinds).flatMap(([name, kind]) =>
      [...(kind.whole === undefined ? [] : [kind.whole]), name].map((type) => [type, { name, kind }] as const)
    )
  )

/** `book_change` is BookChangeEvent to programs that are made of the OpenAPI document. */
const identifierOf = (type: string): string =>
  `${type.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase())}Event`

/** The schemas of a table's events, by type. */
export const eventSchemas = <Kinds extends EventKinds>(kinds: Kinds): EventSchemas<Kinds> => {
  const schemas: Record<string, Schema.Top> = {}
  for (const [type, { kind }] of byType(kinds)) {
    const fields = Object.fromEntries(Object.entries(kind.fields).map(([name, { schema }]) => [name, schema]))
    const event = Schema.Struct({ type: Schema.Literal(type), ...EventHead, ...fields })
    schemas[type] = event.annotate({ identifier: identifierOf(type) })
  }
  return schemas as EventSchemas<Kinds>
}

type Inside<F extends Fields> = {
  readonly [Name in keyof F]: F[Name] extends EventField<Schema.Top, infer Value> ? Value : never
}
/** The fields of a kind with numbers as the wire had them. */
export type InsideFields<Name extends EventKindName> = Inside<(typeof EVENT_KINDS)[Name]["fields"]>
export type EventTypes<Name extends EventKindName> = TypesOf<typeof EVENT_KINDS, Name>
