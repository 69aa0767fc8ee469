// Owns the soak: all simulated exchanges without a fault at a steady number of frames a second, for long, and once a
// minute a line of what the service's process needed. Each line is printed when it is known, so that a soak that is cut
// short still tells what it saw. The rate of the markets is found by a short trial first.
import { Effect } from "effect"
import { startFeeds } from "../support/followMarkets.ts"
import { readVitals, type Vitals } from "./Memory.ts"
import { stage } from "./Stage.ts"

export interface SoakLine {
  readonly minute: number
  readonly framesASecond: number
  /** Processor time of the service a frame, in microseconds. */
  readonly cpuPerFrame: number
  /** The least of the minute, in MB. */
  readonly heap: number
  readonly rss: number
  readonly live: number
  readonly resyncs: number
}

const TRIAL_RATE = 5
const TRIAL = 20_000
const LOOK_EVERY = 1_000
const MINUTE = 60
const MARKETS_EACH = 2

export const soak = Effect.fn("soak")(function* (
  seconds: number,
  framesASecond: number,
  seed: string,
  print: (line: SoakLine) => void
) {
  const trial = yield* Effect.scoped(framesAt(TRIAL_RATE, seed))
  const rate = Math.min(1_000, (TRIAL_RATE * framesASecond) / trial)
  return yield* Effect.scoped(lines(rate, seconds, seed, print))
})

const begun = Effect.fnUntraced(function* (rate: number, seed: string) {
  const set = yield* stage({
    exchanges: [],
    port: 0,
    seed,
    rate,
    markets: 0,
    marketsEach: MARKETS_EACH,
    marketTypes: ["SPOT", "PERP", "INVERSE"],
    environment: {},
    connects: new Map()
  })
  yield* startFeeds(set.client, yield* set.client.markets({}))
  return set
})

/** Frames a second that markets of this rate make. */
const framesAt = Effect.fnUntraced(function* (rate: number, seed: string) {
  const { url } = yield* begun(rate, seed)
  yield* Effect.sleep(TRIAL)
  const from = yield* Effect.promise(() => vitals(url))
  yield* Effect.sleep(TRIAL)
  const to = yield* Effect.promise(() => vitals(url))
  return (to.frames - from.frames) / ((to.at - from.at) / 1_000)
})

const lines = Effect.fnUntraced(function* (
  rate: number,
  seconds: number,
  seed: string,
  print: (line: SoakLine) => void
) {
  const { url, client } = yield* begun(rate, seed)
  const all: Array<SoakLine> = []
  let last = yield* Effect.promise(() => vitals(url))
  for (let minute = 1; minute * MINUTE <= seconds; minute++) {
    const seen: Array<Vitals> = []
    // by the clock: on a busy machine a look takes its time too
    while (seen.length === 0 || seen.at(-1)!.at - last.at < MINUTE * 1_000) {
      yield* Effect.sleep(LOOK_EVERY)
      seen.push(yield* Effect.promise(() => vitals(url)))
    }
    const now = seen.at(-1)!
    const feeds = (yield* client.markets({})).map(({ feed }) => feed)
    const frames = now.frames - last.frames
    const line: SoakLine = {
      minute,
      framesASecond: Math.round(frames / ((now.at - last.at) / 1_000)),
      cpuPerFrame: Number((((now.cpuSeconds - last.cpuSeconds) * 1_000_000) / frames).toFixed(1)),
      heap: leastMegabytes(seen, ({ heap }) => heap),
      rss: leastMegabytes(seen, ({ rss }) => rss),
      live: feeds.filter(({ state }) => state === "live").length,
      resyncs: feeds.reduce((sum, { counters }) => sum + counters.resyncs, 0)
    }
    all.push(line)
    print(line)
    last = now
  }
  return all
})

const leastMegabytes = (seen: ReadonlyArray<Vitals>, of: (one: Vitals) => number): number =>
  Number((seen.reduce((least, one) => Math.min(least, of(one)), Infinity) / 1_048_576).toFixed(1))

const vitals = async (url: string): Promise<Vitals> => {
  for (;;) {
    const now = await readVitals(url)
    if (now !== null) return now
  }
}

export const soakTitle = "MINUTE  FRAMES/S  CPU µs/FRAME  HEAP MB  RSS MB  LIVE  RESYNCS"

export const soakLine = (line: SoakLine): string =>
  [
    [line.minute, 6],
    [line.framesASecond, 10],
    [line.cpuPerFrame, 14],
    [line.heap, 9],
    [line.rss, 8],
    [line.live, 6],
    [line.resyncs, 9]
  ]
    .map(([value, width]) => String(value).padStart(width!))
    .join("")
