// Owns what tests of schemes share: folding a recording through session, mediator and book, plain maps as a second
// opinion of the book, and ways to spoil a frame. What a venue must do then is its test's.
import { canonical } from "../../src/domain/Decimal.ts"
import type { FeedEvent } from "../../src/feeds/core/FeedEvent.ts"
import type { OrderBook } from "../../src/feeds/book/OrderBook.ts"
import type { RecordingRow } from "../../src/feeds/recording/Recording.ts"
import { foldRecording, type Fold } from "../../src/feeds/recording/Replay.ts"
import type { Instructions } from "../../src/schemes/Instruction.ts"
import type { Session, TranslationScheme } from "../../src/schemes/TranslationScheme.ts"
import { Unreadable } from "../../src/wire/Wire.ts"

/** A row as if received. */
export const received = (frame: unknown, at = 1_000_000): RecordingRow => ({
  at,
  kind: "recv",
  url: "wss://test",
  text: typeof frame === "string" ? frame : JSON.stringify(frame)
})

export interface Folded extends Pick<Fold, "exchange" | "book" | "frames"> {
  readonly events: ReadonlyArray<FeedEvent>
  /** `state: reason` of every status event, in order. */
  readonly story: ReadonlyArray<string>
}

export const fold = (scheme: TranslationScheme, symbol: string, rows: Iterable<RecordingRow>): Folded => {
  const events: Array<FeedEvent> = []
  const { exchange, book, frames } = foldRecording(scheme, symbol, symbol, rows, (event) => events.push(event))
  const story = events.flatMap((event) => (event.type === "status" ? [`${event.state}: ${event.reason ?? ""}`] : []))
  return { exchange, book, frames, events, story }
}

/** Both sides whole, as canonical text, best first. */
export const levelsOf = (book: OrderBook) => ({
  bids: book.bidTexts(book.bidLevels),
  asks: book.askTexts(book.askLevels)
})

/** The same of plain maps from price to size, where sizes of zero were deleted. */
export const levelsOfMaps = (bids: ReadonlyMap<number, string>, asks: ReadonlyMap<number, string>) => {
  const side = (levels: ReadonlyMap<number, string>, sign: number) =>
    [...levels].sort(([a], [b]) => sign * (a - b)).map(([price, size]) => [canonical(price), canonical(size)] as const)
  return { bids: side(bids, -1), asks: side(asks, 1) }
}

/** What a frame asks for; fails the test where it is unreadable. */
export const told = (session: Session, frame: unknown, at = 1_000_000): Instructions => {
  const result = session.receive(Buffer.from(received(frame).text), at)
  if (result instanceof Unreadable) throw new Error(`unreadable: ${result.detail}`)
  return result
}

/** Spoils a text at a place, in one of six ways. */
export const spoiled = (text: string, place: number, way: number): string => {
  const at = place % Math.max(1, text.length)
  const rest = text.slice(at + 1)
  switch (way % 6) {
    case 0:
      return text.slice(0, at)
    case 1:
      return text.slice(0, at) + rest
    case 2:
      return `${text.slice(0, at)}9${rest}`
    case 3:
      return `${text.slice(0, at)}"${rest}`
    case 4:
      return text.replaceAll(/\d+(\.\d+)?/g, "null")
    default:
      return text.replaceAll(/\[[^[\]]*\]/g, "{}")
  }
}
