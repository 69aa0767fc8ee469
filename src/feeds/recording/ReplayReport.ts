// Owns what a replay shows: every event of one market of a recording as NDJSON on stdout, last a summary with the whole
// book; words for people go to stderr. How frames become events is Folder's. Invariant: a recording that says nothing
// of the market, or leaves its book in doubt, ends as a failure after its summary, never as a success.
import { Console, Effect, Stream } from "effect"
import { byType, EVENT_KINDS } from "../../domain/EventKinds.ts"
import { schemes } from "../../schemes/Schemes.ts"
import type { TranslationScheme } from "../../schemes/TranslationScheme.ts"
import { publicEvent, type FeedEvent } from "../core/FeedEvent.ts"
import type { TrafficRow } from "../core/TrafficRow.ts"
import { type Damage, RecordingReader } from "./Recording.ts"
import { RecordingFailure } from "./RecordingFailure.ts"
import type { FeedExchange } from "../core/FeedExchange.ts"
import { recordedMarket, type MarketWords, type RecordedMarket } from "./RecordedMarket.ts"
import { Folder } from "./Replay.ts"

export interface ReplayReportOptions extends MarketWords {
  readonly file: string
  /** True: stderr stays silent unless something is wrong. */
  readonly json: boolean
}

/** Rows folded before others of the process get their turn, and text held back before it is printed. */
const ROWS_A_TURN = 256
const TEXT_A_TURN = 65_536
/** A recording has one host or two. */
const MAX_HOSTS = 100

/** Replays a recording for one market onto the console. */
export const replayReport = Effect.fn("replayReport")(function* (options: ReplayReportOptions) {
  const { file } = options
  const market = yield* recordedMarket(options)
  const reader = new RecordingReader(file)
  const printer = new Printer()
  const folder = new Folder(market.scheme, market.symbol, market.tag, printer.event)
  const hosts = new Hosts()
  yield* Stream.runForEach(reader.batches, (batch) => foldBatch(batch, folder, printer, hosts)).pipe(
    Effect.tapError(() => printer.flush)
  )
  const { damage } = reader
  printer.lines.push(JSON.stringify(summary(folder, printer, damage)))
  yield* printer.flush
  if (!options.json) yield* Console.error(inWords(market, folder))
  if (damage !== null) yield* Console.error(`${file}: ${damage.detail}`)
  yield* tellUnknown(market, folder)
  if (folder.spoken === 0)
    return yield* new RecordingFailure({ fault: "foreign", file, detail: foreign(market, folder, hosts) })
  if (folder.exchange.state !== "live")
    return yield* new RecordingFailure({ fault: "not_live", file, detail: doubtful(folder) })
})

/** The types that a summary counts: of the book and its trades first, then all others as their table has them. */
const COUNTED: ReadonlySet<string> = new Set(["book_snapshot", "book_change", "trade", ...byType(EVENT_KINDS).keys()])

/** Keeps events until enough of them can be printed at once. */
class Printer {
  readonly counts = new Map([...COUNTED].map((type) => [type, 0]))
  readonly lines: Array<string> = []
  length = 0
  readonly event = (event: FeedEvent): void => {
    this.counts.set(event.type, (this.counts.get(event.type) ?? 0) + 1)
    const line = JSON.stringify(publicEvent(event))
    this.lines.push(line)
    this.length += line.length
  }
  readonly flush: Effect.Effect<void> = Effect.suspend(() => {
    this.length = 0
    return this.lines.length === 0 ? Effect.void : Console.log(this.lines.splice(0).join("\n"))
  })
}

const foldBatch = Effect.fnUntraced(function* (
  batch: ReadonlyArray<TrafficRow>,
  folder: Folder,
  printer: Printer,
  hosts: Hosts
) {
  for (const [index, row] of batch.entries()) {
    folder.row(row)
    hosts.see(row.url)
    if (printer.length > TEXT_A_TURN) yield* printer.flush
    if (index % ROWS_A_TURN === ROWS_A_TURN - 1) yield* Effect.yieldNow
  }
})

const summary = (folder: Folder, printer: Printer, damage: Damage | null) => {
  const { exchange, book, frames } = folder
  const { state, reason, reason_code, epoch } = exchange.status()
  const { ignored, unknown } = exchange.counts
  const levels = { bids: book.bidTexts(book.bidLevels), asks: book.askTexts(book.askLevels) }
  const events = Object.fromEntries(printer.counts)
  const label = { state, reason, reason_code, epoch }
  return { type: "replay_summary", frames, ignored, unknown, events, ...label, damage, book: levels }
}

const inWords = ({ tag }: RecordedMarket, { exchange, book, frames }: Folder): string => {
  const levels = `${book.bidLevels} bids and ${book.askLevels} asks`
  return `${tag}: ${frames} frames, ${exchange.seq} events; ${stateOf(exchange)} with ${levels}`
}

const stateOf = (exchange: FeedExchange): string => {
  const { state, reason } = exchange.status()
  return reason === null ? state : `${state} (${reason})`
}

const doubtful = ({ exchange }: Folder): string =>
  `the book is not live at the end but ${stateOf(exchange)}: it is not known to be right`

const tellUnknown = ({ scheme }: RecordedMarket, { exchange }: Folder): Effect.Effect<void> => {
  const { counters, unknown_sample } = exchange.view()
  if (counters.unknown === 0) return Effect.void
  const frames = counters.unknown === 1 ? "1 frame is" : `${counters.unknown} frames are`
  return Console.error(`${frames} unknown to ${scheme.exchange}'s ${scheme.protocol}, the last: ${unknown_sample}`)
}

const foreign = ({ scheme, symbol }: RecordedMarket, { exchange, frames }: Folder, hosts: Hosts): string => {
  if (frames === 0) return "holds no received frame"
  const { unknown } = exchange.counts
  const origin = hosts.foreignTo(scheme.exchange)
  if (unknown === frames)
    return `is no recording of ${scheme.exchange} (${scheme.protocol}): none of its frames is known${origin}`
  const known = `${frames - unknown} of its ${frames} frames are known to ${scheme.exchange} and not of this market`
  return `holds nothing of ${symbol}; ${known}${origin}`
}

/** Whose addresses a recording was made of. */
class Hosts {
  private readonly seen = new Set<string>()
  private last = ""

  see(url: string): void {
    if (url === this.last) return
    this.last = url
    if (this.seen.size < MAX_HOSTS) this.seen.add(URL.parse(url)?.hostname ?? "")
  }

  /** Says where the recording comes from when that is not this exchange, as the end of a sentence. */
  foreignTo(exchange: string): string {
    const known = [...this.seen].filter((host) => /[a-z]$/.test(host) && host !== "localhost")
    const owners = known.map((host) => schemes.find((scheme) => domainsOf(scheme).has(domain(host))))
    if (known.length === 0 || owners.some((owner) => owner?.exchange === exchange)) return ""
    const owner = owners[0]
    return `; it was recorded at ${known[0]}${owner === undefined ? "" : `, which is ${owner.exchange}'s`}`
  }
}

const domain = (host: string): string => host.split(".").slice(-2).join(".")

const domainsOf = ({ lines, rest }: TranslationScheme): ReadonlySet<string> =>
  new Set([rest ?? "", ...lines.map(({ url }) => url)].map((url) => domain(URL.parse(url)?.hostname ?? "")))
