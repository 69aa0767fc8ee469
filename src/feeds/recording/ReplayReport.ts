// Owns what a replay shows: every event of one market of a recording as NDJSON on stdout, last a summary with the whole
// book; words for people go to stderr. How frames become events is Folder's. Invariant: a recording that says nothing of
// the market ends as a failure, after its summary, never as an empty success.
import { Console, Effect, Runtime, Schema } from "effect"
import { publicEvent, type FeedEvent } from "../FeedEvent.ts"
import { readRecording } from "./Recording.ts"
import { recordedMarket, type MarketWords, type RecordedMarket } from "./RecordedMarket.ts"
import { Folder } from "./Replay.ts"

export interface ReplayReportOptions extends MarketWords {
  readonly file: string
  /** True: stderr stays silent unless something is wrong. */
  readonly json: boolean
}

/** The recording is whole, but none of this market. */
export class ForeignRecording extends Schema.TaggedError<ForeignRecording>()("ForeignRecording", {
  file: Schema.String,
  detail: Schema.String
}) {
  /** The command line's code for what was refused. */
  override get [Runtime.errorExitCode](): number {
    return 2
  }
  override get message(): string {
    return `${this.file}: ${this.detail}`
  }
}

/** Rows folded before others of the process get their turn, and text held back before it is printed. */
const ROWS_A_TURN = 256
const TEXT_A_TURN = 65_536

/** Replays a recording for one market onto the console. */
export const replayReport = Effect.fn("replayReport")(function* (options: ReplayReportOptions) {
  const market = yield* recordedMarket(options)
  const rows = yield* readRecording(options.file)
  const events = { book_snapshot: 0, book_change: 0, trade: 0, spread: 0, status: 0 }
  const lines: Array<string> = []
  let length = 0
  const emit = (event: FeedEvent): void => {
    events[event.type]++
    const line = JSON.stringify(publicEvent(event))
    lines.push(line)
    length += line.length
  }
  const folder = new Folder(market.scheme, market.symbol, market.tag, emit)
  for (const [index, row] of rows.entries()) {
    folder.row(row)
    const turn = index % ROWS_A_TURN === ROWS_A_TURN - 1
    if ((turn || length > TEXT_A_TURN) && lines.length > 0) yield* Console.log(lines.splice(0).join("\n"))
    if (turn) yield* Effect.yieldNow
    if (lines.length === 0) length = 0
  }
  lines.push(JSON.stringify(summary(folder, events)))
  yield* Console.log(lines.join("\n"))
  if (!options.json) yield* Console.error(inWords(market, folder))
  yield* tellUnknown(market, folder)
  if (folder.spoken === 0) return yield* new ForeignRecording({ file: options.file, detail: foreign(market, folder) })
})

const summary = (folder: Folder, events: Readonly<Record<FeedEvent["type"], number>>) => {
  const { exchange, book, frames } = folder
  const { state, reason, epoch } = exchange.status()
  const { ignored, unknown } = exchange.counts
  const levels = { bids: book.bidTexts(book.bidLevels), asks: book.askTexts(book.askLevels) }
  return { type: "replay_summary", frames, ignored, unknown, events, state, reason, epoch, book: levels }
}

const inWords = ({ tag }: RecordedMarket, { exchange, book, frames }: Folder): string => {
  const { state, reason } = exchange.status()
  const why = reason === null ? "" : ` (${reason})`
  const levels = `${book.bidLevels} bids and ${book.askLevels} asks`
  return `${tag}: ${frames} frames, ${exchange.seq} events; ${state}${why} with ${levels}`
}

const tellUnknown = ({ scheme }: RecordedMarket, { exchange }: Folder): Effect.Effect<void> => {
  const { counters, unknown_sample } = exchange.view()
  if (counters.unknown === 0) return Effect.void
  const frames = counters.unknown === 1 ? "1 frame is" : `${counters.unknown} frames are`
  return Console.error(`${frames} unknown to ${scheme.exchange}'s ${scheme.protocol}, the last: ${unknown_sample}`)
}

const foreign = ({ scheme, symbol }: RecordedMarket, { exchange, frames }: Folder): string => {
  if (frames === 0) return "holds no received frame"
  const { unknown } = exchange.counts
  if (unknown === frames)
    return `is no recording of ${scheme.exchange} (${scheme.protocol}): none of its frames is known`
  return `holds nothing of ${symbol}; ${frames - unknown} of its ${frames} frames are known to ${scheme.exchange} and not of this market`
}
