// Owns the proof that there is one record of what runs: whatever is switched on and off, crashes, vanishes from the
// catalog or is started again by a boot, in whatever order and however often callers go away, what runs, the record,
// the flags and the hub say the same afterwards, and no market ever ran twice.
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber, Layer, References, Schema, Scope } from "effect"
import { FetchHttpClient } from "effect/http"
import { TestClock } from "effect/testing"
import { SymbolCode } from "../../src/domain/Asset.ts"
import { ExchangeName } from "../../src/domain/Exchange.ts"
import { NotFound } from "../../src/domain/Failures.ts"
import { type MarketId, NewMarket } from "../../src/domain/Market.ts"
import type { LiveFeed } from "../../src/feeds/market/LiveFeed.ts"
import { EventHub } from "../../src/hub/EventHub.ts"
import { layerBoot } from "../../src/layers/Boot.ts"
import { Catalog } from "../../src/layers/Catalog.ts"
import { FeedRegistry, makeRegistry } from "../../src/layers/FeedRegistry.ts"
import { OpenVenues } from "../../src/layers/OpenVenues.ts"
import { FeedSwitch } from "../../src/layers/FeedSwitch.ts"
import { layerSettings } from "../support/Databases.ts"
import { CatalogFaults, MemoryCatalog } from "../support/MemoryCatalog.ts"

const EXCHANGES = ["Kraken", "Gemini", "Bybit"]
const Step = Schema.Struct({
  op: Schema.Literals(["on", "off", "leave", "crash", "delete", "idle", "resume", "down", "lose", "heal"]),
  market: Schema.Literals([0, 1, 2]),
  /** Milliseconds until the next one; the catalog takes CATALOG_MILLIS for each answer. */
  later: Schema.Literals([0, 1, 60, 110, 500])
})
const Story = Schema.Array(Step).check(Schema.isMinLength(10), Schema.isMaxLength(40))
const CATALOG_MILLIS = 50

/** What runs in truth, as the feeds themselves know it. */
class Lives {
  readonly running = new Map<MarketId, LiveFeed>()
  readonly crashes = new Map<MarketId, Deferred.Deferred<never>>()
  /** Of markets whose feed began while one ran already. */
  readonly doubled: Array<MarketId> = []
  /** How long a feed takes to stop. */
  slowness: "0 seconds" | "1 second" | "1 hour" = "0 seconds"

  readonly run = (feed: LiveFeed): Effect.Effect<never> =>
    Effect.suspend(() => {
      const { id } = feed.market
      if (this.running.has(id)) this.doubled.push(id)
      this.running.set(id, feed)
      const crash = Deferred.makeUnsafe<never>()
      this.crashes.set(id, crash)
      return Effect.onExit(Deferred.await(crash), () =>
        Effect.andThen(
          Effect.sleep(this.slowness),
          Effect.sync(() => this.running.delete(id))
        )
      )
    })
}

/** A catalog whose markets can vanish, as when somebody else deletes their rows. */
const withDeletes = (deleted: Set<MarketId>) =>
  Layer.effect(Catalog)(
    Effect.map(Catalog, (catalog) => {
      const there = (id: MarketId) =>
        deleted.has(id) ? Effect.fail(new NotFound({ entity: "market", id })) : Effect.void
      return Catalog.of({
        ...catalog,
        market: (id) => Effect.andThen(there(id), catalog.market(id)),
        setFeedEnabled: (id, enabled) => Effect.andThen(there(id), catalog.setFeedEnabled(id, enabled)),
        markets: (filter) => Effect.map(catalog.markets(filter), (all) => all.filter(({ id }) => !deleted.has(id)))
      })
    })
  )

const layersOf = (lives: Lives, deleted: Set<MarketId>) =>
  FeedSwitch.layer.pipe(
    Layer.provideMerge(Layer.effect(FeedRegistry)(Effect.suspend(() => makeRegistry(lives.run)))),
    Layer.provideMerge(EventHub.layer),
    Layer.provideMerge(Layer.provideMerge(withDeletes(deleted), MemoryCatalog.layer)),
    Layer.provide(OpenVenues.layer),
    Layer.provide(layerSettings({})),
    Layer.provide(FetchHttpClient.layer)
  )

const marketOn = Effect.fnUntraced(function* (name: string) {
  const catalog = yield* Catalog
  const exchange = yield* catalog.createExchange(ExchangeName.make(name))
  const base = yield* catalog.createSymbol(SymbolCode.make(`${name}BTC`))
  const quote = yield* catalog.createSymbol(SymbolCode.make(`${name}USD`))
  const ids = { exchange_id: exchange.id, base_symbol_id: base.id, quote_symbol_id: quote.id }
  return (yield* catalog.createMarket(new NewMarket({ ...ids, market_type: "SPOT" }))).id
})

const boot = (onBoot: "idle" | "resume") =>
  Layer.build(
    Layer.fresh(layerBoot).pipe(
      Layer.provide(Layer.effect(Catalog)(Catalog)),
      Layer.provide(layerSettings({ LEVEL4_ON_BOOT: onBoot }))
    )
  )

const sorted = (ids: Iterable<MarketId>) => [...ids].toSorted((a, b) => a - b)

/** What runs by each of those who know it, and what the catalog says should. */
const accounts = (lives: Lives, deleted: ReadonlySet<MarketId>) =>
  Effect.gen(function* () {
    const { feeds } = yield* (yield* FeedRegistry).measured
    const channels = [...(yield* EventHub).channels.values()].filter(({ feed }) => feed !== null)
    const flags = yield* (yield* Catalog).markets({ enabled: true })
    const followed = channels.map(({ feed }) => feed)
    assert.sameMembers(followed, [...feeds])
    assert.sameMembers([...lives.running.values()], [...feeds])
    return {
      record: sorted(feeds.map(({ market }) => market.id)),
      flags: sorted(flags.map(({ id }) => id)),
      deleted: feeds.filter(({ market }) => deleted.has(market.id))
    }
  })

describe("the record of what runs", () => {
  it.effect.prop(
    "agrees with the fibers, the flags and the hub after any interleaving",
    [Story, Schema.Literals(["0 seconds", "1 second"])],
    ([story, slowness]) => {
      const lives = new Lives()
      const deleted = new Set<MarketId>()
      lives.slowness = slowness
      return Effect.gen(function* () {
        const [feedSwitch, faults] = [yield* FeedSwitch, yield* CatalogFaults]
        const ids = yield* Effect.forEach(EXCHANGES, marketOn)
        const turn = (id: MarketId, on: boolean) =>
          Effect.forkChild(Effect.ignore(feedSwitch.turn(id, () => Effect.succeed(on))))
        faults.hold = Effect.sleep(CATALOG_MILLIS)
        for (const { later, market, op } of story) {
          const id = ids[market]!
          if (op === "on" || op === "off") yield* turn(id, op === "on")
          else if (op === "idle" || op === "resume") yield* Effect.forkScoped(boot(op))
          else if (op === "down") faults.down = true
          else if (op === "lose") faults.loseAnswers = true
          else if (op === "delete") deleted.add(id)
          else if (op === "leave") {
            const caller = yield* turn(id, false)
            yield* TestClock.adjust(later)
            caller.interruptUnsafe()
          } else if (op === "crash") {
            const crash = lives.crashes.get(id)
            if (crash !== undefined) yield* Deferred.die(crash, "a bug of the supervision")
          } else Object.assign(faults, { down: false, loseAnswers: false })
          yield* TestClock.adjust(later)
        }
        Object.assign(faults, { down: false, loseAnswers: false })
        yield* TestClock.adjust("2 minutes")
        // the clock stands still when the layers are closed
        lives.slowness = "0 seconds"
        faults.hold = undefined
        const { record, flags, deleted: ghosts } = yield* accounts(lives, deleted)
        assert.deepStrictEqual({ record, ghosts, doubled: lives.doubled }, { record: flags, ghosts: [], doubled: [] })
      }).pipe(
        Effect.scoped,
        Effect.provide(layersOf(lives, deleted)),
        // fibers give way to each other in the middle of what they do
        Effect.provideService(References.MaxOpsBeforeYield, 3)
      )
    },
    { arbitrary: { runs: 60 } }
  )

  it.effect("is empty, and the hub follows nothing, when the layer is closed", () => {
    const lives = new Lives()
    return Effect.gen(function* () {
      const scope = yield* Scope.make()
      const context = yield* Layer.buildWithScope(layersOf(lives, new Set()), scope)
      const ended = Effect.gen(function* () {
        const [registry, hub, catalog] = [yield* FeedRegistry, yield* EventHub, yield* Catalog]
        const markets = yield* Effect.forEach(yield* Effect.forEach(EXCHANGES, marketOn), (id) => catalog.market(id))
        yield* Effect.forEach(markets, (market) => registry.start(market))
        assert.strictEqual(lives.running.size, EXCHANGES.length)
        yield* Scope.close(scope, Exit.void)
        assert.deepStrictEqual(yield* registry.running, [])
        assert.deepStrictEqual(
          [...hub.channels.values()].filter(({ feed }) => feed !== null),
          []
        )
        assert.isTrue(Exit.hasInterrupts(yield* Effect.exit(registry.start(markets[0]!))), "too late to start")
      })
      yield* Effect.provide(ended, context)
      assert.strictEqual(lives.running.size, 0)
    })
  })

  it.effect("is left by a feed that does not stop in time, and another one may start", () => {
    const lives = new Lives()
    return Effect.gen(function* () {
      const registry = yield* FeedRegistry
      const market = yield* (yield* Catalog).market(yield* marketOn("Kraken"))
      yield* registry.start(market)
      const stuck = lives.running.get(market.id)
      lives.slowness = "1 hour"
      const [first, second] = [
        yield* Effect.forkChild(registry.stop(market.id)),
        yield* Effect.forkChild(registry.stop(market.id))
      ]
      yield* TestClock.adjust("2 seconds")
      assert.deepStrictEqual(yield* registry.running, [market.id])
      // who waits may go; the end goes on
      first.interruptUnsafe()
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(second)
      assert.deepStrictEqual(yield* registry.running, [])
      yield* registry.start(market)
      const { feeds } = yield* registry.measured
      assert.deepStrictEqual(
        feeds.map((feed) => feed === stuck),
        [false]
      )
      lives.slowness = "0 seconds"
    }).pipe(Effect.provide(layersOf(lives, new Set())))
  })

  it.effect("has one feed for callers who start a market together while another one stops it", () => {
    const lives = new Lives()
    lives.slowness = "1 second"
    return Effect.gen(function* () {
      const registry = yield* FeedRegistry
      const market = yield* (yield* Catalog).market(yield* marketOn("Kraken"))
      yield* registry.start(market)
      const stopping = yield* Effect.forkChild(registry.stop(market.id))
      yield* TestClock.adjust("500 millis")
      const starting = yield* Effect.forkChild(Effect.replicateEffect(registry.start(market), 5, { concurrency: 5 }))
      yield* TestClock.adjust("200 millis")
      assert.isTrue(lives.running.size === 1 && starting.pollUnsafe() === undefined, "it waits for the end")
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(stopping)
      yield* Fiber.join(starting)
      assert.deepStrictEqual([yield* registry.running, lives.doubled], [[market.id], []])
    }).pipe(
      Effect.ensuring(Effect.sync(() => (lives.slowness = "0 seconds"))),
      Effect.provide(layersOf(lives, new Set())),
      Effect.provideService(References.MaxOpsBeforeYield, 3)
    )
  })
})
