// Owns the proof that what was recorded replays to what the feed had: against a playback as the venue, with lost
// connections, and whatever ends the recording.
import { assert, describe, it } from "@effect/vitest"
import { Console, Duration, Effect, Fiber, Option, Runtime } from "effect"
import { TestClock } from "effect/testing"
import { existsSync, statSync } from "node:fs"
import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import type { MarketType } from "../../../src/domain/MarketType.ts"
import type { FeedEvent } from "../../../src/feeds/core/FeedEvent.ts"
import { Playback } from "../../../src/feeds/recording/Playback.ts"
import { record, recordInto, type RecordOptions } from "../../../src/feeds/recording/Record.ts"
import { readRecording, type RecordingRow } from "../../../src/feeds/recording/Recording.ts"
import { recordingWriter } from "../../../src/feeds/recording/RecordingWriter.ts"
import { resolve } from "../../../src/schemes/Schemes.ts"
import { recordedMarkets, simulatedMarket, temporaryFolder } from "../../support/Recordings.ts"
import { fold, levelsOf } from "../../support/SchemeBench.ts"
import { scriptedVenue, type Script, type ScriptedVenue } from "../../support/ScriptedVenue.ts"
import { until } from "../../support/until.ts"

interface Words {
  readonly exchange: string
  readonly marketType: MarketType
  readonly symbol: string
}

const SPOT: Words = simulatedMarket

const optionsOf = (words: Words, out: string, endpoints: RecordOptions["endpoints"]): RecordOptions => ({
  exchange: words.exchange,
  marketType: words.marketType,
  pair: Option.some({ base: "A", quote: "B" }),
  nativeSymbol: Option.some(words.symbol),
  out,
  duration: Duration.minutes(5),
  endpoints
})

const quiet: Console.Console = { ...globalThis.console, error: () => {} }
const recorded = (options: RecordOptions) => Effect.provideService(record(options), Console.Console, quiet)

const schemeOf = ({ exchange, marketType: market_type, symbol }: Words) => {
  const resolved = resolve({ exchange, base: "A", quote: "B", market_type, native_symbol: symbol })
  if (typeof resolved === "string") throw new TypeError(resolved)
  return resolved.scheme
}

const folded = (words: Words, rows: ReadonlyArray<RecordingRow>) => fold(schemeOf(words), words.symbol, rows)

const tradesOf = (events: ReadonlyArray<FeedEvent>) =>
  events.flatMap((event) => (event.type === "trade" ? [[event.id, event.price, event.size, event.side]] : []))

/** What FTX said to a subscription. */
const FTX_ROWS: ReadonlyArray<RecordingRow> = [
  { at: 1, kind: "sent", url: "wss://ftx.com/ws/", text: "" },
  { at: 2, kind: "recv", url: "wss://ftx.com/ws/", text: '{"type":"subscribed","channel":"trades","market":"BTC/USD"}' }
]

/** Waits until the venue was asked so many times for its REST book. */
const asked = ({ asked }: ScriptedVenue, times: number) =>
  until(
    "asked for the book",
    Effect.sync(() => asked.length),
    (count) => count >= times
  )

/** Plays a recording until the feed that is recorded has read all of it, and gives what was written. */
const again = Effect.fnUntraced(function* (words: Words, rows: ReadonlyArray<RecordingRow>) {
  const { url, restUrl } = yield* Playback.serve({ rows, host: "127.0.0.1", port: 0, speed: 0 })
  const out = join(yield* temporaryFolder, "again.ndjson.gz")
  const wanted = { recv: schemeOf(words).lines.length * count(rows, "recv"), http: count(rows, "http") }
  const seen = { recv: 0, http: 0 }
  yield* Effect.gen(function* () {
    const writer = yield* recordingWriter(out)
    const write = (row: RecordingRow): void => {
      writer.write(row)
      if (row.kind === "recv" || row.kind === "http") seen[row.kind]++
    }
    const recording = recordInto(optionsOf(words, out, { ws: url, rest: `${restUrl}/` }), { ...writer, write })
    yield* Effect.forkScoped(Effect.provideService(recording, Console.Console, quiet))
    const look = Effect.sync(() => ({ ...seen }))
    yield* until("all frames", look, ({ recv, http }) => recv >= wanted.recv && http >= wanted.http)
  }).pipe(Effect.scoped)
  return yield* readRecording(out)
})

const count = (rows: ReadonlyArray<RecordingRow>, wanted: RecordingRow["kind"]): number =>
  rows.filter(({ kind }) => kind === wanted).length

const kindsOf = (rows: ReadonlyArray<RecordingRow>) => rows.map(({ kind }) => kind)

/** Acknowledges subscriptions and answers the REST book, as Binance does. */
const honest: Script = {
  reply: (text, socket) => {
    const { id } = JSON.parse(text) as { id: number }
    socket.send(JSON.stringify({ result: null, id }))
  },
  rest: () => ({ status: 200, body: '{"lastUpdateId":1,"bids":[["1","2"]],"asks":[["3","4"]]}' })
}

describe("record", () => {
  for (const market of recordedMarkets)
    it.live.skipIf(!market.isHere)(`records ${market.name} from a playback, to the same book and trades`, () =>
      Effect.gen(function* () {
        const rows = yield* readRecording(market.file)
        const written = yield* again(market, rows)
        const before = folded(market, rows)
        const after = folded(market, written)
        assert.deepStrictEqual(levelsOf(after.book), levelsOf(before.book))
        assert.strictEqual(after.exchange.state, "live")
        assert.deepStrictEqual(tradesOf(after.events), tradesOf(before.events))
        assert.strictEqual(count(written, "open"), schemeOf(market).lines.length)
        assert.strictEqual(count(written, "close"), 0)
        assert.isAbove(count(written, "sent"), 0)
      })
    )

  it.effect("ends after its duration with a whole file, and nothing in it of the end", () =>
    Effect.gen(function* () {
      const venue = yield* scriptedVenue(honest)
      const out = join(yield* temporaryFolder, "some.gz")
      const options = optionsOf(SPOT, out, { ws: `${venue.ws}/own/path`, rest: venue.rest })
      const said: Array<string> = []
      const console = { ...globalThis.console, error: (text: string) => void said.push(text) }
      const fiber = yield* Effect.forkScoped(Effect.provideService(record(options), Console.Console, console))
      yield* TestClock.withLive(asked(venue, 1))
      yield* TestClock.adjust(options.duration)
      yield* Fiber.join(fiber)
      const rows = yield* readRecording(out)
      assert.match(said.join("\n"), /some\.gz: \d+ rows, \d+ bytes of text; BTCUSDT is (syncing|live)/)
      assert.deepStrictEqual(kindsOf(rows).slice(0, 3), ["open", "sent", "recv"])
      assert.notInclude(kindsOf(rows), "close")
      assert.strictEqual(rows[0]?.url, `${venue.ws}/own/path`)
      assert.strictEqual(rows[1]?.text, venue.heard[0])
      assert.deepStrictEqual(venue.closeCodes, [1000])
    })
  )

  it.live("writes a lost connection as closed and opened again", () =>
    Effect.gen(function* () {
      const venue = yield* scriptedVenue(honest)
      const out = join(yield* temporaryFolder, "some.gz")
      const fiber = yield* Effect.forkScoped(recorded(optionsOf(SPOT, out, venue)))
      yield* asked(venue, 1)
      for (const socket of venue.sockets) socket.close(4000, "bye")
      yield* asked(venue, 2)
      yield* Fiber.interrupt(fiber)
      const rows = yield* readRecording(out)
      const ends = rows.filter(({ kind }) => kind === "open" || kind === "close")
      assert.deepStrictEqual(kindsOf(ends), ["open", "close", "open"])
      assert.strictEqual(ends[1]?.text, "4000 bye")
      assert.include(folded(SPOT, rows).story, "backoff: 4000 bye")
    })
  )

  it.effect("leaves no file of a venue that says nothing, or can't be reached", () =>
    Effect.gen(function* () {
      const out = join(yield* temporaryFolder, "some.gz")
      const options = optionsOf(SPOT, out, { ws: "ws://127.0.0.1:1", rest: "http://127.0.0.1:1" })
      const fiber = yield* Effect.forkScoped(Effect.flip(recorded(options)))
      yield* TestClock.withLive(
        until(
          "the file",
          Effect.sync(() => existsSync(out)),
          Boolean
        )
      )
      yield* TestClock.adjust(options.duration)
      const failure = yield* Fiber.join(fiber)
      assert.include(failure.message, "Binance sent nothing in 5m")
      assert.strictEqual(Runtime.getErrorExitCode(failure), 2)
      assert.isFalse(existsSync(out))
    })
  )

  it.live("ends at once when the venue refuses the symbol, and keeps its answer", () =>
    Effect.gen(function* () {
      const refusal = { status: 400, body: '{"code":-1121,"msg":"Invalid symbol."}' }
      const venue = yield* scriptedVenue({ ...honest, rest: () => refusal })
      const out = join(yield* temporaryFolder, "some.gz")
      const failure = yield* Effect.flip(recorded(optionsOf(SPOT, out, venue)))
      assert.include(failure.message, "Binance refuses BTCUSDT: Invalid symbol.")
      const rows = yield* readRecording(out)
      assert.deepInclude(rows.at(-1), { kind: "http", status: 400, text: refusal.body })
      assert.strictEqual(folded(SPOT, rows).exchange.state, "rejected")
    })
  )

  it.live("records a closed venue only where its address is another one, and says so", () =>
    Effect.gen(function* () {
      const out = join(yield* temporaryFolder, "some.gz")
      const closed: Words = { exchange: "FTX", marketType: "SPOT", symbol: "BTC/USD" }
      const failure = yield* Effect.flip(recorded(optionsOf(closed, out, { ws: undefined, rest: undefined })))
      assert.include(failure.message, "a feed starts only where LEVEL4_FTX_SPOT_WS_URL names another address")
      assert.strictEqual(Runtime.getErrorExitCode(failure), 2)
      assert.isFalse(existsSync(out))
      const { url } = yield* Playback.serve({ rows: FTX_ROWS, host: "127.0.0.1", port: 0, speed: 0 })
      const fiber = yield* Effect.forkScoped(recorded(optionsOf(closed, out, { ws: url, rest: undefined })))
      const size = Effect.sync(() => statSync(out, { throwIfNoEntry: false })?.size ?? 0)
      yield* until("rows in the file", size, (bytes) => bytes > 100)
      yield* Fiber.interrupt(fiber)
      assert.include(kindsOf(yield* readRecording(out)), "recv")
    })
  )

  it.live("touches no file that is there, and names what it can't write or does not know", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const out = join(folder, "some.gz")
      yield* Effect.promise(() => writeFile(out, "precious"))
      const nowhere = { ws: undefined, rest: undefined }
      for (const [options, words] of [
        [optionsOf(SPOT, out, nowhere), "exists already"],
        [optionsOf(SPOT, join(folder, "none/some.gz"), nowhere), "ENOENT"],
        [{ ...optionsOf(SPOT, join(folder, "new.gz"), nowhere), exchange: "Nowhere" }, "no scheme for Nowhere"],
        [
          { ...optionsOf(SPOT, join(folder, "new.gz"), nowhere), exchange: "BitMEX" },
          "BitMEX is retired: the venue closed"
        ]
      ] as const) {
        const failure = yield* Effect.flip(recorded(options))
        assert.include(failure.message, words)
        assert.strictEqual(Runtime.getErrorExitCode(failure), 2)
      }
      assert.strictEqual(yield* Effect.promise(() => readFile(out, "utf8")), "precious")
      assert.isFalse(existsSync(join(folder, "new.gz")))
    })
  )
})
