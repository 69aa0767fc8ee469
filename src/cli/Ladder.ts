// Owns how a book looks to people: the truth first, then asks above bids with the best in the middle, decimals aligned.
// Pure. Invariant: a book that is not live says so before anything else, with or without colour.
import { BigDecimal, Option } from "effect"
import type { Book } from "../domain/Event.ts"
import { paintState } from "./MarketTable.ts"
import type { Style } from "./Style.ts"
import { printable } from "./Table.ts"

export const ladder = (style: Style, book: Book, nowMicros: number): string => {
  const prices = aligned([...book.asks, ...book.bids].map(([price]) => price))
  const sizes = aligned([...book.asks, ...book.bids].map(([, size]) => size))
  const line = (side: string, index: number) => `${side}  ${prices[index]}  ${sizes[index]}`.trimEnd()
  const asks = book.asks.map((_, index) => style.bad(line("ask", index))).reverse()
  const bids = book.bids.map((_, index) => style.good(line("bid", book.asks.length + index)))
  return [
    stateLine(style, book, nowMicros),
    ...(asks.length < book.ask_levels ? [style.quiet(`     ${book.ask_levels - asks.length} more`)] : []),
    ...asks,
    style.quiet(`     ${middle(book)}`),
    ...bids,
    ...(bids.length < book.bid_levels ? [style.quiet(`     ${book.bid_levels - bids.length} more`)] : [])
  ].join("\n")
}

const stateLine = (style: Style, book: Book, nowMicros: number): string => {
  const { state, reason, tag, epoch, seq, since, ts_received, next_retry } = book
  const truth = [
    state === "live" ? "live" : `NOT LIVE: ${state}`,
    ...(reason === null ? [] : [`(${printable(reason)})`])
  ]
  return [
    `${style.heading(printable(tag))}  ${paintState(style, state)(truth.join(" "))}`,
    `epoch ${epoch}`,
    `seq ${seq}`,
    ts_received === null ? "no data yet" : `last data ${span(nowMicros - ts_received)} ago`,
    // 0 stands for a time that nobody knows
    ...(state === "live" || since === 0 ? [] : [`for ${span(nowMicros - since)}`]),
    ...(next_retry === null ? [] : [`next try in ${span(next_retry - nowMicros)}`])
  ].join("  ")
}

/**
 * A span in microseconds as people say it; clocks of two machines may differ, so that it is never less than nothing.
 */
export const span = (micros: number): string => {
  const seconds = Math.max(0, micros) / 1_000_000
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`
  if (seconds >= 172_800) return `${Math.floor(seconds / 86_400)} days ${Math.floor((seconds % 86_400) / 3600)} h`
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`
}

export const middle = (book: {
  readonly bids: ReadonlyArray<readonly [price: string, size: string]>
  readonly asks: ReadonlyArray<readonly [price: string, size: string]>
}): string => {
  const [ask] = book.asks[0] ?? []
  const [bid] = book.bids[0] ?? []
  if (ask === undefined && bid === undefined) return "the book is empty"
  if (ask === undefined) return "no asks"
  if (bid === undefined) return "no bids"
  const difference = Option.zipWith(BigDecimal.fromString(ask), BigDecimal.fromString(bid), BigDecimal.subtract)
  return Option.match(difference, { onNone: () => "-", onSome: (value) => `spread ${BigDecimal.format(value)}` })
}

/** Decimals with their points under each other, one width for all. */
export const aligned = (texts: ReadonlyArray<string>): ReadonlyArray<string> => {
  const parts = texts.map((text) => {
    const [whole = "", fraction] = text.split(".")
    return { whole, rest: fraction === undefined ? "" : `.${fraction}` }
  })
  const left = Math.max(0, ...parts.map(({ whole }) => whole.length))
  const right = Math.max(0, ...parts.map(({ rest }) => rest.length))
  return parts.map(({ whole, rest }) => whole.padStart(left) + rest.padEnd(right))
}
