// Who is asked what he lists, and when, while feeds run or somebody wants it; and what running feeds learn of it.
// Instruments are the test's own, feeds run without a venue, and time is virtual.
import { assert, describe, it } from "@effect/vitest"
import { Context, Deferred, Effect, Layer, PubSub, Schema, Stream } from "effect"
import { FetchHttpClient } from "effect/http"
import { TestClock } from "effect/testing"
import { ListingUnavailable } from "../../src/domain/Failures.ts"
import { Instrument } from "../../src/domain/Instrument.ts"
import type { InstrumentStatus } from "../../src/domain/InstrumentStatus.ts"
import { Market } from "../../src/domain/Market.ts"
import type { MarketType } from "../../src/domain/MarketType.ts"
import type { WebsocketOptions } from "../../src/feeds/venue/Websocket.ts"
import { EventHub } from "../../src/hub/EventHub.ts"
import { FeedRegistry, makeRegistry } from "../../src/layers/FeedRegistry.ts"
import { Instruments, type ListingRead } from "../../src/layers/Instruments.ts"
import { ListingWatch, makeListingWatch } from "../../src/layers/ListingWatch.ts"
import { OpenVenues } from "../../src/layers/OpenVenues.ts"
import { defineScheme } from "../../src/schemes/defineScheme.ts"
import { definition } from "../feeds/truth/mediatorStage.ts"
import { layerSettings } from "../support/Databases.ts"

const marketOf = (id: number, exchange: string, market_type: MarketType = "SPOT", base = "BTC") =>
  Schema.decodeUnknownSync(Market)({
    id,
    exchange: { id: 1, name: exchange },
    base_symbol: { id: 1, symbol: base },
    quote_symbol: { id: 2, symbol: "USDT" },
    market_type,
    native_symbol: null,
    level4_feed_enabled: true,
    unverified: true
  })

const instrument = (status: InstrumentStatus) =>
  new Instrument({
    native_symbol: "BTCUSDT",
    base: "BTC",
    quote: "USDT",
    settle: null,
    market_type: "SPOT",
    price_tick: null,
    size_step: null,
    min_size: null,
    min_notional: null,
    size_unit: "base",
    contract_value: null,
    status,
    listed_at: null,
    expires_at: null
  })

/** What the venues list, and what was asked of them. */
class Listings {
  readonly asked: Array<string> = []
  /** By the id of a market. */
  readonly status = new Map<number, InstrumentStatus>()
  readonly readings = Effect.runSync(PubSub.unbounded<ListingRead>())
  down = false

  readonly read = (exchange: string, marketTypes: ReadonlyArray<MarketType>) =>
    PubSub.publish(this.readings, { exchange, marketTypes })

  readonly layer = Layer.succeed(Instruments)(
    Instruments.of({
      // as if nothing were ever fresh
      list: (exchange, types = []) => this.answer("list", exchange, types),
      refresh: (exchange, types = []) => this.answer("refresh", exchange, types),
      known: () => null,
      ofMarket: (market) => {
        const status = this.status.get(Schema.is(Market)(market) ? market.id : 0)
        return status === undefined ? null : instrument(status)
      },
      readings: Stream.fromPubSub(this.readings)
    })
  )

  private answer(call: string, exchange: string, types: ReadonlyArray<MarketType>) {
    return Effect.suspend(() => {
      this.asked.push(`${call} ${exchange} ${types.join(",")}`)
      if (this.down) return Effect.fail(new ListingUnavailable({ exchange, said: "down", age: null }))
      return Effect.as(this.read(exchange, types), { instruments: [], at: 0 })
    })
  }

  /** What was asked since it was asked last. */
  take(): ReadonlyArray<string> {
    return this.asked.splice(0)
  }
}

const push = {
  marketTypes: ["SPOT"],
  url: "wss://venue.example/ws?v=1",
  subscribe: ["status"],
  ping: { every: 10_000, text: null },
  read: (text: string) => new Map<string, string>(JSON.parse(text))
} as const

/** Coinbase as if it pushed what it lists. */
const pushing = defineScheme({
  ...definition,
  exchange: "Coinbase",
  listing: { requests: () => [], read: () => null, push: [push] }
})

class Sockets extends Context.Service<Sockets, { readonly open: Map<string, WebsocketOptions> }>()("test/Sockets") {}

const layersOf = (listings: Listings) => {
  const open = new Map<string, WebsocketOptions>()
  const dial = (options: WebsocketOptions) =>
    Effect.suspend(() => {
      open.set(options.url, options)
      options.onOpen(() => {})
      return Deferred.await(Deferred.makeUnsafe<never>())
    }).pipe(Effect.ensuring(Effect.sync(() => open.delete(options.url))))
  return Layer.effect(ListingWatch)(makeListingWatch([pushing], dial)).pipe(
    Layer.provideMerge(Layer.effect(FeedRegistry)(Effect.suspend(() => makeRegistry(() => Effect.never)))),
    Layer.provideMerge(listings.layer),
    Layer.provideMerge(Layer.succeed(Sockets)(Sockets.of({ open }))),
    Layer.provide(EventHub.layer),
    Layer.provide(OpenVenues.layer),
    Layer.provide(
      layerSettings({ LEVEL4_LISTING_INTERVAL: "10 minutes", LEVEL4_COINBASE_SPOT_WS_URL: "ws://127.0.0.1:9/sim/" })
    ),
    Layer.provide(FetchHttpClient.layer)
  )
}

describe("what a venue lists", () => {
  it.effect("is asked for while a feed of it runs, of the types that run, and by nobody else", () => {
    const listings = new Listings()
    return Effect.gen(function* () {
      const registry = yield* FeedRegistry
      yield* TestClock.adjust("1 hour")
      assert.deepStrictEqual(listings.take(), [], "no feed runs")
      yield* registry.start(marketOf(1, "binance"))
      yield* TestClock.adjust("2 seconds")
      assert.deepStrictEqual(listings.take(), ["list Binance SPOT"], "as its scheme spells it")
      yield* registry.start(marketOf(2, "Binance", "SPOT", "ETH"))
      yield* TestClock.adjust("20 seconds")
      assert.deepStrictEqual(listings.take(), [], "one reading for all its feeds")
      yield* registry.start(marketOf(3, "Binance", "PERP"))
      yield* registry.start(marketOf(4, "Kraken"))
      yield* TestClock.adjust("2 seconds")
      assert.deepStrictEqual(listings.take(), ["list Binance PERP,SPOT", "list Kraken SPOT"])
      // a tenth of the interval, with jitter
      yield* TestClock.adjust("75 seconds")
      assert.sameMembers([...listings.take()], ["list Binance PERP,SPOT", "list Kraken SPOT"])
      for (const id of [1, 2, 3]) yield* registry.stop(marketOf(id, "Binance").id)
      yield* TestClock.adjust("5 minutes")
      const asked = listings.take()
      assert.isAbove(asked.length, 2)
      assert.deepStrictEqual([...new Set(asked)], ["list Kraken SPOT"])
      yield* registry.stop(marketOf(4, "Kraken").id)
      yield* TestClock.adjust("1 hour")
      assert.deepStrictEqual(listings.take(), [])
    }).pipe(Effect.provide(layersOf(listings)))
  })

  it.effect("is asked for again and again where the venue does not answer", () => {
    const listings = new Listings()
    listings.down = true
    return Effect.gen(function* () {
      yield* (yield* FeedRegistry).start(marketOf(1, "Kraken"))
      yield* TestClock.adjust("5 minutes")
      assert.isAtLeast(listings.take().length, 3)
    }).pipe(Effect.provide(layersOf(listings)))
  })

  it.effect("is asked for while somebody wants it, whatever runs", () => {
    const listings = new Listings()
    return Effect.gen(function* () {
      const watch = yield* ListingWatch
      yield* watch.want("rules", [{ exchange: "Kraken", marketTypes: ["SPOT"] }])
      yield* watch.want("others", [{ exchange: "Kraken", marketTypes: ["PERP"] }])
      yield* TestClock.adjust("2 seconds")
      assert.strictEqual(listings.take().at(-1), "list Kraken PERP,SPOT")
      yield* watch.want("rules", [{ exchange: "Gemini", marketTypes: ["SPOT"] }])
      yield* TestClock.adjust("2 seconds")
      assert.sameMembers([...listings.take()], ["list Kraken PERP", "list Gemini SPOT"])
      yield* watch.want("rules", [])
      yield* watch.want("others", [])
      yield* TestClock.adjust("1 hour")
      assert.deepStrictEqual(listings.take(), [])
    }).pipe(Effect.provide(layersOf(listings)))
  })
})

describe("a running feed", () => {
  it.effect("learns of every reading that concerns it, and at its start of what is known", () => {
    const listings = new Listings()
    return Effect.gen(function* () {
      const registry = yield* FeedRegistry
      listings.down = true
      listings.status.set(1, "halted")
      yield* registry.start(marketOf(1, "Binance"))
      yield* registry.start(marketOf(2, "Binance", "SPOT", "ETH"))
      yield* TestClock.adjust("2 seconds")
      const codes = Effect.map(registry.measured, ({ feeds }) =>
        feeds.toSorted((a, b) => a.market.id - b.market.id).map(({ memory }) => memory.listed.reason?.code ?? null)
      )
      assert.deepStrictEqual(yield* codes, ["halted", null], "what was known before it started")
      listings.status.set(1, "trading").set(2, "delisted")
      yield* listings.read("Binance", ["PERP"])
      yield* listings.read("Kraken", ["SPOT"])
      yield* TestClock.adjust(0)
      assert.deepStrictEqual(yield* codes, ["halted", null], "readings of others")
      yield* listings.read("Binance", ["SPOT", "PERP"])
      yield* TestClock.adjust(0)
      assert.deepStrictEqual(yield* codes, [null, "delisted"])
      listings.status.clear()
      yield* listings.read("Binance", ["SPOT"])
      yield* TestClock.adjust(0)
      assert.deepStrictEqual(yield* codes, [null, "delisted"], "what is known no more is no news")
    }).pipe(Effect.provide(layersOf(listings)))
  })
})

describe("a venue that pushes its listing", () => {
  it.effect("is heard while a feed of it runs, and asked when it says that something changed, and once more", () => {
    const listings = new Listings()
    return Effect.gen(function* () {
      const registry = yield* FeedRegistry
      const { open } = yield* Sockets
      yield* registry.start(marketOf(1, "Binance"))
      yield* TestClock.adjust("2 seconds")
      assert.deepStrictEqual([...open.keys()], [])
      yield* registry.start(marketOf(2, "Coinbase"))
      yield* TestClock.adjust("2 seconds")
      const [url] = [...open.keys()]
      assert.strictEqual(url, "ws://127.0.0.1:9/sim/ws?v=1", "at the address that stands in for the venue")
      listings.take()
      const hear = (words: Readonly<Record<string, string>>) =>
        open.get(url!)!.onFrame(Buffer.from(JSON.stringify(Object.entries(words))), 0)
      hear({ "BTC-USD": "online" })
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(listings.take(), [])
      hear({ "BTC-USD": "offline" })
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(listings.take(), ["refresh Coinbase SPOT"])
      for (let n = 0; n < 5; n++) hear({ "BTC-USD": `offline ${n}` })
      yield* TestClock.adjust("9 seconds")
      assert.deepStrictEqual(listings.take(), [], "not twice in ten seconds")
      yield* TestClock.adjust("2 seconds")
      assert.isTrue(listings.take().every((one) => one === "refresh Coinbase SPOT"))
      yield* registry.stop(marketOf(2, "Coinbase").id)
      yield* TestClock.adjust("2 seconds")
      assert.deepStrictEqual([...open.keys()], [])
    }).pipe(Effect.provide(layersOf(listings)))
  })
})
