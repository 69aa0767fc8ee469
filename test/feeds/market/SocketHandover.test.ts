// A venue that cuts its sockets at an age: the markets move to the next socket before, live all the while, and no
// change and no trade is lost or repeated by it.
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schedule, Schema } from "effect"
import { FetchHttpClient } from "effect/http"
import { Market } from "../../../src/domain/Market.ts"
import type { FeedEvent } from "../../../src/feeds/core/FeedEvent.ts"
import { LiveFeed } from "../../../src/feeds/market/LiveFeed.ts"
import { marketFeed } from "../../../src/feeds/market/MarketFeed.ts"
import { makeVenues } from "../../../src/feeds/venue/Venues.ts"
import { binanceLinear, binanceSpot } from "../../../src/schemes/binance/Binance.ts"
import { bitstamp } from "../../../src/schemes/bitstamp/Bitstamp.ts"
import { hitBtc } from "../../../src/schemes/hitbtc/HitBtc.ts"
import type { TranslationScheme } from "../../../src/schemes/TranslationScheme.ts"
import { scriptedVenue, type Script } from "../../support/ScriptedVenue.ts"
import { until } from "../../support/until.ts"

const SYMBOLS = ["BTCUSDT", "ETHUSDT"] as const

const marketOf = (id: number, type: "SPOT" | "PERP") =>
  Schema.decodeUnknownSync(Market)({
    id,
    exchange: { id: 1, name: "Binance" },
    base_symbol: { id, symbol: SYMBOLS[id - 1]!.slice(0, 3) },
    quote_symbol: { id: 9, symbol: "USDT" },
    market_type: type,
    native_symbol: null,
    level4_feed_enabled: true,
    unverified: true
  })

/**
 * A market that moves: the n-th change sets the size of the best bid and ask to n, the n-th trade is of n. Both sides,
 * since one that stood still for as long as a slow machine takes would be suspected, and rightly.
 */
const depth = (s: string, n: number) => ({
  stream: `${s.toLowerCase()}@depth@100ms`,
  data: {
    e: "depthUpdate",
    E: 1_700_000_000_000 + n,
    T: 1_700_000_000_000 + n,
    s,
    U: 100 + n,
    u: 100 + n,
    pu: 99 + n,
    b: [["10", String(n)]],
    a: [["11", String(n)]]
  }
})
const trade = (s: string, n: number, kind: "trade" | "aggTrade") => ({
  stream: `${s.toLowerCase()}@${kind}`,
  data: {
    e: kind,
    E: 1_700_000_000_000,
    s,
    [kind === "trade" ? "t" : "a"]: n,
    p: "10",
    q: String(n),
    T: 1_700_000_000_000,
    m: true
  }
})

const script = (asked: Array<string>): Script => ({
  reply: (text, socket) => {
    const { id } = JSON.parse(text) as { id: number }
    socket.send(JSON.stringify({ result: null, id }))
  },
  rest: (path) => {
    asked.push(path)
    return { status: 200, body: JSON.stringify({ lastUpdateId: 100, bids: [["9", "1"]], asks: [["11", "2"]] }) }
  }
})

const run = (scheme: TranslationScheme, type: "SPOT" | "PERP", sockets: number) =>
  Effect.gen(function* () {
    const asked: Array<string> = []
    const venue = yield* scriptedVenue(script(asked))
    const aged: TranslationScheme = { ...scheme, keepalive: { ...scheme.keepalive, maxAge: 1_500 } }
    const venues = yield* makeVenues(({ limits }) => ({ ...limits, messages: { count: 100, perMs: 1_000 } }))
    const feeds = SYMBOLS.map((symbol, index) => {
      const events: Array<FeedEvent> = []
      const sink = { wanted: true, emit: (event: FeedEvent) => void events.push(event) }
      const feed = new LiveFeed(marketOf(index + 1, type), aged, symbol, { ws: venue.ws, rest: venue.rest }, sink)
      return { feed, events }
    })
    yield* Effect.forEach(feeds, ({ feed }) =>
      Effect.forkScoped(marketFeed(feed, venues.of(aged)), { startImmediately: true })
    )
    yield* until(
      "all live",
      Effect.sync(() => feeds.map(({ feed }) => feed.exchange.state)),
      (states) => states.every((state) => state === "live")
    )
    let n = 0
    const kind = type === "SPOT" ? "trade" : "aggTrade"
    yield* Effect.sync(() => {
      n++
      for (const symbol of SYMBOLS) {
        venue.say(depth(symbol, n))
        venue.say(trade(symbol, n, kind))
      }
    }).pipe(Effect.repeat(Schedule.spaced("5 millis")), Effect.forkScoped)
    yield* until(
      "the change of sockets",
      Effect.sync(() => venue.closeCodes),
      (codes) => codes.length >= sockets
    )
    const moved = n
    yield* until(
      "what came after",
      Effect.sync(() => feeds.map(({ feed }) => feed.memory.lastTrade ?? 0)),
      (lasts) => lasts.every((last) => last > moved + 20)
    )
    // the next sockets grow old as well
    assert.isTrue(venue.closeCodes.every((code) => code === 1000))
    assert.isAtLeast(venue.connects(), 2 * sockets)
    assert.strictEqual(asked.length, SYMBOLS.length)
    for (const { feed, events } of feeds) {
      const { counts } = feed.exchange
      assert.deepStrictEqual(
        [feed.exchange.state, feed.exchange.epoch, counts.resyncs, counts.trades_missed, counts.trades_repeated],
        ["live", 1, 0, 0, 0]
      )
      const sizes = events.flatMap((event) =>
        event.type === "book_change" ? event.bids.map(([, size]) => Number(size)) : []
      )
      assert.deepStrictEqual(
        sizes,
        sizes.map((_, index) => index + 1)
      )
      const trades = events.flatMap((event) => (event.type === "trade" ? [Number(event.id)] : []))
      assert.deepStrictEqual(
        trades,
        trades.map((_, index) => trades[0]! + index)
      )
      assert.isBelow(trades[0]!, 3)
      assert.deepStrictEqual(
        events.map(({ seq }) => seq - events[0]!.seq),
        events.map((_, index) => index)
      )
    }
  }).pipe(Effect.provide(FetchHttpClient.layer), Effect.scoped)

describe("a socket that grows old", () => {
  it.live("hands its markets over to the next, live all the while", () => run(binanceSpot, "SPOT", 1))
  it.live("does so on each line of a protocol that has two", () => run(binanceLinear, "PERP", 2))
})

describe("a socket whose end is announced", () => {
  it.live("is changed once, however often the venue says so", () =>
    Effect.gen(function* () {
      const venue = yield* scriptedVenue(script([]))
      const venues = yield* makeVenues(({ limits }) => ({ ...limits, messages: { count: 100, perMs: 1_000 } }))
      const sink = { wanted: false, emit: () => {} }
      const endpoints = { ws: venue.ws, rest: venue.rest }
      const feed = new LiveFeed(marketOf(1, "SPOT"), binanceSpot, "BTCUSDT", endpoints, sink)
      yield* Effect.forkScoped(marketFeed(feed, venues.of(binanceSpot)), { startImmediately: true })
      yield* until(
        "live",
        Effect.sync(() => feed.exchange.state),
        (state) => state === "live"
      )
      const [first] = venue.sockets
      let n = 0
      yield* Effect.sync(() => {
        n++
        if (n <= 5) first!.send(JSON.stringify({ stream: "!serverShutdown", data: { e: "serverShutdown", E: 1 } }))
        venue.say(depth("BTCUSDT", n))
        venue.say(trade("BTCUSDT", n, "trade"))
      }).pipe(Effect.repeat(Schedule.spaced("5 millis")), Effect.forkScoped)
      yield* until(
        "the change of sockets",
        Effect.sync(() => venue.closeCodes),
        (codes) => codes.length >= 1
      )
      const moved = n
      yield* until(
        "what came after",
        Effect.sync(() => feed.memory.lastTrade ?? 0),
        (last) => last > moved + 200
      )
      assert.deepStrictEqual([venue.connects(), venue.closeCodes, venue.sockets.size], [2, [1000], 1])
      assert.deepStrictEqual([feed.exchange.state, feed.exchange.epoch], ["live", 1])
    }).pipe(Effect.provide(FetchHttpClient.layer), Effect.scoped)
  )

  it.live("goes on where the next one's REST book fails", () =>
    Effect.gen(function* () {
      const CHANNEL = "diff_order_book_btcusdt"
      const diff = (time: number, size: string) => ({
        event: "data",
        channel: CHANNEL,
        data: { timestamp: "1", microtimestamp: String(time), bids: [["10", size]], asks: [] }
      })
      let books = 0
      const venue = yield* scriptedVenue({
        reply: (text, socket) => {
          const { event, data } = JSON.parse(text) as { event: string; data?: { channel: string } }
          if (event !== "bts:subscribe" || data?.channel !== CHANNEL) return
          socket.send(JSON.stringify({ event: "bts:subscription_succeeded", channel: CHANNEL, data: {} }))
          socket.send(JSON.stringify(diff(100, "1")))
        },
        rest: () => {
          const levels = Array.from({ length: books++ === 0 ? 1 : 500 }, (_, index) => [String(20 + index), "1"])
          const book = { timestamp: "1", microtimestamp: "200", bids: [["10", "2"]], asks: levels }
          return { status: 200, body: JSON.stringify(book) }
        }
      })
      // a larger body fails at once, where another failure would take its attempts
      const bounded: TranslationScheme = { ...bitstamp, limits: { ...bitstamp.limits, maxBody: 1_000 } }
      const venues = yield* makeVenues(({ limits }) => limits)
      const endpoints = { ws: venue.ws, rest: venue.rest }
      const feed = new LiveFeed(marketOf(1, "SPOT"), bounded, "btcusdt", endpoints, { wanted: false, emit: () => {} })
      yield* Effect.forkScoped(marketFeed(feed, venues.of(bounded)), { startImmediately: true })
      yield* until(
        "live",
        Effect.sync(() => feed.exchange.state),
        (state) => state === "live"
      )
      venue.say({ event: "bts:request_reconnect", channel: "", data: "" })
      yield* until(
        "the next socket given up",
        Effect.sync(() => venue.closeCodes),
        (codes) => codes.length >= 1
      )
      venue.say(diff(300, "7"))
      yield* until(
        "the old one goes on",
        Effect.sync(() => feed.book.bidTexts(1)[0]?.[1]),
        (size) => size === "7"
      )
      assert.deepStrictEqual([venue.connects(), venue.asked.length], [2, 2])
      assert.deepStrictEqual([feed.exchange.state, feed.exchange.epoch, feed.exchange.counts.resyncs], ["live", 1, 0])
    }).pipe(Effect.provide(FetchHttpClient.layer), Effect.scoped)
  )
})

/** HitBTC says its books whole on subscribing; ids of trades only tell them apart. */
describe("a socket of a venue whose books come whole", () => {
  it.live("hands its market over with a fresh book, live all the while, each trade once", () =>
    Effect.gen(function* () {
      let n = 0
      const bookFrame = (kind: "snapshot" | "update") => ({
        ch: "orderbook/full",
        [kind]: { BTCUSDT: { t: n, s: 100 + n, a: [["11", String(n + 1)]], b: [["10", String(n + 1)]] } }
      })
      const venue = yield* scriptedVenue({
        reply: (text, socket) => {
          const { method, ch, params, id } = JSON.parse(text) as {
            method: string
            ch: string
            params: { symbols: ReadonlyArray<string> }
            id: number
          }
          socket.send(
            JSON.stringify({ result: { ch, subscriptions: method === "subscribe" ? params.symbols : [] }, id })
          )
          if (method === "subscribe" && ch === "orderbook/full") socket.send(JSON.stringify(bookFrame("snapshot")))
        }
      })
      const aged: TranslationScheme = { ...hitBtc, keepalive: { ...hitBtc.keepalive, maxAge: 1_500 } }
      const events: Array<FeedEvent> = []
      const sink = { wanted: true, emit: (event: FeedEvent) => void events.push(event) }
      const feed = new LiveFeed(marketOf(1, "SPOT"), aged, "BTCUSDT", { ws: venue.ws, rest: undefined }, sink)
      const venues = yield* makeVenues(({ limits }) => limits)
      yield* Effect.forkScoped(marketFeed(feed, venues.of(aged)), { startImmediately: true })
      yield* until(
        "live",
        Effect.sync(() => feed.exchange.state),
        (state) => state === "live"
      )
      yield* Effect.sync(() => {
        n++
        venue.say(bookFrame("update"))
        venue.say({ ch: "trades", update: { BTCUSDT: [{ t: n, i: n, p: "10", q: "1", s: "buy" }] } })
      }).pipe(Effect.repeat(Schedule.spaced("5 millis")), Effect.forkScoped)
      yield* until(
        "two changes of sockets",
        Effect.sync(() => venue.closeCodes),
        (codes) => codes.length >= 2
      )
      const moved = n
      yield* until(
        "what came after",
        Effect.sync(() => feed.exchange.counts.trades),
        (trades) => trades > moved + 20
      )
      const { counts } = feed.exchange
      assert.deepStrictEqual([feed.exchange.state, feed.exchange.epoch, counts.resyncs, counts.gaps], ["live", 1, 0, 0])
      const trades = events.flatMap((event) => (event.type === "trade" ? [Number(event.id)] : []))
      assert.deepStrictEqual(
        trades,
        trades.map((_, index) => trades[0]! + index)
      )
      const states = events.flatMap((event) => (event.type === "status" ? [event.state] : []))
      assert.deepStrictEqual(states, ["connecting", "syncing", "live"])
    }).pipe(Effect.provide(FetchHttpClient.layer), Effect.scoped)
  )
})
