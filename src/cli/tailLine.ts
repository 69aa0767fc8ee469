// Owns how an event of a stream looks to people: one line, time and market first. What is said of it is the line of its
// row in the tables of kinds; only how the stream itself fares is said here. Pure.
// Invariant: a price that comes with a state says so when that state is not live.
import { byType, EVENT_KINDS, type EventKinds } from "../domain/EventKinds.ts"
import type { Paint } from "../domain/EventLines.ts"
import type { FeedState } from "../domain/FeedState.ts"
import { PERIODIC_LINES } from "../domain/PeriodicChannels.ts"
import type { StreamEvent } from "../domain/StreamEvent.ts"
import { paintState } from "./MarketTable.ts"
import type { Style } from "./Style.ts"
import { printable } from "./Table.ts"

/** An event of a kind, whichever table it is of. */
interface KindEvent {
  readonly type: string
  readonly tag: string
  readonly ts_received: number
}

export const tailLine = (style: Style, event: StreamEvent): string => {
  const time = "ts_received" in event ? event.ts_received : null
  const of = "pair" in event ? `${event.market_type} ${event.pair}` : (event.tag ?? "all")
  const paint = paintOf(style)
  switch (event.type) {
    case "quote":
      return line(style, time, of, PERIODIC_LINES.quote(event, paint))
    case "book_top":
      return line(style, time, of, PERIODIC_LINES.book_top(event, paint))
    case "consolidated":
      return line(style, time, of, PERIODIC_LINES.consolidated(event, paint))
    case "resume": {
      const said = event.resumed
        ? style.good(`nothing is missing; ${event.events} events came meanwhile`)
        : style.bad(`starts over: ${printable(event.reason ?? "")}`)
      return line(style, time, of, `resume  ${said}`)
    }
    case "skipped":
      return line(style, time, of, style.bad(`skipped  ${event.count} events of ${event.channel}`))
    case "book_snapshot":
      if (event.channel !== undefined)
        return line(style, time, of, PERIODIC_LINES.book_snapshot({ ...event, channel: event.channel }, paint))
  }
  return kindLine(style, event)
}

/** The line of an event that a feed said, by its row. */
export const kindLine = (style: Style, event: KindEvent, kinds: EventKinds = EVENT_KINDS): string => {
  const said = byType(kinds).get(event.type)?.kind.line(event, paintOf(style)) ?? event.type
  return line(style, event.ts_received, event.tag, said)
}

const line = (style: Style, micros: number | null, of: string, said: string): string => {
  const time = micros === null ? " ".repeat(12) : new Date(Math.floor(micros / 1000)).toISOString().slice(11, 23)
  return `${style.quiet(time)}  ${style.heading(printable(of))}  ${said}`
}

const paintOf = (style: Style): Paint => ({
  good: style.good,
  bad: style.bad,
  quiet: style.quiet,
  foreign: printable,
  truth: (state, reason) => truth(style, state, reason)
})

const truth = (style: Style, state: FeedState, reason: string | null): string => {
  const words = state === "live" ? "live" : `NOT LIVE: ${state}`
  return paintState(style, state)(reason === null ? words : `${words} (${printable(reason)})`)
}
