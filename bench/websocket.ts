// Owns the measurement of a frame's whole way from a socket to events: a venue in another process sends bursts of
// frames of about 300 bytes, a real feed reads them. Reported is the CPU time of this process, kernel work included,
// per frame, and how much of it is more than JSON.parse of the same texts costs.
import { Effect } from "effect"
import { FetchHttpClient } from "effect/http"
import { LiveFeed } from "../src/feeds/market/LiveFeed.ts"
import { marketFeed } from "../src/feeds/market/MarketFeed.ts"
import { makeVenues } from "../src/feeds/venue/Venues.ts"
import { coinbaseSpot } from "../src/schemes/coinbase/Coinbase.ts"
import { market } from "./markets.ts"
import { median } from "./rounds.ts"
import { BURST, burstFrames, PRODUCT } from "./venueFrames.ts"
import { venueProcess } from "./venueProcess.ts"

const ROUNDS = 15
const WARM = 4
const BURSTS_A_ROUND = 100
const FRAMES = BURSTS_A_ROUND * BURST

const cpuMicros = (): number => {
  const { user, system } = process.cpuUsage()
  return user + system
}

/** Counts a feed's book events, and tells when so many have come. */
class Counter {
  readonly wanted = true
  private wakes: (() => void) | null = null
  private missing = 0
  private live: () => void = () => {}
  readonly isLive = new Promise<void>((resolve) => (this.live = resolve))
  emit(event: { readonly type: string; readonly state?: string }): void {
    if (event.type === "status" && event.state === "live") this.live()
    if (event.type === "book_change" && --this.missing === 0) this.wakes?.()
  }
  next(count: number): Promise<void> {
    this.missing = count
    return new Promise((resolve) => (this.wakes = resolve))
  }
}

const ingest = Effect.gen(function* () {
  const venue = yield* venueProcess(1_000)
  const counter = new Counter()
  const feed = new LiveFeed(market(1, "BTC"), coinbaseSpot, PRODUCT, { ws: venue.ws, rest: venue.rest }, counter)
  const venues = yield* makeVenues(({ limits }) => limits)
  yield* Effect.forkScoped(marketFeed(feed, venues.of(coinbaseSpot)))
  yield* Effect.promise(() => counter.isLive)
  const texts = burstFrames()
  const parsing: Array<number> = []
  const whole: Array<number> = []
  const wall: Array<number> = []
  for (let round = -WARM; round < ROUNDS; round++) {
    const parseBegun = cpuMicros()
    for (let i = 0; i < BURSTS_A_ROUND; i++) for (const text of texts) JSON.parse(text)
    const parsed = cpuMicros() - parseBegun
    const done = counter.next(FRAMES)
    const begun = cpuMicros()
    const started = performance.now()
    venue.tell({ bursts: BURSTS_A_ROUND })
    yield* Effect.promise(() => done)
    if (round < 0) continue
    wall.push(performance.now() - started)
    whole.push((cpuMicros() - begun) / FRAMES)
    parsing.push(parsed / FRAMES)
  }
  return {
    frame_bytes: Math.round(texts.reduce((sum, { length }) => sum + length, 0) / texts.length),
    frames_per_s: Math.round((FRAMES * 1000) / median(wall)),
    cpu_us_per_frame: median(whole),
    json_parse_us_per_frame: median(parsing),
    cpu_us_per_frame_above_json_parse: median(whole.map((time, round) => time - parsing[round]!))
  }
}).pipe(Effect.provide(FetchHttpClient.layer), Effect.scoped)

export const measureWebsocket = async (say: (line: string) => void) => {
  const websocket = await Effect.runPromise(ingest)
  say(
    `websocket ingest: ${websocket.frames_per_s} frames/s of ${websocket.frame_bytes} bytes; ` +
      `${websocket.cpu_us_per_frame.toFixed(2)} us of CPU a frame, ` +
      `${websocket.cpu_us_per_frame_above_json_parse.toFixed(2)} us above JSON.parse ` +
      `(${websocket.json_parse_us_per_frame.toFixed(2)})`
  )
  return { websocket }
}
