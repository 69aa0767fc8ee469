// Audits in virtual time: a book that is the venue's is left alone, a lost change is found and the mediator told, and a
// difference that a second look does not confirm is nothing.
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Schema } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"
import { TestClock } from "effect/testing"
import { Market } from "../../../src/domain/Market.ts"
import { audits } from "../../../src/feeds/market/Auditor.ts"
import { LiveFeed } from "../../../src/feeds/market/LiveFeed.ts"
import { Mediator } from "../../../src/feeds/truth/Mediator.ts"
import { makeVenues } from "../../../src/feeds/venue/Venues.ts"
import { coinbaseSpot } from "../../../src/schemes/coinbase/Coinbase.ts"
import type { Levels } from "../../../src/schemes/Instruction.ts"

const market = Schema.decodeUnknownSync(Market)({
  id: 7,
  exchange: { id: 1, name: "Coinbase" },
  base_symbol: { id: 1, symbol: "BTC" },
  quote_symbol: { id: 2, symbol: "USD" },
  market_type: "SPOT",
  native_symbol: null,
  level4_feed_enabled: true,
  unverified: true
})

const BIDS: Levels = [
  ["100", "1"],
  ["99", "2"],
  ["98", "3"]
]
const ASKS: Levels = [
  ["101", "1"],
  ["102", "2"],
  ["103", "3"]
]

/** A live market whose REST book is what `book(n)` gives at the n-th question. */
const stage = Effect.fnUntraced(function* (book: (n: number) => object | number) {
  const asked: Array<string> = []
  const http = HttpClient.make((request, url) => {
    asked.push(url.pathname + url.search)
    const answer = book(asked.length)
    const response =
      typeof answer === "number" ? new Response("{}", { status: answer }) : new Response(JSON.stringify(answer))
    return Effect.succeed(HttpClientResponse.fromWeb(request, response))
  })
  const venues = yield* makeVenues(({ limits }) => limits, Duration.minutes(1)).pipe(
    Effect.provideService(HttpClient.HttpClient, http)
  )
  const sink = { wanted: false, emit: () => {} }
  const endpoints = { ws: undefined, rest: "http://127.0.0.1:1" }
  const feed = new LiveFeed(market, coinbaseSpot, "BTC-USD", endpoints, sink)
  const said: Array<string> = []
  const send = (text: string) => void said.push(text)
  const session = coinbaseSpot.session("all")
  const ports = { fetch: () => {}, ask: () => {}, reconnect: () => {}, reject: () => {}, refuse: () => {} }
  const mediator = new Mediator(coinbaseSpot, "BTC-USD", feed.book, feed.exchange, ports, 0, feed.memory)
  session.join(["BTC-USD"])
  feed.exchange.signal("dial", null, 0)
  mediator.connected(0)
  const snapshot = { type: "snapshot", symbol: "BTC-USD", bids: BIDS, asks: ASKS, time: null } as const
  mediator.step(snapshot, 1, session, send)
  yield* Effect.forkScoped(audits(feed, venues.of(coinbaseSpot), { mediator, session: () => session, send }))
  const change = (bids: Levels) => {
    mediator.step({ type: "changes", symbol: "BTC-USD", bids, asks: [], time: null }, 2, session, send)
  }
  return { feed, asked, said, change, counts: feed.exchange.counts }
})

const theirs = (bids: Levels = BIDS) => ({
  bids: bids.map(([p, s]) => [p, s, 1]),
  asks: ASKS.map(([p, s]) => [p, s, 1])
})

/** Lets virtual time pass second by second, with a moment of real time in each for the bodies that are read. */
const pass = (seconds: number) =>
  Effect.repeat(
    Effect.andThen(
      TestClock.adjust("1 second"),
      Effect.promise(() => new Promise((done) => setImmediate(done)))
    ),
    { times: seconds - 1 }
  )

describe("audits", () => {
  it.effect("leave a book alone that is the venue's, each about as often as is set", () =>
    Effect.gen(function* () {
      const { asked, counts, feed } = yield* stage(() => theirs())
      yield* pass(600)
      assert.strictEqual(asked[0], "/products/BTC-USD/book?level=2")
      assert.isAtLeast(counts.audits, 8)
      assert.isAtMost(counts.audits, 10)
      assert.deepStrictEqual([counts.audit_differences, counts.resyncs, feed.exchange.state], [0, 0, "live"])
    }).pipe(Effect.scoped)
  )

  it.effect("find a lost change by two looks, and have the book repaired", () =>
    Effect.gen(function* () {
      const { asked, said, counts, feed } = yield* stage(() =>
        theirs([
          ["100", "1"],
          ["99", "7"],
          ["98", "3"]
        ])
      )
      yield* pass(80)
      assert.strictEqual(asked.length, 2)
      assert.deepStrictEqual([counts.audits, counts.audit_differences, counts.resyncs], [1, 1, 1])
      assert.strictEqual(feed.exchange.status().reason, "audit: bid 99: the venue's REST book has 7")
      assert.strictEqual(said.length, 2)
      // a book that is being repaired is not audited
      yield* pass(300)
      assert.strictEqual(asked.length, 2)
    }).pipe(Effect.scoped)
  )

  it.effect("doubt nothing that a second look does not show again, nor what moved in between", () =>
    Effect.gen(function* () {
      let change: ((bids: Levels) => void) | null = null
      const { counts, ...rest } = yield* stage((n) => {
        // the copy shows a size that was true for a moment only, while it was taken
        change?.([["98", "9"]])
        change?.([["98", "3"]])
        return theirs([
          ["100", "1"],
          ["99", n === 1 ? "7" : "2"],
          ["98", "9"]
        ])
      })
      change = rest.change
      yield* pass(80)
      assert.strictEqual(counts.audit_differences, 0)
      assert.strictEqual(counts.resyncs, 0)
    }).pipe(Effect.scoped)
  )

  it.effect("count what the venue does not answer, and go on", () =>
    Effect.gen(function* () {
      const { counts, asked } = yield* stage(() => 500)
      yield* pass(180)
      assert.isAtLeast(asked.length, 2)
      assert.strictEqual(counts.audits_failed, asked.length)
      assert.strictEqual(counts.audits, 0)
    }).pipe(Effect.scoped)
  )
})
