// The real feeds on the simulator, over real sockets: live, equal to the truth, and whole again after every fault.
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect, Layer } from "effect"
import { FetchHttpClient } from "effect/http"
import type { Book } from "../../src/domain/Event.ts"
import { Market } from "../../src/domain/Market.ts"
import { EventHub } from "../../src/hub/EventHub.ts"
import { FeedRegistry } from "../../src/layers/FeedRegistry.ts"
import { OpenVenues } from "../../src/layers/OpenVenues.ts"
import { Settings } from "../../src/layers/Settings.ts"
import type { FaultRequest } from "../../src/simulator/Faults.ts"
import { environment } from "../../src/simulator/simulate.ts"
import { Simulator } from "../../src/simulator/Simulator.ts"
import { binancePerp, binanceSpot } from "../../src/simulator/venues/Binance.ts"
import { until } from "../support/until.ts"
import { stage } from "./ToyVenue.ts"

const market = (id: number, base: string, market_type: "SPOT" | "PERP"): Market =>
  Market.make({
    id: id as Market["id"],
    exchange: { id: 1 as Market["exchange"]["id"], name: "Binance" },
    base_symbol: { id: 1 as Market["base_symbol"]["id"], symbol: base },
    quote_symbol: { id: 2 as Market["quote_symbol"]["id"], symbol: "USDT" },
    market_type,
    native_symbol: null,
    level4_feed_enabled: true,
    unverified: true
  })

const MARKETS = [market(1, "BTC", "SPOT"), market(2, "ETH", "SPOT"), market(3, "BTC", "PERP"), market(4, "ETH", "PERP")]

/** The service's own feeds, pointed at a simulator. */
const following = Effect.gen(function* () {
  const on = yield* stage
  const provider = ConfigProvider.layer(ConfigProvider.fromEnv({ env: { ...environment(on.simulator) } }))
  const layer = FeedRegistry.layer.pipe(
    Layer.provide(EventHub.layer),
    Layer.provide(OpenVenues.layer),
    Layer.provide(Settings.layer),
    Layer.provide(FetchHttpClient.layer),
    Layer.provide(provider)
  )
  const feeds = yield* FeedRegistry.pipe(Effect.provideContext(yield* Layer.build(layer)))
  for (const one of MARKETS) yield* feeds.start(one)
  const truthOf = Effect.fnUntraced(function* ({ market_type, base_symbol }: Market, book: Book) {
    const path = `/truth/binance/${market_type}/${base_symbol.symbol}USDT/match`
    return (yield* on.call("POST", path, { bids: book.bids, asks: book.asks })).body
  })
  /** A book that is called live must have been true a moment ago. */
  const look = Effect.fnUntraced(function* (one: Market) {
    const book = yield* feeds.book(one, 10)
    const truth = yield* truthOf(one, book)
    const { tag, state, reason, epoch } = book
    return { tag, state, reason, epoch, matches: truth["matches"], age: truth["age_ms"] }
  })
  const allTrue = until("all live and true", Effect.forEach(MARKETS, look), (seen) =>
    seen.every((one) => one.state === "live" && one.matches === true && Number(one.age) < 1_000)
  )
  return { on, feeds, look, allTrue }
})

const binance = Simulator.layer({
  venues: [binanceSpot, binancePerp],
  host: "127.0.0.1",
  port: 0,
  seed: "e2e",
  rate: 20,
  madeUp: 0
})

describe("the real feeds on the simulator", () => {
  it.live("are live with true books, and follow every trade", () =>
    Effect.gen(function* () {
      const { feeds, allTrue, look } = yield* following
      yield* allTrue
      const views = Effect.forEach(MARKETS, (market) => feeds.view(market))
      yield* until("trades of all", views, (seen) => seen.every(({ counters }) => counters.trades > 20))
      for (const one of MARKETS) assert.strictEqual((yield* look(one)).matches, true)
      for (const { counters } of yield* views) {
        const { unknown, resyncs, gaps, crossed, trades_missed, trades_repeated } = counters
        assert.deepStrictEqual([unknown, resyncs, gaps, crossed, trades_missed, trades_repeated], [0, 0, 0, 0, 0, 0])
      }
    }).pipe(Effect.provide(binance), Effect.scoped)
  )

  const wrong: ReadonlyArray<Omit<FaultRequest, "exchange">> = [
    { fault: "drop", symbol: "BTCUSDT", market_type: "SPOT" },
    { fault: "duplicate", count: 3 },
    { fault: "reorder", symbol: "ETHUSDT", market_type: "PERP" },
    { fault: "malformed", symbol: "BTCUSDT", market_type: "PERP" },
    { fault: "unknown", count: 2 },
    { fault: "stall", for_ms: 800 },
    { fault: "delay", delay_ms: 300, for_ms: 500 },
    { fault: "silent", symbol: "BTCUSDT", for_ms: 500 },
    { fault: "half_open", for_ms: 800 },
    { fault: "close", code: 1013 },
    { fault: "cut", market_type: "PERP" },
    { fault: "restart" },
    { fault: "maintenance", for_ms: 500 },
    { fault: "refuse", count: 1 },
    { fault: "slow_rest", count: 1, delay_ms: 400 },
    { fault: "rest_status", count: 1, status: 429, retry_after_s: 1 }
  ]
  it.live.each(wrong)(
    "$fault: no wrong book is ever called live, and all are true again",
    (request) =>
      Effect.gen(function* () {
        const { on, look, allTrue } = yield* following
        yield* allTrue
        assert.strictEqual((yield* on.call("POST", "/faults", { exchange: "Binance", ...request })).status, 201)
        // what concerns dials and calls strikes at the next of them
        const isLater = request.fault === "refuse" || request.fault.includes("rest")
        if (isLater) yield* on.call("POST", "/faults", { exchange: "Binance", fault: "cut" })
        const watched = Effect.gen(function* () {
          const seen = yield* Effect.forEach(MARKETS, look)
          for (const one of seen) if (one.state === "live") assert.strictEqual(one.matches, true, JSON.stringify(one))
          const { body } = yield* on.call("GET", "/faults")
          return (body["faults"] as ReadonlyArray<{ readonly state: string; readonly hits: number }>)[0]!
        })
        const over = yield* until("the end of the fault", watched, ({ state }) => state === "over")
        assert.isAbove(over.hits, 0)
        yield* allTrue
      }).pipe(Effect.provide(binance), Effect.scoped),
    30_000
  )
})
