// All simulated venues together: listings that the real schemes spell alike, and the real feeds following every one of
// them over real sockets, with true books and clean counters.
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect, Layer } from "effect"
import { FetchHttpClient } from "effect/http"
import { Market } from "../../src/domain/Market.ts"
import { EventHub } from "../../src/hub/EventHub.ts"
import { marketEndpoints } from "../../src/layers/marketEndpoints.ts"
import { FeedRegistry } from "../../src/layers/FeedRegistry.ts"
import { OpenVenues } from "../../src/layers/OpenVenues.ts"
import { Settings } from "../../src/layers/Settings.ts"
import { exchangeNames, resolve } from "../../src/schemes/Schemes.ts"
import { MatchingEngine } from "../../src/simulator/MatchingEngine.ts"
import { environment } from "../../src/simulator/simulate.ts"
import { Simulator } from "../../src/simulator/Simulator.ts"
import type { Listing, Venue } from "../../src/simulator/Venue.ts"
import { venues } from "../../src/simulator/Venues.ts"
import { until } from "../support/until.ts"

describe("the venues", () => {
  it("are all exchanges that level4 knows, each market type once", () => {
    assert.deepStrictEqual([...new Set(venues.map(({ exchange }) => exchange))].sort(), [...exchangeNames()].sort())
    const keys = venues.map(({ exchange, marketType }) => `${exchange} ${marketType}`)
    assert.strictEqual(new Set(keys).size, keys.length)
    assert.deepStrictEqual(
      [...new Set(venues.filter(({ history }) => history).map(({ exchange }) => exchange))],
      ["FTX", "BitMEX"]
    )
  })

  it.each(venues)("$exchange $marketType lists markets as its scheme spells them, made-up ones too", (venue) => {
    const made = Array.from({ length: 300 }, (_, n) => venue.listing(n))
    const symbols = new Set<string>()
    for (const listing of [...venue.listings, ...made]) {
      const { symbol, base, quote } = listing
      const found = resolve({
        exchange: venue.exchange,
        base,
        quote,
        market_type: venue.marketType,
        native_symbol: null
      })
      assert.strictEqual(typeof found === "string" ? found : found.symbol, symbol)
      symbols.add(symbol)
    }
    assert.strictEqual(symbols.size, venue.listings.length + 300)
    assert.isAtLeast(venue.listings.length, 1)
    for (const listing of [venue.listing(0), venue.listing(299)])
      assert.strictEqual(new MatchingEngine(listing, "1").version, 0)
  })
})

const marketOf = (id: number, { exchange, marketType }: Venue, { base, quote, symbol }: Listing): Market =>
  Market.make({
    id: id as Market["id"],
    exchange: { id: 1 as Market["exchange"]["id"], name: exchange },
    base_symbol: { id: 1 as Market["base_symbol"]["id"], symbol: base },
    quote_symbol: { id: 2 as Market["quote_symbol"]["id"], symbol: quote },
    market_type: marketType,
    native_symbol: symbol,
    level4_feed_enabled: true,
    unverified: true
  })

describe("the real feeds", () => {
  it.live(
    "follow every simulated exchange: live, true, nothing unknown, lost or repaired",
    () =>
      Effect.gen(function* () {
        const simulator = yield* Simulator
        const provider = ConfigProvider.layer(ConfigProvider.fromEnv({ env: { ...environment(simulator) } }))
        const layer = FeedRegistry.layer.pipe(
          Layer.provide(EventHub.layerWith(marketEndpoints)),
          Layer.provide(OpenVenues.layer),
          Layer.provide([Settings.layer, FetchHttpClient.layer]),
          Layer.provide(provider)
        )
        const feeds = yield* FeedRegistry.pipe(Effect.provideContext(yield* Layer.build(layer)))
        const followed = simulator.venues.flatMap((one) =>
          one.venue.listings.map((listing) => ({ listing, venue: one }))
        )
        const markets = followed.map(({ listing, venue }, n) => ({
          market: marketOf(n + 1, venue.venue, listing),
          truth: venue.markets.get(listing.symbol)!.truth
        }))
        for (const { market } of markets) yield* feeds.start(market)
        const rows = (side: ReadonlyArray<readonly [string, string]>) => side.map(([price, size]) => ({ price, size }))
        const notTrue = Effect.map(
          Effect.forEach(markets, ({ market, truth }) =>
            Effect.map(feeds.book(market, 10), ({ tag, state, reason, bids, asks }) => {
              const age = truth.age(rows(bids), rows(asks), simulator.now())
              return state === "live" && age !== null && age < 2_000 ? [] : [`${tag} ${state} ${reason} ${age}`]
            })
          ),
          (seen) => seen.flat()
        )
        yield* until("all true", notTrue, (seen) => seen.length === 0)
        for (const { market } of markets) {
          const { counters, unknown_sample } = yield* feeds.view(market)
          const { unknown, invalid_levels, invalid_trades, gaps, checksum_failures, crossed, resyncs, restarts } =
            counters
          assert.deepStrictEqual(
            { unknown, invalid_levels, invalid_trades, gaps, checksum_failures, crossed, resyncs, restarts },
            {
              unknown: 0,
              invalid_levels: 0,
              invalid_trades: 0,
              gaps: 0,
              checksum_failures: 0,
              crossed: 0,
              resyncs: 0,
              restarts: 0
            },
            `${market.exchange.name} ${market.market_type} ${market.base_symbol.symbol}: ${unknown_sample}`
          )
        }
        for (const { counts, prefix, lastDefect } of simulator.venues) {
          const { connects_refused, rest_refused, message_breaches, defects, overflows } = counts
          const refused = [connects_refused, rest_refused, message_breaches, defects, overflows]
          assert.deepStrictEqual(refused, [0, 0, 0, 0, 0], `${prefix} ${lastDefect}`)
        }
      }).pipe(
        Effect.provide(Simulator.layer({ venues, host: "127.0.0.1", port: 0, seed: "all", rate: 5, madeUp: 0 })),
        Effect.scoped
      ),
    30_000
  )
})
