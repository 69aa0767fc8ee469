// The registry without a venue: who may run, what is shown of a market that no feed follows, and that starting and stopping
// twice is the same as once.
import { assert, describe, layer } from "@effect/vitest"
import { ConfigProvider, Effect, Layer, Schema } from "effect"
import { FetchHttpClient } from "effect/http"
import { Market } from "../../src/domain/Market.ts"
import { EventHub } from "../../src/layers/EventHub.ts"
import { FeedRegistry } from "../../src/layers/FeedRegistry.ts"
import { Settings } from "../../src/layers/Settings.ts"

// nothing listens there
const env = { LEVEL4_BINANCE_SPOT_WS_URL: "ws://127.0.0.1:9", LEVEL4_BINANCE_SPOT_REST_URL: "http://127.0.0.1:9" }
const registry = FeedRegistry.layer.pipe(
  Layer.provide(EventHub.layer),
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
    level4_feed_enabled: false
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
        const refused = yield* Effect.flip(feeds.start(market))
        assert.match(refused.detail, /^FTX is retired: the venue closed/)
        assert.deepStrictEqual(yield* feeds.running, [])
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
})
