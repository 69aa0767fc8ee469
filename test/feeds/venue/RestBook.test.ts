// The REST books of a venue whose budget is short: small ones first, the full ones when there is room, bans for everybody.
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { FetchHttpClient } from "effect/http"
import { Market } from "../../../src/domain/Market.ts"
import { LiveFeed } from "../../../src/feeds/LiveFeed.ts"
import { marketFeed } from "../../../src/feeds/MarketFeed.ts"
import { makeVenues } from "../../../src/feeds/venue/Venues.ts"
import { binanceSpot } from "../../../src/schemes/Binance.ts"
import { scriptedVenue, type Script } from "../../support/ScriptedVenue.ts"
import { until } from "../../support/until.ts"

const marketOf = (id: number) =>
  Schema.decodeUnknownSync(Market)({
    id,
    exchange: { id: 1, name: "Binance" },
    base_symbol: { id, symbol: `S${id}` },
    quote_symbol: { id: 9, symbol: "USDT" },
    market_type: "SPOT",
    native_symbol: null,
    level4_feed_enabled: true
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
  perMs: number
) {
  const venue = yield* scriptedVenue({ reply: acknowledge, rest })
  const venues = yield* makeVenues(({ limits }) => ({ ...limits, rest: { weight, perMs } }))
  const feeds = Array.from({ length: count }, (_, index) => {
    const sink = { wanted: false, emit: () => {} }
    return new LiveFeed(marketOf(index + 1), binanceSpot, `S${index + 1}USDT`, { ws: venue.ws, rest: venue.rest }, sink)
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
        (reasons) =>
          reasons.every((reason) =>
            /^waiting for Binance spot's REST book: number \d of \d, about 1\d\d s$/.test(reason ?? "")
          )
      )
      assert.isAtMost(venue.asked.length, 4)
    }).pipe(Effect.provide(FetchHttpClient.layer), Effect.scoped)
  )
})
