// Several markets on one socket of a venue on loopback: each with its own book, state and repair, and one venue's
// budget.
import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Fiber, Schema } from "effect"
import { FetchHttpClient } from "effect/http"
import { Market } from "../../../src/domain/Market.ts"
import { LiveFeed } from "../../../src/feeds/market/LiveFeed.ts"
import { marketFeed } from "../../../src/feeds/market/MarketFeed.ts"
import { makeVenues } from "../../../src/feeds/venue/Venues.ts"
import { binanceSpot } from "../../../src/schemes/binance/Binance.ts"
import type { Limits, TranslationScheme } from "../../../src/schemes/TranslationScheme.ts"
import { textOf, Unreadable } from "../../../src/wire/Wire.ts"
import { scriptedVenue, type Script } from "../../support/ScriptedVenue.ts"
import { skewedClock } from "../../support/skewedClock.ts"
import { until } from "../../support/until.ts"

const SYMBOLS = ["BTCUSDT", "ETHUSDT", "SOLUSDT"] as const

const marketOf = (id: number) =>
  Schema.decodeUnknownSync(Market)({
    id,
    exchange: { id: 1, name: "Binance" },
    base_symbol: { id, symbol: SYMBOLS[id - 1]!.slice(0, 3) },
    quote_symbol: { id: 9, symbol: "USDT" },
    market_type: "SPOT",
    native_symbol: null,
    level4_feed_enabled: true,
    unverified: true
  })

const depth = (s: string, U: number, u: number, price: string) => ({
  stream: `${s.toLowerCase()}@depth@100ms`,
  data: { e: "depthUpdate", E: 1_700_000_000_000, s, U, u, b: [[price, "1"]], a: [] }
})

const book = { lastUpdateId: 100, bids: [["10", "1"]], asks: [["11", "2"]] }
const honest: Script = {
  reply: (text, socket) => {
    const { method, id } = JSON.parse(text) as { method: string; id: number }
    if (method === "SUBSCRIBE") socket.send(JSON.stringify({ result: null, id }))
  },
  rest: () => ({ status: 200, body: JSON.stringify(book) })
}

const run = Effect.fnUntraced(function* (
  script: Script,
  limits: Partial<Limits> = {},
  scheme: TranslationScheme = binanceSpot
) {
  const venue = yield* scriptedVenue(script)
  const venues = yield* makeVenues((one) => ({ ...one.limits, ...limits }))
  const start = Effect.fnUntraced(function* (id: number) {
    const sink = { wanted: false, emit: () => {} }
    const feed = new LiveFeed(marketOf(id), scheme, SYMBOLS[id - 1]!, { ws: venue.ws, rest: venue.rest }, sink)
    const fiber = yield* Effect.forkScoped(marketFeed(feed, venues.of(scheme)), { startImmediately: true })
    return { feed, fiber }
  })
  const feeds = yield* Effect.forEach([1, 2, 3], start)
  const all = (wanted: string, epoch: number) =>
    until(
      `all ${wanted} ${epoch}`,
      Effect.sync(() => feeds.map(({ feed }) => feed.exchange.status())),
      (seen) => seen.every((status) => status.state === wanted && status.epoch === epoch)
    )
  const shows = (id: number, price: string) =>
    until(
      `${SYMBOLS[id - 1]} at ${price}`,
      Effect.sync(() => feeds[id - 1]!.feed.book.bidTexts(1)),
      ([best]) => best?.[0] === price
    )
  return { venue, venues, feeds, start, all, shows }
})

const provided = Effect.provide(FetchHttpClient.layer)

describe("a shared socket", () => {
  it.live("carries all markets of a venue, subscribed together, each with its own book", () =>
    Effect.gen(function* () {
      const { venue, all, shows } = yield* run(honest)
      yield* all("live", 1)
      assert.strictEqual(venue.connects(), 1)
      assert.isAtMost(venue.heard.length, 2)
      venue.say(depth("ETHUSDT", 101, 101, "10.5"))
      yield* shows(2, "10.5")
      yield* shows(1, "10")
    }).pipe(provided, Effect.scoped)
  )

  it.live("is repaired for one market alone: the others keep epoch and seq", () =>
    Effect.gen(function* () {
      const { venue, feeds, all, shows } = yield* run(honest)
      yield* all("live", 1)
      const before = feeds.map(({ feed }) => feed.exchange.seq)
      venue.say(depth("BTCUSDT", 101, 101, "9"))
      venue.say(depth("BTCUSDT", 105, 105, "8"))
      yield* until(
        "the gap",
        Effect.sync(() => feeds[0]!.feed.exchange.counts.gaps),
        (gaps) => gaps === 1
      )
      venue.say(depth("ETHUSDT", 101, 101, "10.5"))
      yield* shows(2, "10.5")
      assert.deepStrictEqual(
        feeds.map(({ feed }) => feed.exchange.epoch),
        [1, 1, 1]
      )
      assert.strictEqual(feeds[0]!.feed.exchange.state, "resyncing")
      assert.strictEqual(feeds[2]!.feed.exchange.seq, before[2])
      assert.strictEqual(feeds[1]!.feed.exchange.counts.resyncs, 0)
      assert.strictEqual(venue.connects(), 1)
    }).pipe(provided, Effect.scoped)
  )

  it.live("lets a market whose repair fails look for another socket, and its neighbours stay", () =>
    Effect.gen(function* () {
      let asked = 0
      // the first market's second snapshot is too old to reach what waits, so a second gap follows the first
      const rest = (path: string) => ({
        status: 200,
        body: JSON.stringify({ ...book, lastUpdateId: path.includes("BTC") && ++asked > 1 ? 110 : 100 })
      })
      const { venue, feeds, all } = yield* run({ ...honest, rest })
      yield* all("live", 1)
      const before = feeds.map(({ feed }) => feed.exchange.seq)
      venue.say(depth("BTCUSDT", 105, 111, "8"))
      yield* until(
        "the second epoch",
        Effect.sync(() => feeds[0]!.feed.exchange.epoch),
        (epoch) => epoch === 2
      )
      venue.say(depth("BTCUSDT", 120, 121, "8"))
      yield* until("the second socket", Effect.sync(venue.connects), (connects) => connects === 2)
      yield* until(
        "two sockets",
        Effect.sync(() => venue.sockets.size),
        (size) => size === 2
      )
      assert.deepStrictEqual(
        feeds.slice(1).map(({ feed }) => feed.exchange.seq),
        before.slice(1)
      )
    }).pipe(provided, Effect.scoped)
  )

  it.live("loses one market to its defect: it restarts alone, on the same socket", () =>
    Effect.gen(function* () {
      let armed = true
      const broken: TranslationScheme = {
        ...binanceSpot,
        session: (line) => {
          const session = binanceSpot.session(line)
          return {
            ...session,
            receive: (frame, at) => {
              if (armed && textOf(frame).includes('"s":"ETHUSDT"')) {
                armed = false
                throw new Error("injected")
              }
              return session.receive(frame, at)
            }
          }
        }
      }
      const { venue, feeds, all } = yield* run(honest, {}, broken)
      yield* all("live", 1)
      const before = feeds.map(({ feed }) => feed.exchange.seq)
      venue.say(depth("ETHUSDT", 101, 101, "10.5"))
      yield* until(
        "the restart",
        Effect.sync(() => feeds[1]!.feed.exchange.status()),
        (status) => {
          return status.state === "live" && status.epoch === 2
        }
      )
      assert.strictEqual(feeds[1]!.feed.exchange.counts.restarts, 1)
      assert.strictEqual(venue.connects(), 1)
      assert.deepStrictEqual(
        [0, 2].map((index) => feeds[index]!.feed.exchange.seq),
        [before[0], before[2]]
      )
    }).pipe(provided, Effect.scoped)
  )

  it.live("is given to no more markets than the venue's bound", () =>
    Effect.gen(function* () {
      const { venue, all } = yield* run(honest, { marketsPerSocket: 2 })
      yield* all("live", 1)
      assert.strictEqual(venue.connects(), 2)
    }).pipe(provided, Effect.scoped)
  )

  it.live("is unsubscribed from by who stops, and closed with the last", () =>
    Effect.gen(function* () {
      const { venue, feeds, all } = yield* run(honest)
      yield* all("live", 1)
      yield* Fiber.interrupt(feeds[0]!.fiber)
      yield* until(
        "the unsubscription",
        Effect.sync(() => venue.heard),
        (heard) => {
          return heard.some((text) => text.includes("UNSUBSCRIBE") && text.includes("btcusdt"))
        }
      )
      assert.strictEqual(venue.sockets.size, 1)
      yield* Fiber.interrupt(feeds[1]!.fiber)
      yield* Fiber.interrupt(feeds[2]!.fiber)
      yield* until(
        "the close",
        Effect.sync(() => venue.closeCodes),
        (codes) => codes.length === 1
      )
      assert.deepStrictEqual(venue.closeCodes, [1000])
    }).pipe(provided, Effect.scoped)
  )

  it.live("comes back with all its markets after the venue hung up, by one dial", () =>
    Effect.gen(function* () {
      const { venue, all } = yield* run(honest)
      yield* all("live", 1)
      for (const socket of venue.sockets) socket.close(1012, "restart")
      yield* all("live", 2)
      assert.strictEqual(venue.connects(), 2)
    }).pipe(provided, Effect.scoped)
  )

  it.live("is given up and dialled again after the machine slept, and says why", () =>
    Effect.gen(function* () {
      const { clock, skew } = yield* skewedClock
      const { venue, feeds, all } = yield* Effect.provideService(run(honest), Clock.Clock, clock)
      yield* all("live", 1)
      skew.wall = 3_600_000
      const reason = Effect.sync(() => feeds[2]!.feed.exchange.status().reason ?? "")
      yield* until("the reason", reason, (text) => text.startsWith("slept: the machine slept for 3600 s"))
      yield* all("live", 2)
      assert.strictEqual(venue.connects(), 2)
    }).pipe(provided, Effect.scoped)
  )

  it.live("waits for its turn when the venue allows no more connections, and says where it stands", () =>
    Effect.gen(function* () {
      const { venue, feeds } = yield* run(honest, { marketsPerSocket: 1, connects: { count: 2, perMs: 600_000 } })
      const status = yield* until(
        "the place in the queue",
        Effect.sync(() => feeds[2]!.feed.exchange.status()),
        ({ reason }) => /^waiting for a connection to Binance spot: number 1 of 1, about 6\d\d s$/.test(reason ?? "")
      )
      assert.strictEqual(status.state, "connecting")
      yield* until(
        "two live",
        Effect.sync(() => feeds.map(({ feed }) => feed.exchange.state)),
        (states) => states.filter((state) => state === "live").length === 2
      )
      assert.strictEqual(venue.connects(), 2)
    }).pipe(provided, Effect.scoped)
  )

  it.live("sends a market elsewhere that the venue takes no more on it, and is offered to nobody after that", () =>
    Effect.gen(function* () {
      // the venue takes two markets a socket, whatever its documents say
      const strict: TranslationScheme = {
        ...binanceSpot,
        session: (line) => {
          const session = binanceSpot.session(line)
          return {
            ...session,
            receive: (frame, at) => {
              const third = [...session.symbols][2]
              const full = third === undefined ? [] : [{ type: "full" as const, symbol: third, detail: "10305" }]
              const result = session.receive(frame, at)
              return result instanceof Unreadable ? result : [...result, ...full]
            }
          }
        }
      }
      const { venue, all, feeds } = yield* run(honest, {}, strict)
      yield* until(
        "all live",
        Effect.sync(() => feeds.map(({ feed }) => feed.exchange.state)),
        (states) => states.every((state) => state === "live")
      )
      assert.strictEqual(venue.connects(), 2)
      assert.deepStrictEqual(
        feeds.map(({ feed }) => feed.exchange.counts.resyncs),
        [0, 0, 1]
      )
      yield* all("live", 1)
    }).pipe(provided, Effect.scoped)
  )
})
