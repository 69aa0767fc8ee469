// The REST books of a venue whose budget is short: small ones first, the full ones when there is room, bans for
// everybody.
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema, Stream } from "effect"
import { FetchHttpClient, HttpClient } from "effect/http"
import { createServer, type ServerResponse } from "node:http"
import { gzipSync } from "node:zlib"
import { Market } from "../../../src/domain/Market.ts"
import { LiveFeed } from "../../../src/feeds/market/LiveFeed.ts"
import { marketFeed } from "../../../src/feeds/market/MarketFeed.ts"
import { monotonicMillis } from "../../../src/feeds/core/Now.ts"
import { makeVenues } from "../../../src/feeds/venue/Venues.ts"
import { binanceSpot } from "../../../src/schemes/binance/Binance.ts"
import { scriptedVenue, type Script } from "../../support/ScriptedVenue.ts"
import { until } from "../../support/until.ts"
import { listening } from "./loopback.ts"

const marketOf = (id: number) =>
  Schema.decodeUnknownSync(Market)({
    id,
    exchange: { id: 1, name: "Binance" },
    base_symbol: { id, symbol: `S${id}` },
    quote_symbol: { id: 9, symbol: "USDT" },
    market_type: "SPOT",
    native_symbol: null,
    level4_feed_enabled: true,
    unverified: true
  })

const levels = (count: number) => Array.from({ length: count }, (_, n) => [String(5_000 - n), "1"])
const acknowledge: Script["reply"] = (text, socket) => {
  const { method, id } = JSON.parse(text) as { method: string; id: number }
  if (method === "SUBSCRIBE") socket.send(JSON.stringify({ result: null, id }))
}

const run = Effect.fnUntraced(function* (
  count: number,
  rest: NonNullable<Script["rest"]>,
  weight: number,
  perMs: number,
  origin?: string,
  maxBody = 8 << 20
) {
  const venue = yield* scriptedVenue({ reply: acknowledge, rest })
  const venues = yield* makeVenues(({ limits }) => ({ ...limits, rest: { weight, perMs }, maxBody }))
  const feeds = Array.from({ length: count }, (_, index) => {
    const sink = { wanted: false, emit: () => {} }
    return new LiveFeed(
      marketOf(index + 1),
      binanceSpot,
      `S${index + 1}USDT`,
      { ws: venue.ws, rest: origin ?? venue.rest },
      sink
    )
  })
  yield* Effect.forEach(feeds, (feed) =>
    Effect.forkScoped(marketFeed(feed, venues.of(binanceSpot)), { startImmediately: true })
  )
  const allLive = until(
    "all live",
    Effect.sync(() => feeds.map(({ exchange }) => exchange.state)),
    (states) => states.every((state) => state === "live")
  )
  return { venue, venues, feeds, allLive }
})

/** A venue's REST that writes a body by hand, and what it wrote. */
const bodyServer = (write: (response: ServerResponse, sent: { bytes: number }) => void) => {
  const sent = { bytes: 0 }
  const server = createServer((_request, response) => write(response, sent))
  return Effect.map(listening(server), (address) => ({ url: `http://${address}`, sent }))
}

const WAITS = "waiting for Binance spot's REST book: number \\d of \\d, about 1\\d\\d s"
const ASKED = "the venue asks for quiet until \\d\\d:\\d\\d:\\d\\d UTC \\(418 from 127\\.0\\.0\\.1:\\d+\\)"
const QUIET = new RegExp(`^${WAITS}; ${ASKED}$`)

/** A client that counts the bytes that are taken out of bodies, unpacked. */
const counting = (read: { bytes: number }) =>
  Effect.map(HttpClient.HttpClient, (client) =>
    HttpClient.transformResponse(
      client,
      Effect.map((response) =>
        Object.create(response, {
          stream: {
            get: () =>
              Stream.tap(response.stream, (chunk) =>
                Effect.sync(() => {
                  read.bytes += chunk.length
                })
              )
          }
        })
      )
    )
  )

describe("REST books", () => {
  it.live("are small when many are wanted at once, and made full as the budget allows", () =>
    Effect.gen(function* () {
      const depthOf = (path: string) => Number(new URL(path, "http://x").searchParams.get("limit"))
      const rest = (path: string) => ({
        status: 200,
        body: JSON.stringify({ lastUpdateId: 100, bids: levels(Math.min(depthOf(path), 700)), asks: [["9000", "1"]] })
      })
      const { venue, feeds, allLive } = yield* run(8, rest, 200, 1_000)
      yield* allLive
      const first = venue.asked.slice(0, 8).map(depthOf)
      assert.isAtMost(first.filter((depth) => depth === 1_000).length, 3)
      assert.isAtLeast(first.filter((depth) => depth === 100).length, 5)
      yield* until(
        "full books",
        Effect.sync(() => feeds.map(({ book }) => book.bidLevels)),
        (counts) => counts.every((count) => count === 700)
      )
      // nobody lost its book for it
      assert.deepStrictEqual(
        feeds.map(({ exchange }) => [exchange.state, exchange.epoch, exchange.counts.resyncs]),
        feeds.map(() => ["live", 1, 0])
      )
    }).pipe(Effect.provide(FetchHttpClient.layer), Effect.scoped)
  )

  it.live("wait together when the venue asks for quiet, and say what they wait for", () =>
    Effect.gen(function* () {
      let asked = 0
      const rest = () => (++asked > 1_000 ? { status: 200, body: "{}" } : { status: 418, body: "{}" })
      const { venue, feeds } = yield* run(4, rest, 6_000, 60_000)
      yield* until(
        "the queue",
        Effect.sync(() => feeds.map(({ exchange }) => exchange.status().reason)),
        (reasons) => reasons.every((reason) => QUIET.test(reason ?? ""))
      )
      assert.isAtMost(venue.asked.length, 4)
    }).pipe(Effect.provide(FetchHttpClient.layer), Effect.scoped)
  )

  it.live("keep to a dated Retry-After together, count it by the venue's clock, and are live after it", () =>
    Effect.gen(function* () {
      // the venue's clock is a day ahead: only its own Date says how long two seconds are
      const day = 86_400_000
      let until = 0
      let inside = 0
      const rest = () => {
        const date = new Date(Date.now() + day).toUTCString()
        if (until === 0) until = Date.now() + 2_000
        if (Date.now() >= until)
          return { status: 200, body: JSON.stringify({ lastUpdateId: 1, bids: [["1", "1"]], asks: [["2", "1"]] }) }
        inside++
        return { status: 429, body: "{}", headers: { date, "retry-after": new Date(until + day + 999).toUTCString() } }
      }
      const { allLive } = yield* run(4, rest, 6_000, 60_000)
      yield* allLive
      assert.isAtMost(inside, 4, "those on their way when the venue first said so")
    }).pipe(Effect.provide(FetchHttpClient.layer), Effect.scoped)
  )

  it.live("cost no budget where nobody was reached, and tell what the network says", () =>
    Effect.gen(function* () {
      // a port on which nobody listens any more
      const gone = yield* Effect.map(
        bodyServer(() => {}),
        ({ url }) => url
      ).pipe(Effect.scoped)
      const { venues, feeds } = yield* run(1, () => ({ status: 503, body: "{}" }), 200, 600_000, gone)
      const reason = yield* until(
        "the reason",
        Effect.sync(() => feeds[0]!.exchange.status().reason ?? ""),
        (text) => text.startsWith("asks for the REST book again in")
      )
      assert.match(reason, /^asks for the REST book again in \d+ s: connect ECONNREFUSED 127\.0\.0\.1:\d+$/)
      assert.strictEqual(venues.of(binanceSpot).budget.rest?.left(yield* monotonicMillis), 200)
    }).pipe(Effect.provide(FetchHttpClient.layer), Effect.scoped)
  )

  it.live("are not read beyond their bound, neither endless blanks nor what a small body unpacks to", () =>
    Effect.gen(function* () {
      const bound = 256 << 10
      const blanks = yield* bodyServer((response, sent) => {
        response.writeHead(200, { "content-type": "application/json" })
        const more = () => {
          while (!response.destroyed) {
            sent.bytes += 65_536
            if (!response.write(" ".repeat(65_536))) return void response.once("drain", more)
          }
        }
        more()
      })
      const bomb = gzipSync(Buffer.alloc(64 << 20, " "), { level: 9 })
      const packed = yield* bodyServer((response, sent) => {
        sent.bytes += bomb.length
        response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" }).end(bomb)
      })
      for (const server of [blanks, packed]) {
        const read = { bytes: 0 }
        const { feeds } = yield* run(1, () => ({ status: 404, body: "" }), 6_000, 60_000, server.url, bound).pipe(
          Effect.provideServiceEffect(HttpClient.HttpClient, counting(read))
        )
        const label = yield* until(
          "the reason",
          Effect.sync(() => feeds[0]!.exchange.status()),
          ({ state }) => state === "backoff"
        )
        assert.strictEqual(
          label.reason,
          `overflow: the REST book of ${new URL(server.url).host} is larger than ${bound} bytes`
        )
        // one chunk more than the bound, and what the transport holds ready
        assert.isAbove(read.bytes, bound)
        assert.isAtMost(read.bytes, bound + (128 << 10))
        assert.isAtMost(server.sent.bytes, 8 << 20)
        assert.isAbove(label.next_retry ?? 0, label.since + 45_000_000, "asked for again in a minute, not at once")
      }
    }).pipe(Effect.provide(FetchHttpClient.layer), Effect.scoped)
  )

  it.live("do not follow their venue elsewhere, which would be asked past its budget", () =>
    Effect.gen(function* () {
      let asked = 0
      const server = yield* bodyServer((response) => {
        asked++
        response.writeHead(302, { location: "/elsewhere" }).end()
      })
      const { feeds } = yield* run(1, () => ({ status: 404, body: "" }), 6_000, 60_000, server.url)
      const label = yield* until(
        "the reason",
        Effect.sync(() => feeds[0]!.exchange.status()),
        ({ reason }) => reason?.includes("302") === true
      )
      assert.match(label.reason ?? "", /: 302 from \S+, which sends us elsewhere \(\/elsewhere\)/)
      assert.isAtMost(asked, 2)
    }).pipe(Effect.provide(FetchHttpClient.layer), Effect.scoped)
  )
})
