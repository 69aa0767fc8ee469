// A whole feed against a venue on loopback: real sockets and REST, the faults a venue can make, and what clients are
// told.
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Schema } from "effect"
import { FetchHttpClient } from "effect/http"
import type { Asset } from "../../../src/domain/Asset.ts"
import type { Exchange } from "../../../src/domain/Exchange.ts"
import { Market } from "../../../src/domain/Market.ts"
import type { FeedEvent } from "../../../src/feeds/core/FeedEvent.ts"
import { LiveFeed } from "../../../src/feeds/market/LiveFeed.ts"
import { marketFeed } from "../../../src/feeds/market/MarketFeed.ts"
import { makeVenues } from "../../../src/feeds/venue/Venues.ts"
import { binanceSpot } from "../../../src/schemes/binance/Binance.ts"
import type { TranslationScheme } from "../../../src/schemes/TranslationScheme.ts"
import { textOf } from "../../../src/wire/Wire.ts"
import { scriptedVenue, type Script } from "../../support/ScriptedVenue.ts"
import { withTimersOf } from "../../support/stoppedTimers.ts"
import { until } from "../../support/until.ts"

const market = Schema.decodeUnknownSync(Market)({
  id: 7,
  exchange: { id: 1, name: "Binance" },
  base_symbol: { id: 1, symbol: "BTC" },
  quote_symbol: { id: 2, symbol: "USDT" },
  market_type: "SPOT",
  native_symbol: null,
  level4_feed_enabled: true,
  unverified: true
} satisfies {
  readonly exchange: typeof Exchange.Encoded
  readonly base_symbol: typeof Asset.Encoded
  readonly [key: string]: unknown
})

const depth = (U: number, u: number, bids: ReadonlyArray<readonly [string, string]>) => ({
  stream: "btcusdt@depth@100ms",
  data: { e: "depthUpdate", E: 1_700_000_000_000, s: "BTCUSDT", U, u, b: bids, a: [] }
})

const book = { lastUpdateId: 100, bids: [["10", "1"]], asks: [["11", "2"]] }

/** Acknowledges subscriptions and answers the REST book, as Binance does. */
const honest: Script = {
  reply: (text, socket) => {
    const { method, id } = JSON.parse(text) as { method: string; id: number }
    if (method === "SUBSCRIBE") socket.send(JSON.stringify({ result: null, id }))
  },
  rest: () => ({ status: 200, body: JSON.stringify(book) })
}

const run = Effect.fnUntraced(function* (script: Script, scheme: TranslationScheme = binanceSpot) {
  const venue = yield* scriptedVenue(script)
  const events: Array<FeedEvent> = []
  const sink = { wanted: true, emit: (event: FeedEvent) => void events.push(event) }
  const feed = new LiveFeed(market, scheme, "BTCUSDT", { ws: venue.ws, rest: venue.rest }, sink)
  const venues = yield* makeVenues(({ limits }) => limits)
  const fiber = yield* Effect.forkScoped(marketFeed(feed, venues.of(scheme)), { startImmediately: true })
  const state = (wanted: string) =>
    until(
      `state ${wanted}`,
      Effect.sync(() => feed.exchange.status()),
      (status) => status.state === wanted
    )
  return { venue, events, feed, fiber, state }
})

const states = (events: ReadonlyArray<FeedEvent>): ReadonlyArray<string> =>
  events.flatMap((event) => (event.type === "status" ? [`${event.state} ${event.epoch}`] : []))

describe("marketFeed", () => {
  it.live("is live once the snapshot is stitched, follows changes, and numbers every event", () =>
    Effect.gen(function* () {
      const { venue, events, feed, state } = yield* run(honest)
      yield* state("live")
      venue.say(depth(101, 103, [["10.5", "3"]]))
      yield* until(
        "the change",
        Effect.sync(() => feed.book.bidTexts(1)),
        ([best]) => best?.[0] === "10.5"
      )
      assert.deepStrictEqual(states(events), ["connecting 0", "syncing 0", "live 1"])
      assert.deepStrictEqual(
        events.map(({ seq }) => seq),
        events.map((_, index) => index + 1)
      )
      assert.strictEqual(venue.asked[0], "/api/v3/depth?symbol=BTCUSDT&limit=1000")
    }).pipe(Effect.provide(FetchHttpClient.layer), Effect.scoped)
  )

  it.live("finds a gap, says so, and is live again on the same socket", () =>
    Effect.gen(function* () {
      // the first answer after the gap is still too old to reach the change that waits
      const ids = [100, 101, 103]
      const rest = () => ({ status: 200, body: JSON.stringify({ ...book, lastUpdateId: ids.shift() }) })
      const { venue, events, feed, state } = yield* run({ ...honest, rest })
      yield* state("live")
      venue.say(depth(101, 101, [["9", "1"]]))
      venue.say(depth(103, 104, [["10.5", "3"]]))
      yield* until(
        "the second epoch",
        Effect.sync(() => feed.exchange.epoch),
        (epoch) => epoch === 2
      )
      assert.deepStrictEqual(states(events).slice(2), ["live 1", "resyncing 1", "live 2"])
      const lost = events.find((event) => event.type === "status" && event.state === "resyncing")
      assert.include(lost?.type === "status" ? lost.reason : "", "gap: after 101 came U=103")
      assert.strictEqual(venue.connects(), 1)
      assert.strictEqual(feed.exchange.counts.gaps, 1)
      assert.deepStrictEqual(ids, [])
      assert.deepStrictEqual(feed.book.bidTexts(1), [["10.5", "3"]])
    }).pipe(Effect.provide(FetchHttpClient.layer), Effect.scoped)
  )

  it.live("dials again when the venue hangs up, and starts a new epoch", () =>
    Effect.gen(function* () {
      const { venue, events, feed, state } = yield* run(honest)
      yield* state("live")
      for (const socket of venue.sockets) socket.close(1012, "restart")
      yield* until(
        "the second epoch",
        Effect.sync(() => feed.exchange.epoch),
        (epoch) => epoch === 2
      )
      assert.deepStrictEqual(states(events).slice(2), ["live 1", "backoff 1", "connecting 1", "syncing 1", "live 2"])
      const backoff = events.find((event) => event.type === "status" && event.state === "backoff")
      assert.strictEqual(backoff?.type === "status" ? backoff.reason : "", "closed: 1012 restart")
    }).pipe(Effect.provide(FetchHttpClient.layer), Effect.scoped)
  )

  it.live("asks the REST book again when it is told to slow down", () =>
    Effect.gen(function* () {
      let calls = 0
      const rest = () => (++calls < 3 ? { status: 429, body: "{}" } : { status: 200, body: JSON.stringify(book) })
      const { venue, state } = yield* run({ ...honest, rest })
      yield* state("live")
      assert.strictEqual(calls, 3)
      assert.strictEqual(venue.connects(), 1)
    }).pipe(Effect.provide(FetchHttpClient.layer), Effect.scoped)
  )

  it.live("does not dial again for a symbol that the venue refuses", () =>
    Effect.gen(function* () {
      const rest = () => ({ status: 400, body: JSON.stringify({ code: -1121, msg: "Invalid symbol." }) })
      const { venue, state, feed } = yield* run({ ...honest, rest })
      const status = yield* state("rejected")
      assert.strictEqual(status.reason, "Invalid symbol.")
      yield* until(
        "the socket is closed",
        Effect.sync(() => venue.sockets.size),
        (size) => size === 0
      )
      assert.strictEqual(venue.connects(), 1)
      assert.strictEqual(feed.exchange.state, "rejected")
    }).pipe(Effect.provide(FetchHttpClient.layer), Effect.scoped)
  )

  it.live("survives a defect of its scheme: it restarts, and is live again", () =>
    Effect.gen(function* () {
      let crashes = 0
      const crashing: TranslationScheme = {
        ...binanceSpot,
        session: (line) => {
          const session = binanceSpot.session(line)
          const receive = (frame: Uint8Array, at: number) => {
            if (textOf(frame).includes("crash") && crashes++ === 0) JSON.parse("a defect")
            return session.receive(frame, at)
          }
          return { ...session, receive }
        }
      }
      const { venue, feed, state } = yield* run(honest, crashing)
      yield* state("live")
      venue.say('{"crash":true}')
      yield* until(
        "the second epoch",
        Effect.sync(() => feed.exchange.epoch),
        (epoch) => epoch === 2
      )
      assert.strictEqual(feed.exchange.counts.restarts, 1)
    }).pipe(Effect.provide(FetchHttpClient.layer), Effect.scoped)
  )

  it.live("stops with a close frame, and says so", () =>
    Effect.gen(function* () {
      const { venue, fiber, events, state } = yield* run(honest)
      yield* state("live")
      yield* Fiber.interrupt(fiber)
      yield* until(
        "the close",
        Effect.sync(() => venue.closeCodes),
        (codes) => codes.length === 1
      )
      assert.deepStrictEqual(venue.closeCodes, [1000])
      assert.strictEqual(states(events).at(-1), "stopped 1")
    }).pipe(Effect.provide(FetchHttpClient.layer), Effect.scoped)
  )

  it.live("stops in bounded time although the venue never answers the close", () =>
    Effect.gen(function* () {
      const { venue, fiber, state } = yield* run(honest)
      yield* state("live")
      // a venue that stopped reading altogether
      for (const socket of venue.sockets) socket.pause()
      yield* withTimersOf(3_000, Fiber.interrupt(fiber))
    }).pipe(Effect.provide(FetchHttpClient.layer), Effect.scoped)
  )

  it.live("counts a frame that no schema knows, and keeps a sample", () =>
    Effect.gen(function* () {
      const { venue, feed, state } = yield* run(honest)
      yield* state("live")
      venue.say('{"surprise":1}')
      yield* until(
        "the count",
        Effect.sync(() => feed.exchange.view()),
        (view) => view.counters.unknown === 1
      )
      assert.strictEqual(feed.exchange.view().unknown_sample, '{"surprise":1}')
      assert.strictEqual(feed.exchange.state, "live")
    }).pipe(Effect.provide(FetchHttpClient.layer), Effect.scoped)
  )
})
