// Owns the table of channels that say at intervals how things stand: one row a channel, from which names, schemas,
// documents, filters and the lines of `tail` are derived. How the contents are made is hub/periodicContents.ts.
// Invariants: each says its `channel`; a price at an interval carries its truth label, since it has no history; the
// order of rows and fields is that in which clients see them.
import { Schema } from "effect"
import { Consolidated, type ConsolidatedLevel } from "./Consolidated.ts"
import { EventHead, PriceLevel, Quote } from "./EventFields.ts"
import { bestLine, bookLine, doubt, type Paint } from "./EventLines.ts"
import { FeedState } from "./FeedState.ts"
import { ReasonCode } from "./ReasonCode.ts"

/** What follows a channel's name, in order, each after a `_`. */
export type Parameter = "depth" | "interval" | "pair"

export interface PeriodicChannel {
  readonly parameters: ReadonlyArray<Parameter>
  /** The channel that it is another name of; kept for clients of earlier days. */
  readonly aliasOf?: string
  readonly about: string
  readonly begins: string
}

const sides = { bids: Schema.Array(PriceLevel), asks: Schema.Array(PriceLevel) }
const truth = {
  state: FeedState,
  reason: Schema.NullOr(Schema.String),
  reason_code: Schema.NullOr(ReasonCode)
}

export const PERIODIC_CHANNELS = {
  book_top: {
    parameters: ["depth", "interval"],
    about: "the best levels a side, 1 to 1000, when they changed, with `state`",
    begins: "the ones of now"
  },
  book_snapshot: {
    parameters: ["depth", "interval"],
    aliasOf: "book_top",
    about: "alias of `book_top_<depth>_<interval>ms`: the same, as events of type `book_snapshot`",
    begins: "the ones of now"
  },
  quote: {
    parameters: ["interval"],
    about: "best bid and ask at intervals, when they changed, with `state`",
    begins: "the one of now"
  },
  consolidated: {
    parameters: ["pair"],
    about:
      "one book over the live feeds of a pair, e.g. `consolidated_BTC-USD`, `consolidated_PERP:BTC-USDT`; " +
      "every 100 ms when it changed",
    begins: "the one of now"
  }
} as const satisfies Readonly<Record<string, PeriodicChannel>>
export type PeriodicName = keyof typeof PERIODIC_CHANNELS

const periodic = <Type extends PeriodicName, F extends Schema.Struct.Fields>(type: Type, fields: F) =>
  Schema.Struct({ type: Schema.Literal(type), ...fields })

/** The best levels of a book: part of it, which never replaces what a consumer of `book_change` holds. */
const BookTopEvent = periodic("book_top", {
  ...EventHead,
  ...truth,
  channel: Schema.String,
  depth: Schema.Int,
  interval_ms: Schema.Int,
  ...sides
}).annotate({ identifier: "BookTopEvent" })

const QuoteEvent = periodic("quote", {
  ...EventHead,
  ...truth,
  channel: Schema.String,
  interval_ms: Schema.Int,
  bid: Schema.NullOr(Quote),
  ask: Schema.NullOr(Quote)
}).annotate({ identifier: "QuoteEvent" })

const ConsolidatedEvent = periodic("consolidated", { channel: Schema.String, ...Consolidated.fields }).annotate({
  identifier: "ConsolidatedEvent"
})

/** By type, which is the row's name; what `book_snapshot_…` sends is a `book_snapshot` of StreamEvent.ts. */
export const PERIODIC_EVENTS = { quote: QuoteEvent, book_top: BookTopEvent, consolidated: ConsolidatedEvent }

type ShownBook = Parameters<typeof bookLine>[1] & { readonly channel: string }

/** How `level4 tail` shows them, after time and market. */
export const PERIODIC_LINES = {
  quote: (event: typeof QuoteEvent.Type, paint: Paint): string =>
    `${event.channel}  ${bestLine(paint, event.bid, event.ask)}${doubt(paint, event.state, event.reason)}`,
  book_top: (event: ShownBook, paint: Paint): string => `${event.channel}  ${bookLine(paint, event)}`,
  book_snapshot: (event: ShownBook, paint: Paint): string => `${event.channel}  ${bookLine(paint, event)}`,
  consolidated: ({ best_bid, best_ask, feeds, left_out, crossed }: typeof ConsolidatedEvent.Type, paint: Paint) => {
    const at = (level: ConsolidatedLevel | null) => (level === null ? "" : ` ${paint.foreign(level.exchange)}`)
    const venues = paint.quiet(`${feeds.length} live, ${left_out.length} left out`)
    const across = crossed ? `  ${paint.bad("CROSSED")}` : ""
    return `${bestLine(paint, best_bid, best_ask, at(best_bid), at(best_ask))}  ${venues}${across}`
  }
}
