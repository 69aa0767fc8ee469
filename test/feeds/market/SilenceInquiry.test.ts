// Owns the proof of how a silence is settled: by the venue's REST book in virtual time, and by a second subscription on
// real sockets, with books that are equal, that moved on, and markets that speak meanwhile.
import { assert, describe, it } from "@effect/vitest"
import { Effect, Queue, Schema } from "effect"
import { FetchHttpClient, HttpClient, HttpClientResponse } from "effect/http"
import { TestClock } from "effect/testing"
import { Market } from "../../../src/domain/Market.ts"
import { LiveFeed } from "../../../src/feeds/market/LiveFeed.ts"
import { MarketSubscription } from "../../../src/feeds/market/MarketSubscription.ts"
import { Mediator } from "../../../src/feeds/truth/Mediator.ts"
import type { Doubt } from "../../../src/feeds/truth/SilenceWatch.ts"
import { nowMicros } from "../../../src/feeds/core/Now.ts"
import { inquiries } from "../../../src/feeds/market/SilenceInquiry.ts"
import { makeVenues } from "../../../src/feeds/venue/Venues.ts"
import { coinbaseSpot } from "../../../src/schemes/coinbase/Coinbase.ts"
import { hitBtc } from "../../../src/schemes/hitbtc/HitBtc.ts"
import type { Audit, TranslationScheme } from "../../../src/schemes/TranslationScheme.ts"
import { scriptedVenue } from "../../support/ScriptedVenue.ts"
import { until } from "../../support/until.ts"

const marketOf = (exchange: string) =>
  Schema.decodeUnknownSync(Market)({
    id: 7,
    exchange: { id: 1, name: exchange },
    base_symbol: { id: 1, symbol: "BTC" },
    quote_symbol: { id: 2, symbol: "USDT" },
    market_type: "SPOT",
    native_symbol: null,
    level4_feed_enabled: true,
    unverified: true
  })

const SILENT: Doubt = { doubted: "book", detail: "no change for 30.0 s" }
const PLAIN = ({ limits }: TranslationScheme) => limits

type Levels = ReadonlyArray<readonly [string, string]>
const BIDS: Levels = [
  ["100", "1"],
  ["99", "2"]
]
const ASKS: Levels = [["101", "1"]]

/** A market of which everything is ours but the inquiry, with ports that note what they are given. */
const made = (
  scheme: TranslationScheme,
  symbol: string,
  endpoints: { ws: string | undefined; rest: string | undefined }
) => {
  const feed = new LiveFeed(marketOf(scheme.exchange), scheme, symbol, endpoints, { wanted: false, emit: () => {} })
  const left: Array<string> = []
  const leave = ({ detail }: { readonly detail: string }) => void left.push(detail)
  const ports = { fetch: () => {}, ask: () => {}, reconnect: () => {}, reject: () => {}, refuse: () => {} }
  feed.exchange.signal("dial", null, nowMicros())
  const mediator = new Mediator(scheme, symbol, feed.book, feed.exchange, ports, nowMicros(), feed.memory)
  const end = { lost: () => {}, crashed: () => {}, outlived: () => {} }
  const subscription = new MarketSubscription(scheme.lines[0], feed, mediator, end)
  return { feed, left, leave, mediator, subscription }
}

describe("by REST", () => {
  const probe: Audit = {
    path: (symbol) => `/probe/${symbol}`,
    weight: 1,
    read: (body) => ({ ...(JSON.parse(body) as { bids: Levels; asks: Levels }), complete: true })
  }
  const probed: TranslationScheme = { ...coinbaseSpot, probe }

  const stage = Effect.fnUntraced(function* (answer: () => object | number, begunAt = 1) {
    const asked: Array<string> = []
    const http = HttpClient.make((request, url) => {
      asked.push(url.pathname)
      const given = answer()
      const response =
        typeof given === "number" ? new Response("{}", { status: given }) : new Response(JSON.stringify(given))
      return Effect.succeed(HttpClientResponse.fromWeb(request, response))
    })
    const venues = yield* makeVenues(PLAIN).pipe(Effect.provideService(HttpClient.HttpClient, http))
    const { feed, left, leave, mediator, subscription } = made(probed, "BTC-USD", {
      ws: undefined,
      rest: "http://127.0.0.1:1"
    })
    const session = probed.session("all")
    const snapshot = { type: "snapshot", symbol: "BTC-USD", bids: BIDS, asks: ASKS, time: null } as const
    mediator.connected(0)
    mediator.step(snapshot, begunAt, session, () => {})
    const doubts = yield* Queue.unbounded<Doubt>()
    const venue = venues.of(probed)
    const place = { subscription, feed, venue, fetch: () => {} }
    yield* Effect.forkScoped(inquiries({ ...place, mediator, trades: place, leave }, doubts))
    const change = () =>
      mediator.step(
        { type: "changes", symbol: "BTC-USD", bids: [["98", "1"]], asks: [], time: null },
        2,
        session,
        () => {}
      )
    yield* Queue.offer(doubts, SILENT)
    /** Virtual seconds, with a moment of real time in each for the bodies that are read. */
    const pass = (seconds: number) =>
      Effect.repeat(
        Effect.andThen(
          TestClock.adjust("1 second"),
          Effect.promise(() => new Promise((done) => setImmediate(done)))
        ),
        { times: seconds - 1 }
      )
    const state = () => [feed.exchange.state, feed.exchange.epoch, feed.exchange.counts.doubts_confirmed] as const
    return { asked, left, change, pass, state, feed, venue }
  })

  it.effect("an equal book means that the market is quiet", () =>
    Effect.gen(function* () {
      const { asked, left, pass, state } = yield* stage(() => ({ bids: BIDS, asks: ASKS }))
      yield* pass(10)
      assert.deepStrictEqual(asked, ["/probe/BTC-USD"])
      assert.deepStrictEqual(left, [])
      assert.deepStrictEqual(state(), ["live", 1, 0])
    }).pipe(Effect.scoped)
  )

  it.effect("another book means that the subscription is dead, and that nothing but the stream is trusted", () =>
    Effect.gen(function* () {
      const { left, pass, state, feed } = yield* stage(() => ({ bids: [["100", "5"]], asks: ASKS }))
      yield* pass(10)
      assert.deepStrictEqual(left, ["no change for 30.0 s"])
      assert.deepStrictEqual(state(), ["resyncing", 1, 1])
      assert.isTrue(feed.memory.unconfirmed)
    }).pipe(Effect.scoped)
  )

  it.effect("another book is asked for again where it may be older than ours, and counts if it stays another", () =>
    Effect.gen(function* () {
      let books = 0
      const cached = yield* stage(() => ({ bids: books++ === 0 ? [["100", "5"]] : BIDS, asks: ASKS }), nowMicros())
      yield* cached.pass(30)
      assert.deepStrictEqual([cached.asked.length, cached.left, cached.state()], [2, [], ["live", 1, 0]])
      const moved = yield* stage(() => ({ bids: [["100", "5"]], asks: ASKS }), nowMicros())
      yield* moved.pass(10)
      assert.deepStrictEqual([moved.asked.length, moved.left], [1, []])
      yield* moved.pass(10)
      assert.deepStrictEqual([moved.asked.length, moved.left], [2, ["no change for 30.0 s"]])
    }).pipe(Effect.scoped)
  )

  it.effect("a market that speaks while its question waits for the venue's budget is not asked about", () =>
    Effect.gen(function* () {
      const { asked, change, pass, state, venue } = yield* stage(() => ({ bids: BIDS, asks: ASKS }))
      venue.budget.rest!.block(600_000, 0, "429")
      yield* pass(5)
      change()
      yield* pass(1_000)
      assert.deepStrictEqual(asked, [])
      assert.deepStrictEqual(state(), ["live", 1, 0])
    }).pipe(Effect.scoped)
  )

  it.effect("a recorded market is not given up because nobody answers", () =>
    Effect.gen(function* () {
      const { asked, left, pass, state, feed } = yield* stage(() => 503)
      feed.tap = () => {}
      yield* pass(10)
      assert.isAtLeast(asked.length, 1)
      assert.deepStrictEqual([left, state()], [[], ["live", 1, 0]])
    }).pipe(Effect.scoped)
  )

  it.effect("a frame that comes after another book was seen settles the doubt for the subscription", () =>
    Effect.gen(function* () {
      const { left, change, pass, state } = yield* stage(() => ({ bids: [["100", "5"]], asks: ASKS }))
      yield* pass(1)
      change()
      yield* pass(9)
      assert.deepStrictEqual(left, [])
      assert.deepStrictEqual(state(), ["live", 1, 0])
    }).pipe(Effect.scoped)
  )
})

describe("by a second subscription", () => {
  const stage = Effect.fnUntraced(function* (books: (n: number) => Levels) {
    let n = 0
    const venue = yield* scriptedVenue({
      reply: (text, socket) => {
        const { method, ch, params, id } = JSON.parse(text) as {
          method: string
          ch: string
          params: { symbols: ReadonlyArray<string> }
          id: number
        }
        const subscriptions = method === "subscribe" ? params.symbols : []
        socket.send(JSON.stringify({ result: { ch, subscriptions }, id }))
        if (method !== "subscribe" || ch !== "orderbook/full") return
        socket.send(JSON.stringify({ ch, snapshot: { BTCUSDT: { t: 1, s: 10, a: ASKS, b: books(++n) } } }))
      }
    })
    const { feed, left, leave, mediator, subscription } = made(hitBtc, "BTCUSDT", { ws: venue.ws, rest: undefined })
    const venues = yield* makeVenues(PLAIN)
    const pool = venues.of(hitBtc).pool(hitBtc, hitBtc.lines[0], feed.lineUrl(hitBtc.lines[0].url))
    subscription.socket = pool.join(subscription, null)
    yield* Effect.addFinalizer(() => pool.leave(subscription, subscription.socket))
    const doubts = yield* Queue.unbounded<Doubt>()
    const place = { subscription, feed, venue: venues.of(hitBtc), fetch: () => {} }
    const seen = (what: string, good: () => boolean) => until(what, Effect.sync(good), (yes) => yes)
    yield* seen("live", () => feed.exchange.state === "live")
    const first = [...venue.sockets]
    yield* Effect.forkScoped(inquiries({ ...place, mediator, trades: place, leave }, doubts))
    yield* Queue.offer(doubts, SILENT)
    const update = (s: number, bids: Levels) => ({
      ch: "orderbook/full",
      update: { BTCUSDT: { t: 2, s, a: [], b: bids } }
    })
    return { venue, feed, left, seen, update, first }
  })

  it.live("an equal book leaves the market where it is, live all the while", () =>
    Effect.gen(function* () {
      const { venue, feed, left, seen, update } = yield* stage(() => BIDS)
      yield* seen("the second socket closed", () => venue.closeCodes.length === 1)
      assert.deepStrictEqual([venue.connects(), venue.closeCodes, left], [2, [1000], []])
      venue.say(update(11, [["100", "7"]]))
      yield* seen("the first goes on", () => feed.book.bidTexts(1)[0]?.[1] === "7")
      assert.deepStrictEqual(
        [feed.exchange.state, feed.exchange.epoch, feed.exchange.counts.doubts_confirmed],
        ["live", 1, 0]
      )
    }).pipe(Effect.scoped, Effect.provide(FetchHttpClient.layer))
  )

  it.live("another book takes the place of the dead one, and its socket with it", () =>
    Effect.gen(function* () {
      const { venue, feed, left, seen, update, first } = yield* stage((n) => (n === 1 ? BIDS : [["100", "5"]]))
      yield* seen("the first socket closed", () => venue.closeCodes.length === 1)
      assert.isFalse(venue.sockets.has(first[0]!))
      assert.deepStrictEqual(
        [feed.exchange.state, feed.exchange.epoch, feed.exchange.counts.doubts_confirmed, left],
        ["live", 2, 1, []]
      )
      assert.deepStrictEqual(feed.book.bidTexts(9), [["100", "5"]])
      venue.say(update(11, [["100", "7"]]))
      yield* seen("the second goes on", () => feed.book.bidTexts(1)[0]?.[1] === "7")
    }).pipe(Effect.scoped, Effect.provide(FetchHttpClient.layer))
  )
})
