// Owns how parts of events look to people, in one line of `level4 tail`. Colour and the cleaning of foreign text are
// the terminal's, and come as a Paint. Pure.
import type { FeedState } from "./FeedState.ts"

export interface Paint {
  readonly good: (text: string) => string
  readonly bad: (text: string) => string
  readonly quiet: (text: string) => string
  /** Text of a venue, such that a terminal shows it and never obeys it. */
  readonly foreign: (text: string) => string
  /** A truth label, loud when it is not live. */
  readonly truth: (state: FeedState, reason: string | null) => string
}

type Level = readonly [price: string, size: string]
type Quoted = { readonly price: string; readonly size: string } | null

/** More levels of a change are counted, not shown. */
const SHOWN = 3

const quoted = (level: Level | undefined): Quoted => (level === undefined ? null : { price: level[0], size: level[1] })

export const bestLine = (paint: Paint, bid: Quoted, ask: Quoted, ofBid = "", ofAsk = ""): string => {
  const side = (name: string, level: Quoted) =>
    level === null ? `no ${name}` : `${name} ${level.price} x ${level.size}`
  return `${paint.good(side("bid", bid) + ofBid)}  ${paint.bad(side("ask", ask) + ofAsk)}`
}

/** The best of a book, how deep it is, and its state where that is not live. */
export const bookLine = (paint: Paint, { bids, asks, state = "live", reason = null }: BookShown): string => {
  const count = paint.quiet(`${bids.length} bids, ${asks.length} asks`)
  return `${bestLine(paint, quoted(bids[0]), quoted(asks[0]))}  ${count}${doubt(paint, state, reason)}`
}

interface BookShown {
  readonly bids: ReadonlyArray<Level>
  readonly asks: ReadonlyArray<Level>
  readonly state?: FeedState
  readonly reason?: string | null
}

export const changeLine = (paint: Paint, bids: ReadonlyArray<Level>, asks: ReadonlyArray<Level>): string => {
  const one =
    (name: string, color: (text: string) => string) =>
    ([price, size]: Level) =>
      color(size === "0" ? `${name} ${price} gone` : `${name} ${price} x ${size}`)
  const all = [...bids.map(one("bid", paint.good)), ...asks.map(one("ask", paint.bad))]
  const more = all.length > SHOWN ? `  ${paint.quiet(`and ${all.length - SHOWN} more`)}` : ""
  return all.slice(0, SHOWN).join("  ") + more
}

/** What follows a price that comes with a state: nothing while that is live. */
export const doubt = (paint: Paint, state: FeedState, reason: string | null): string =>
  state === "live" ? "" : `  ${paint.truth(state, reason)}`
