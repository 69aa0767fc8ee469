// Owns the names of channels and what they ask for. The names follow the field's habit: `book_snapshot_25_100ms` is the
// best 25 levels a side every 100 ms. Pure.
import type { MarketType } from "../domain/MarketType.ts"
import type { EventKind } from "./MarketChannel.ts"
import { INTERVALS } from "./Tickers.ts"

/** A channel of each market that is chosen. */
export type MarketChannelName =
  | { readonly kind: EventKind; readonly name: string }
  | { readonly kind: "book_snapshot"; readonly name: string; readonly depth: number; readonly interval: number }
  | { readonly kind: "quote"; readonly name: string; readonly interval: number }
/** A channel of its own, over the markets of a pair. */
export interface ConsolidatedName {
  readonly kind: "consolidated"
  readonly name: string
  readonly pair: string
  readonly type: MarketType
}
export type ChannelName = MarketChannelName | ConsolidatedName

/** The deepest book that is told at intervals. */
const MAX_DEPTH = 1_000

const SNAPSHOT = /^book_snapshot_(\d{1,6})_(\d{1,6})ms$/
const QUOTE = /^quote_(\d{1,6})ms$/
const CONSOLIDATED = /^consolidated_(?:(SPOT|PERP|INVERSE):)?(\S{3,65})$/

export const CHANNELS_IN_WORDS =
  "spread, trade, book_change, status, book_snapshot_<depth>_<interval>ms, quote_<interval>ms or consolidated_<base>-<quote>"

/** What a channel's name asks for, or a sentence that says what is wrong with it. */
export const readChannel = (name: string): ChannelName | string => {
  if (name === "spread" || name === "trade" || name === "book_change" || name === "status") return { kind: name, name }
  const snapshot = SNAPSHOT.exec(name)
  if (snapshot !== null) {
    const depth = Number(snapshot[1])
    const interval = Number(snapshot[2])
    if (depth < 1 || depth > MAX_DEPTH) return `The depth of ${name} must be from 1 to ${MAX_DEPTH}`
    return INTERVALS.has(interval) ? { kind: "book_snapshot", name, depth, interval } : wrongInterval(name)
  }
  const quote = QUOTE.exec(name)
  if (quote !== null) {
    const interval = Number(quote[1])
    return INTERVALS.has(interval) ? { kind: "quote", name, interval } : wrongInterval(name)
  }
  const consolidated = CONSOLIDATED.exec(name)
  if (consolidated !== null) {
    const type = consolidated[1] === "PERP" || consolidated[1] === "INVERSE" ? consolidated[1] : "SPOT"
    return { kind: "consolidated", name, pair: consolidated[2]!.toUpperCase(), type }
  }
  return `Unknown channel; expected ${CHANNELS_IN_WORDS}`
}

const wrongInterval = (name: string): string => `The interval of ${name} must be one of ${[...INTERVALS].join(", ")} ms`
