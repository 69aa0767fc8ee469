// Owns events inside the process: the kinds of domain/EventKinds.ts with numbers as the wire had them, so that an event
// that nobody hears costs no text. `publicEvent` makes the canonical form that clients see, once an event, only for
// listeners.
import type { MarketEvent } from "../../domain/Event.ts"
import { byType, EVENT_KINDS, type EventKindName, type EventKinds } from "../../domain/EventKinds.ts"
import type { EventTypes, InsideFields } from "../../domain/EventKinds.ts"
import type { MarketId } from "../../domain/Market.ts"

/** What every event has; of whatever table its type is. No interface, so that it is a record to `publisher` too. */
export type EventOfMarket = {
  readonly type: string
  readonly market_id: MarketId
  readonly tag: string
  readonly epoch: number
  readonly seq: number
  /** Microseconds since 1970, by the venue and by our clock. */
  readonly ts_exchange: number | null
  readonly ts_received: number
}

export type FeedEventOf<Name extends EventKindName> = EventOfMarket & {
  readonly type: EventTypes<Name>
} & InsideFields<Name>
export type FeedEvent = { readonly [Name in EventKindName]: FeedEventOf<Name> }[EventKindName]

/** Where a feed's events go. `wanted` is read before an event is made: false spares making it. */
export interface EventSink {
  readonly wanted: boolean
  emit(event: FeedEvent): void
}

/** Makes events of a table as clients see them, their members in the order of the table. */
export const publisher = (kinds: EventKinds): ((event: EventOfMarket) => EventOfMarket) => {
  const fields = new Map([...byType(kinds)].map(([type, { kind }]) => [type, Object.entries(kind.fields)] as const))
  return (event) => {
    const { type, market_id, tag, epoch, seq, ts_exchange, ts_received } = event
    const made: EventOfMarket & Record<string, unknown> = {
      type,
      market_id,
      tag,
      epoch,
      seq,
      ts_exchange,
      ts_received
    }
    const inside: Readonly<Record<string, unknown>> = event
    for (const [name, field] of fields.get(type) ?? NONE) made[name] = field.toPublic(inside[name])
    return made
  }
}

const NONE: ReadonlyArray<never> = []

const publish = publisher(EVENT_KINDS)

/** The event as clients see it. */
export const publicEvent = (event: FeedEvent): MarketEvent => publish(event) as MarketEvent
