// Owns the recording of one market as its exchange speaks it: runs the very feed that the service would run, and writes
// all that passes its sockets and REST. How it is dialled, repaired and dialled again is the feed's. Invariant:
// whatever ends it, the file is whole, and replays to the book that the feed had.
import { Console, Deferred, Duration, Effect, Option, Runtime, Schema } from "effect"
import { FetchHttpClient } from "effect/http"
import { Asset, SymbolId } from "../../domain/Asset.ts"
import { Exchange, ExchangeId } from "../../domain/Exchange.ts"
import { Market, MarketId } from "../../domain/Market.ts"
import type { EventSink, FeedEventOf } from "../core/FeedEvent.ts"
import { LiveFeed, type Endpoints } from "../market/LiveFeed.ts"
import { marketFeed } from "../market/MarketFeed.ts"
import { retirement, standIn } from "../market/Retired.ts"
import { recordedMarket, type MarketWords, type RecordedMarket } from "./RecordedMarket.ts"
import { makeVenues } from "../venue/Venues.ts"
import { recordingWriter, type RecordingWriter } from "./RecordingWriter.ts"

export interface RecordOptions extends Omit<MarketWords, "protocol"> {
  /** Absolute path of the file to write. */
  readonly out: string
  readonly duration: Duration.Duration
  readonly endpoints: Endpoints
}

/** Nothing of the market can be recorded; `detail` says why. */
export class NothingRecorded extends Schema.TaggedError<NothingRecorded>()("NothingRecorded", {
  detail: Schema.String
}) {
  /** The command line's code for what was refused. */
  override get [Runtime.errorExitCode](): number {
    return 2
  }
  override get message(): string {
    return this.detail
  }
}

/** Records until the duration is over. */
export const record = Effect.fn("record")(function* (options: RecordOptions) {
  const writer = yield* recordingWriter(options.out)
  // a last row that the disk does not take is reported, whatever ended the recording
  yield* Effect.onExit(recordInto(options, writer), () => writer.end)
}, Effect.scoped)

/** The same into a writer that is opened already. */
export const recordInto = Effect.fn("recordInto")(function* (options: RecordOptions, writer: RecordingWriter) {
  const market = yield* recordedMarket({ ...options, protocol: Option.none() })
  const { exchange } = market.scheme
  const closed = retirement(market.scheme, options.marketType, options.endpoints)
  if (closed !== null) return yield* new NothingRecorded({ detail: `${exchange} is retired: ${closed}` })
  const refused = yield* Deferred.make<never, NothingRecorded>()
  let story = "never dialled"
  const feed = feedOf(market, options, ({ state, reason }) => {
    // that it is stopped in the end goes without saying
    if (state !== "stopped") story = `${market.symbol} is ${state}${reason === null ? "" : ` (${reason})`}`
    if (state !== "rejected") return
    const detail = `${exchange} refuses ${market.symbol}: ${reason ?? "it gives no reason"}`
    Deferred.doneUnsafe(refused, new NothingRecorded({ detail }))
  })
  const inWords = () => `${writer.taken.rows} rows, ${writer.taken.bytes} bytes of text; ${story}`
  feed.tap = writer.write
  const venues = yield* makeVenues(({ limits }) => limits)
  yield* Effect.raceAllFirst([
    marketFeed(feed, venues.of(market.scheme)),
    writer.failed,
    Deferred.await(refused),
    progress(inWords),
    Effect.sleep(options.duration)
  ]).pipe(Effect.ensuring(Effect.suspend(() => Console.error(`${options.out}: ${inWords()}`))))
  if (feed.exchange.counts.frames > 0) return
  const detail = `${exchange} sent nothing in ${Duration.format(options.duration)}`
  return yield* new NothingRecorded({ detail })
}, Effect.provide(FetchHttpClient.layer))

const feedOf = (
  { scheme, symbol, pair }: RecordedMarket,
  { exchange, marketType, endpoints }: RecordOptions,
  onStatus: (status: FeedEventOf<"status">) => void
): LiveFeed => {
  const market = new Market({
    id: MarketId.make(1),
    exchange: new Exchange({ id: ExchangeId.make(1), name: exchange }),
    base_symbol: new Asset({ id: SymbolId.make(1), symbol: pair.base }),
    quote_symbol: new Asset({ id: SymbolId.make(2), symbol: pair.quote }),
    market_type: marketType,
    native_symbol: symbol,
    level4_feed_enabled: true,
    unverified: true
  })
  const sink: EventSink = {
    wanted: true,
    emit: (event) => {
      if (event.type === "status") onStatus(event)
    }
  }
  return new LiveFeed(market, scheme, symbol, standIn(scheme, endpoints), sink)
}

/** On a terminal, one line that is written again each second. */
const progress = (inWords: () => string): Effect.Effect<never> =>
  process.stderr.isTTY
    ? Effect.sync(() => process.stderr.write(`\r\u{1b}[K${inWords()}`)).pipe(Effect.delay("1 second"), Effect.forever)
    : Effect.never
