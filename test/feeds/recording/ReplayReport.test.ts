// Owns the proof of what a replay prints: events that a consumer can rebuild the book from, a summary that equals a
// second opinion of the raw frames, and failures that say what is wrong with a recording.
import { assert, describe, it } from "@effect/vitest"
import { Console, Effect, Option, Runtime, Schema } from "effect"
import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { gunzipSync, gzipSync } from "node:zlib"
import { MarketEvent } from "../../../src/domain/Event.ts"
import { byType, EVENT_KINDS } from "../../../src/domain/EventKinds.ts"
import { replayReport, type ReplayReportOptions } from "../../../src/feeds/recording/ReplayReport.ts"
import { SIMULATED_FILE } from "../../support/naiveSimulated.ts"
import { HAS_RECORDINGS } from "../../support/realRecordings.ts"
import { recordedMarkets, recordingFile, temporaryFolder } from "../../support/Recordings.ts"

interface Summary {
  readonly type: "replay_summary"
  readonly frames: number
  readonly ignored: number
  readonly unknown: number
  readonly events: Readonly<Record<string, number>>
  readonly state: string
  readonly reason: string | null
  readonly epoch: number
  readonly damage: { readonly rows: number; readonly half_row_bytes: number } | null
  readonly book: { readonly bids: ReadonlyArray<[string, string]>; readonly asks: ReadonlyArray<[string, string]> }
}

const options = (file: string, exchange: string, symbol: string, rest: Partial<ReplayReportOptions> = {}) => ({
  file,
  exchange,
  marketType: "SPOT" as const,
  pair: Option.none(),
  nativeSymbol: Option.some(symbol),
  protocol: Option.none(),
  json: true,
  ...rest
})

/** Replays with a console of its own; the failure, if any, is part of what is seen. */
const replayed = Effect.fnUntraced(function* (options: ReplayReportOptions) {
  const out: Array<string> = []
  const err: Array<string> = []
  const console: Console.Console = {
    ...globalThis.console,
    log: (text: string) => void out.push(text),
    error: (text: string) => void err.push(text)
  }
  const failure = yield* replayReport(options).pipe(
    Effect.as(null),
    Effect.catch((error) => Effect.succeed(error)),
    Effect.provideService(Console.Console, console)
  )
  const lines = out.length === 0 ? [] : out.join("\n").split("\n")
  const last = lines.pop()
  const summary = last === undefined ? null : (JSON.parse(last) as Summary)
  const events = lines.map((line) => Schema.decodeUnknownSync(MarketEvent)(JSON.parse(line)))
  return { events, summary: summary!, stderr: err.join("\n"), failure, stdout: out.join("\n") }
})

/** The book that a consumer of the events holds in the end. */
const rebuilt = (events: ReadonlyArray<MarketEvent>) => {
  const sides = { bids: new Map<string, string>(), asks: new Map<string, string>() }
  for (const event of events) {
    if (event.type !== "book_snapshot" && event.type !== "book_change") continue
    for (const side of ["bids", "asks"] as const) {
      if (event.type === "book_snapshot") sides[side].clear()
      for (const [price, size] of event[side]) {
        if (size === "0") sides[side].delete(price)
        else sides[side].set(price, size)
      }
    }
  }
  const sorted = (side: Map<string, string>, sign: number) =>
    [...side].sort(([a], [b]) => sign * (Number(a) - Number(b)))
  return { bids: sorted(sides.bids, -1), asks: sorted(sides.asks, 1) }
}

describe("replayReport", () => {
  for (const market of recordedMarkets) {
    const { name, exchange, marketType, symbol, naive, traded, isHere } = market
    it.effect.skipIf(!isHere)(`shows ${name} as the raw frames have it`, () =>
      Effect.gen(function* () {
        const { events, summary, stderr, failure } = yield* replayed(
          options(market.file, exchange, symbol, { marketType })
        )
        assert.isNull(failure)
        assert.strictEqual(stderr, "")
        const { bids, asks, trades } = naive()
        assert.deepStrictEqual(summary.book, { bids, asks } as never)
        assert.deepStrictEqual(rebuilt(events), summary.book as never)
        const shown = events.flatMap((event) => (event.type === "trade" ? [{ id: event.id, side: event.side }] : []))
        assert.deepStrictEqual(shown, trades as never)
        assert.strictEqual(trades.length > 0, traded)
        assert.deepInclude(summary, { type: "replay_summary", unknown: 0, state: "live", reason: null, epoch: 1 })
        assert.isNull(summary.damage)
        const counted: Record<string, number> = Object.fromEntries(
          [...byType(EVENT_KINDS).keys()].map((type) => [type, 0])
        )
        for (const { type } of events) counted[type]!++
        assert.deepStrictEqual(summary.events, counted)
        const first = Object.keys(summary.events).slice(0, 5)
        assert.deepStrictEqual(first, ["book_snapshot", "book_change", "trade", "spread", "status"])
        assert.deepStrictEqual(
          events.map(({ seq }) => seq),
          events.map((_, index) => index + 1)
        )
      })
    )
  }

  it.effect("shows the very same again", () =>
    Effect.gen(function* () {
      const ours = options(SIMULATED_FILE, "binance", "BTCUSDT")
      const first = yield* replayed(ours)
      assert.strictEqual((yield* replayed(ours)).stdout, first.stdout)
      assert.strictEqual(first.events[0]?.tag, "BINANCE.SPOT:BTC-USDT")
    })
  )

  it.effect("takes base and quote for the venue's spelling, and sums up for people without --json", () =>
    Effect.gen(function* () {
      const pair = Option.some({ base: "BTC", quote: "USDT" })
      const words = { pair, nativeSymbol: Option.none(), json: false }
      const { summary, stderr } = yield* replayed(options(SIMULATED_FILE, "Binance", "", words))
      assert.strictEqual(summary.state, "live")
      assert.match(stderr, /^BINANCE\.SPOT:BTC-USDT: 407 frames, \d+ events; live with \d+ bids and \d+ asks$/)
    })
  )

  it.effect.skipIf(!HAS_RECORDINGS)("fails on another venue's recording, and names the venue by its address", () =>
    Effect.gen(function* () {
      const { summary, stderr, failure } = yield* replayed(options(recordingFile("bitmex"), "Binance", "NKNUSDT"))
      assert.strictEqual(summary.unknown, summary.frames)
      assert.include(failure?.message, "is no recording of Binance")
      assert.include(failure?.message, "; it was recorded at www.bitmex.com, which is BitMEX's")
      assert.strictEqual(Runtime.getErrorExitCode(failure), 2)
      assert.match(stderr, /^\d+ frames are unknown to Binance's .*: \{/)
    })
  )

  it.effect("fails after the summary on another venue's recording, and shows a frame of it", () =>
    Effect.gen(function* () {
      const { summary, stderr, failure } = yield* replayed(options(SIMULATED_FILE, "Bybit", "ETHUSDT"))
      assert.strictEqual(summary.unknown, summary.frames)
      assert.include(failure?.message, "is no recording of Bybit")
      assert.strictEqual(Runtime.getErrorExitCode(failure), 2)
      assert.match(stderr, /^\d+ frames are unknown to Bybit's .*: \{/)
    })
  )

  it.effect("fails after the summary on a market that the recording does not have", () =>
    Effect.gen(function* () {
      const whole = yield* Effect.promise(() => readFile(SIMULATED_FILE))
      const lines = gunzipSync(whole).toString().split("\n")
      const file = join(yield* temporaryFolder, "unacknowledged.gz")
      // an acknowledgement names no market, so it may be of this one
      const without = lines.filter((line) => !line.includes('\\"result\\":null'))
      yield* Effect.promise(() => writeFile(file, gzipSync(without.join("\n"))))
      const { summary, failure } = yield* replayed(options(file, "Binance", "BTCUSD"))
      assert.deepInclude(summary, { unknown: 0, state: "syncing", book: { bids: [], asks: [] } })
      assert.deepStrictEqual([summary.frames, summary.ignored], [406, 406])
      assert.include(failure?.message, "holds nothing of BTCUSD")
    })
  )

  it.effect("replays what is whole of a recording that was cut off, and says how much is lost", () =>
    Effect.gen(function* () {
      const whole = yield* Effect.promise(() => readFile(SIMULATED_FILE))
      const file = join(yield* temporaryFolder, "cut.gz")
      yield* Effect.promise(() => writeFile(file, whole.subarray(0, whole.length - 2_000)))
      const { summary, stderr, failure, events } = yield* replayed(options(file, "Binance", "BTCUSDT"))
      assert.isNull(failure)
      assert.strictEqual(summary.state, "live")
      const { rows, half_row_bytes } = summary.damage ?? assert.fail("no damage is shown")
      assert.isTrue(rows > 100 && rows < 410 && half_row_bytes > 0)
      assert.strictEqual(
        stderr,
        `${file}: is cut off after ${rows} whole rows: ${half_row_bytes} bytes of a half row are left out`
      )
      const lines = gunzipSync(whole).toString().split("\n")
      const same = join(yield* temporaryFolder, "same.gz")
      yield* Effect.promise(() => writeFile(same, gzipSync(lines.slice(0, rows).join("\n"))))
      const rest = yield* replayed(options(same, "Binance", "BTCUSDT"))
      assert.deepStrictEqual(rest.events, events)
      assert.deepStrictEqual(rest.summary, { ...summary, damage: null })
    })
  )

  it.effect("fails with a code of its own where the book is not live at the end", () =>
    Effect.gen(function* () {
      const whole = yield* Effect.promise(() => readFile(SIMULATED_FILE))
      const file = join(yield* temporaryFolder, "closed.gz")
      const closed = JSON.stringify({ at: 1_795_910_000_000_000, kind: "close", url: "wss://venue", text: "1006 gone" })
      yield* Effect.promise(() => writeFile(file, Buffer.concat([whole, gzipSync(closed)])))
      const { summary, failure } = yield* replayed(options(file, "Binance", "BTCUSDT"))
      assert.strictEqual(summary.state, "backoff")
      assert.isAbove(summary.book.bids.length, 0)
      assert.strictEqual(
        failure?.message,
        `${file}: the book is not live at the end but backoff (1006 gone): it is not known to be right`
      )
      assert.strictEqual(Runtime.getErrorExitCode(failure), 3)
    })
  )

  it.effect("refuses what is no recording, and what no scheme speaks, before anything is printed", () =>
    Effect.gen(function* () {
      const file = join(yield* temporaryFolder, "other.gz")
      yield* Effect.promise(() => writeFile(file, gzipSync("[]")))
      for (const [refused, words] of [
        [options(file, "Binance", "BTCUSDT"), "line 1 is no row"],
        [options(SIMULATED_FILE, "Nowhere", "X"), "no scheme for Nowhere"],
        [options(SIMULATED_FILE, "Coinbase", "X", { marketType: "INVERSE" }), "no INVERSE markets"],
        [options(SIMULATED_FILE, "Binance", "BTCUSDT", { protocol: Option.some("v0") }), "no protocol v0"]
      ] as const) {
        const { stdout, failure } = yield* replayed(refused)
        assert.strictEqual(stdout, "")
        assert.include(failure?.message, words)
        assert.strictEqual(Runtime.getErrorExitCode(failure), 2)
      }
    })
  )
})
