// Owns how an event of a stream looks to people: one line, time and market first. Pure. Invariant: a price that comes
// with a state says so when that state is not live.
import type { ConsolidatedLevel } from "../domain/Consolidated.ts"
import type { FeedState } from "../domain/FeedState.ts"
import type { StreamEvent } from "../domain/StreamEvent.ts"
import { paintState } from "./MarketTable.ts"
import type { Style } from "./Style.ts"
import { printable } from "./Table.ts"

type Level = readonly [price: string, size: string]
type Quoted = { readonly price: string; readonly size: string } | null

/** More levels of a change are counted, not shown. */
const SHOWN = 3

export const tailLine = (style: Style, event: StreamEvent): string => {
  const time = "ts_received" in event ? clock(event.ts_received) : " ".repeat(12)
  const of = "pair" in event ? `${event.market_type} ${event.pair}` : (event.tag ?? "all")
  return `${style.quiet(time)}  ${style.heading(printable(of))}  ${said(style, event)}`
}

const said = (style: Style, event: StreamEvent): string => {
  switch (event.type) {
    case "spread":
      return `spread  ${touch(style, event.bid, event.ask)}`
    case "trade": {
      const paint = event.side === "buy" ? style.good : event.side === "sell" ? style.bad : style.quiet
      return `trade  ${paint(`${event.side} ${event.size} @ ${event.price}`)}`
    }
    case "book_snapshot": {
      const { bids, asks, state = "live" } = event
      const count = style.quiet(`${bids.length} bids, ${asks.length} asks`)
      return `${event.channel ?? "book"}  ${touch(style, quoted(bids[0]), quoted(asks[0]))}  ${count}${doubt(style, state, event.reason)}`
    }
    case "book_change":
      return `change  ${changes(style, event.bids, event.asks)}`
    case "status":
      return `status  ${truth(style, event.state, event.reason)}`
    case "quote":
      return `${event.channel}  ${touch(style, event.bid, event.ask)}${doubt(style, event.state, event.reason)}`
    case "consolidated": {
      const { best_bid, best_ask, feeds, left_out, crossed } = event
      const venues = style.quiet(`${feeds.length} live, ${left_out.length} left out`)
      const across = crossed ? `  ${style.bad("CROSSED")}` : ""
      return `${touch(style, best_bid, best_ask, at(best_bid), at(best_ask))}  ${venues}${across}`
    }
    case "resume":
      return event.resumed
        ? `resume  ${style.good(`nothing is missing; ${event.events} events came meanwhile`)}`
        : `resume  ${style.bad(`starts over: ${printable(event.reason ?? "")}`)}`
    case "skipped":
      return style.bad(`skipped  ${event.count} events of ${event.channel}`)
  }
}

const clock = (micros: number): string => new Date(Math.floor(micros / 1000)).toISOString().slice(11, 23)

const at = (level: ConsolidatedLevel | null): string => (level === null ? "" : ` ${printable(level.exchange)}`)

const quoted = (level: Level | undefined): Quoted => (level === undefined ? null : { price: level[0], size: level[1] })

const touch = (style: Style, bid: Quoted, ask: Quoted, ofBid = "", ofAsk = ""): string => {
  const side = (name: string, level: Quoted) =>
    level === null ? `no ${name}` : `${name} ${level.price} x ${level.size}`
  return `${style.good(side("bid", bid) + ofBid)}  ${style.bad(side("ask", ask) + ofAsk)}`
}

const changes = (style: Style, bids: ReadonlyArray<Level>, asks: ReadonlyArray<Level>): string => {
  const one =
    (name: string, paint: (text: string) => string) =>
    ([price, size]: Level) =>
      paint(size === "0" ? `${name} ${price} gone` : `${name} ${price} x ${size}`)
  const all = [...bids.map(one("bid", style.good)), ...asks.map(one("ask", style.bad))]
  const more = all.length > SHOWN ? `  ${style.quiet(`and ${all.length - SHOWN} more`)}` : ""
  return all.slice(0, SHOWN).join("  ") + more
}

const truth = (style: Style, state: FeedState, reason: string | null | undefined): string => {
  const words = state === "live" ? "live" : `NOT LIVE: ${state}`
  return paintState(style, state)(reason == null ? words : `${words} (${printable(reason)})`)
}

const doubt = (style: Style, state: FeedState, reason: string | null | undefined): string =>
  state === "live" ? "" : `  ${truth(style, state, reason)}`
