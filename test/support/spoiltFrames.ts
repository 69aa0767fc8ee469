// Owns the table of spoilt frames: what can happen to one book frame between a venue and us, done to a recording at
// several places, and what became of the book. What a venue's protocol can show of it is said in the test of all
// venues.
import { canonical } from "../../src/domain/Decimal.ts"
import type { RecordingRow } from "../../src/feeds/recording/Recording.ts"
import { foldRecording } from "../../src/feeds/recording/Replay.ts"
import { Unreadable } from "../../src/wire/Wire.ts"
import type { SimulatedRecording } from "./simulatedRecording.ts"

/**
 * `dropped`, `doubled`, `swapped` with the next book frame; `altered`: one size is another; `truncated`: half of its
 * text came; `unknown`: a frame of no kind that any sheet knows comes before it.
 */
export const SPOILINGS = ["dropped", "doubled", "swapped", "altered", "truncated", "unknown"] as const
export type Spoiling = (typeof SPOILINGS)[number]

/** Where in the recording's book frames, as shares of their number. */
const PLACES = [0.3, 0.5, 0.7]

const UNKNOWN = '{"novelty":{"of":"no sheet"}}'

interface BookFrame {
  readonly index: number
  /** Where in its text the size of a level stands, and how it is spelled there. */
  readonly size: { readonly at: number; readonly text: string }
}

/** The rows whose frames change the book of the recording's market, and set a level in it. */
const bookFrames = ({ scheme, symbol, rows }: SimulatedRecording): ReadonlyArray<BookFrame> => {
  const session = scheme.session(scheme.lines[0].name)
  session.join([symbol])
  const { url } = rows.find(({ kind }) => kind === "open")!
  return rows.flatMap((row, index): ReadonlyArray<BookFrame> => {
    if (row.kind === "http") session.answer(symbol, row.status ?? 200, row.text, row.at)
    if (row.kind !== "recv" || row.url !== url) return []
    const result = session.receive(Buffer.from(row.text), row.at)
    if (result instanceof Unreadable) return []
    for (const instruction of result) {
      if (instruction.type !== "changes" || instruction.symbol !== symbol) continue
      for (const [, size] of [...instruction.bids, ...instruction.asks].toReversed()) {
        const found = Number(size) === 0 ? null : sizeIn(row.text, canonical(size))
        if (found !== null) return [{ index, size: found }]
      }
    }
    return []
  })
}

/** The last number of a frame that is this size: ids, times and prices come before it. */
const sizeIn = (text: string, size: string): BookFrame["size"] | null => {
  const numbers = [...text.matchAll(/(?<=[":,[\s-])\d+(?:\.\d+)?(?=["\],}])/g)]
  const found = numbers.findLast(([number]) => canonical(number) === size)
  return found === undefined ? null : { at: found.index, text: found[0] }
}

const spoil = (rows: ReadonlyArray<RecordingRow>, at: number, next: number, size: BookFrame["size"], how: Spoiling) => {
  const row = rows[at]!
  const before = rows.slice(0, at)
  const after = rows.slice(at + 1)
  switch (how) {
    case "dropped":
      return [...before, ...after]
    case "doubled":
      return [...before, row, row, ...after]
    case "swapped":
      return [...rows.slice(0, at), rows[next]!, ...rows.slice(at + 1, next), row, ...rows.slice(next + 1)]
    case "altered":
      return [...before, { ...row, text: withAnother(row.text, size) }, ...after]
    case "truncated":
      return [...before, { ...row, text: row.text.slice(0, row.text.length >> 1) }, ...after]
    case "unknown":
      return [...before, { ...row, text: UNKNOWN }, row, ...after]
  }
}

/** The first digit of a size becomes another. */
const withAnother = (text: string, { at, text: size }: BookFrame["size"]): string => {
  const digit = size[0] === "9" ? "1" : String(Number(size[0]) + 1)
  return text.slice(0, at) + digit + text.slice(at + 1)
}

/** The recording spoilt in this way, once for every place. */
export const spoilt = (recording: SimulatedRecording, how: Spoiling): ReadonlyArray<ReadonlyArray<RecordingRow>> => {
  const { rows } = recording
  const frames = bookFrames(recording)
  return PLACES.map((place) => {
    const n = Math.floor(place * frames.length)
    const { index, size } = frames[n]!
    return spoil(rows, index, frames[n + 1]!.index, size, how)
  })
}

/**
 * What became of the book: `same` (live, the venue's own book, and nothing was ever found wrong), the reasons for which
 * it was found wrong, in order, or `wrong`: live at the end, and not the venue's book.
 */
export const outcomeOf = ({ scheme, symbol, truth }: SimulatedRecording, rows: ReadonlyArray<RecordingRow>): string => {
  const reasons: Array<string> = []
  const { exchange, book } = foldRecording(scheme, symbol, symbol, rows, (event) => {
    if (event.type === "status" && event.state === "resyncing") reasons.push(event.reason!.replace(/:.*/, ""))
  })
  const [bids, asks] = [book.bidTexts(book.bidLevels), book.askTexts(book.askLevels)]
  const isTrue =
    JSON.stringify(bids) === JSON.stringify(truth.bids.slice(0, bids.length)) &&
    JSON.stringify(asks) === JSON.stringify(truth.asks.slice(0, asks.length))
  const shown = [...new Set(reasons)].join(", ")
  if (exchange.state === "live" && !isTrue) return shown === "" ? "wrong" : `wrong after ${shown}`
  return shown === "" ? (exchange.state === "live" ? "same" : exchange.state) : shown
}
