// The registry without a venue: who may run, what is shown of a market that no feed follows, and that starting and
// stopping twice is the same as once.
import { assert, describe, layer } from "@effect/vitest"
import { ConfigProvider, Effect, Layer, Schema } from "effect"
import { FetchHttpClient } from "effect/http"
import { Market } from "../../src/domain/Market.ts"
import { EventHub } from "../../src/hub/EventHub.ts"
import { marketEndpoints } from "../../src/layers/marketEndpoints.ts"
import { FeedRegistry } from "../../src/layers/FeedRegistry.ts"
import { OpenVenues } from "../../src/layers/OpenVenues.ts"
import { Settings } from "../../src/layers/Settings.ts"

// nothing listens there
const env = {
  LEVEL4_BINANCE_SPOT_WS_URL: "ws://127.0.0.1:9",
  LEVEL4_BINANCE_SPOT_REST_URL: "http://127.0.0.1:9",
  LEVEL4_BITMEX_PERP_WS_URL: "ws://127.0.0.1:9/realtime"
}
const registry = FeedRegistry.layer.pipe(
  Layer.provideMerge(EventHub.layerWith(marketEndpoints)),
  Layer.provide(OpenVenues.layer),
  Layer.provide(Settings.layer),
  Layer.provide(FetchHttpClient.layer),
  Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env })))
)

const marketOf = (id: number, exchange: string, type: "SPOT" | "PERP" = "SPOT") =>
  Schema.decodeUnknownSync(Market)({
    id,
    exchange: { id, name: exchange },
    base_symbol: { id: 1, symbol: "BTC" },
    quote_symbol: { id: 2, symbol: "USDT" },
    market_type: type,
    native_symbol: null,
    level4_feed_enabled: false,
    unverified: true
  })

layer(registry)("FeedRegistry", (it) => {
  describe("a market that no feed follows", () => {
    it.effect("is stopped, with an empty book", () =>
      Effect.gen(function* () {
        const feeds = yield* FeedRegistry
        const market = marketOf(1, "Kraken")
        const { state, reason, counters } = yield* feeds.view(market)
        assert.deepStrictEqual([state, reason, counters.frames], ["stopped", null, 0])
        const book = yield* feeds.book(market, 5)
        assert.deepStrictEqual([book.state, book.bids, book.asks], ["stopped", [], []])
      })
    )

    it.effect("is retired where the venue closed, and its start is refused with that reason", () =>
      Effect.gen(function* () {
        const feeds = yield* FeedRegistry
        const market = marketOf(2, "FTX")
        assert.strictEqual((yield* feeds.view(market)).state, "retired")
        const { state, reason } = yield* feeds.book(market, 5)
        assert.strictEqual(state, "retired")
        assert.match(reason ?? "", /^the venue closed/)
        for (const closed of [market, marketOf(6, "bitmex"), marketOf(7, "FTX", "PERP")]) {
          const { detail } = yield* Effect.flip(feeds.start(closed))
          const { exchange, market_type } = closed
          assert.match(detail, /^(FTX|BitMEX) is retired: the venue closed: /)
          assert.include(detail, `LEVEL4_${exchange.name.toUpperCase()}_${market_type}_WS_URL names another address`)
        }
        assert.deepStrictEqual(yield* feeds.running, [])
      })
    )

    it.effect("of a venue that closed can be followed where another address stands in for it, REST included", () =>
      Effect.gen(function* () {
        const feeds = yield* FeedRegistry
        const market = marketOf(8, "BitMEX", "PERP")
        assert.strictEqual((yield* feeds.view(market)).state, "stopped")
        yield* feeds.start(market)
        const { feeds: running } = yield* feeds.measured
        assert.deepStrictEqual(
          running.map((feed) => [feed.lineUrl(feed.scheme.lines[0].url), feed.restOrigin]),
          [["ws://127.0.0.1:9/realtime", "http://127.0.0.1:9/realtime"]]
        )
        yield* feeds.stop(market.id)
        assert.strictEqual((yield* feeds.view(market)).state, "stopped")
      })
    )
  })

  it.effect("refuses what no scheme speaks, and names what there is", () =>
    Effect.gen(function* () {
      const feeds = yield* FeedRegistry
      assert.match((yield* Effect.flip(feeds.start(marketOf(3, "Nowhere")))).detail, /Nowhere/)
      assert.match((yield* Effect.flip(feeds.start(marketOf(4, "Coinbase", "PERP")))).detail, /PERP/)
    })
  )

  it.effect("starts once and stops once, however often it is told to", () =>
    Effect.gen(function* () {
      const feeds = yield* FeedRegistry
      const market = marketOf(5, "Binance")
      yield* feeds.start(market)
      yield* feeds.start(market)
      assert.deepStrictEqual(yield* feeds.running, [market.id])
      assert.notStrictEqual((yield* feeds.view(market)).state, "live")
      yield* feeds.stop(market.id)
      yield* feeds.stop(market.id)
      assert.deepStrictEqual(yield* feeds.running, [])
      assert.strictEqual((yield* feeds.view(market)).state, "stopped")
    })
  )

  it.effect("says the same as the hub of a market that was stopped, that never ran, and whose venue closed", () =>
    Effect.gen(function* () {
      const feeds = yield* FeedRegistry
      const hub = yield* EventHub
      const said = (market: Market) =>
        Effect.gen(function* () {
          const { epoch, reason, reason_code, seq, since, state } = yield* feeds.view(market)
          const book = yield* feeds.book(market, 1)
          const label = { state, reason, reason_code, epoch, seq }
          assert.deepInclude(book, { ...label, since })
          const status = hub.channel(market).topic("status")
          const told = JSON.parse(status.newest()!.text) as Record<string, unknown>
          assert.deepInclude(told, label)
          // a channel that was made to be listened to changes nothing
          assert.deepInclude(yield* feeds.view(market), { ...label, since })
          return { ...label, since, ts_received: told["ts_received"] }
        })
      const market = marketOf(6, "Binance")
      const fresh = yield* said(market)
      assert.deepInclude(fresh, { state: "stopped", epoch: 0, since: 0 })
      yield* feeds.start(market)
      yield* feeds.stop(market.id)
      const stopped = yield* said(market)
      assert.deepInclude(stopped, { state: "stopped", reason: null })
      assert.isAbove(stopped.seq, fresh.seq)
      assert.isAbove(stopped.since, 1_700_000_000_000_000)
      assert.strictEqual(stopped.ts_received, stopped.since)
      const retired = yield* said(marketOf(7, "FTX"))
      assert.deepInclude(retired, { state: "retired", reason_code: "retired", since: 0 })
      assert.match(retired.reason ?? "", /^the venue closed/)
    })
  )
})
