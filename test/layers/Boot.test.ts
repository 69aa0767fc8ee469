// The start and a client that turn the same market at the same moment: switch and feed agree whoever comes first.
import { assert, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Layer } from "effect"
import { TestClock } from "effect/testing"
import { SymbolCode } from "../../src/domain/Asset.ts"
import { ExchangeName } from "../../src/domain/Exchange.ts"
import { type MarketId, NewMarket } from "../../src/domain/Market.ts"
import { layerBoot } from "../../src/layers/Boot.ts"
import { Catalog } from "../../src/layers/Catalog.ts"
import { FeedSwitch } from "../../src/layers/FeedSwitch.ts"
import { FakeFeeds, FeedControl } from "../support/FakeFeeds.ts"
import { layerSettings } from "../support/Databases.ts"
import { CatalogFaults, MemoryCatalog } from "../support/MemoryCatalog.ts"

/** A catalog whose list of markets can be kept back, as over a busy network. */
const withSlowList = (gate: Deferred.Deferred<void>, asked: Deferred.Deferred<void>) =>
  Layer.effect(Catalog)(
    Effect.map(Catalog, (catalog) =>
      Catalog.of({
        ...catalog,
        markets: (filter) =>
          catalog.markets(filter).pipe(
            Effect.tap(() => Deferred.succeed(asked, undefined)),
            Effect.tap(() => Deferred.await(gate))
          )
      })
    )
  )
const base = FeedSwitch.layer.pipe(Layer.provideMerge(Layer.mergeAll(MemoryCatalog.layer, FakeFeeds.layer)))

const marketOn = (name: string) =>
  Effect.gen(function* () {
    const catalog = yield* Catalog
    const exchange = yield* catalog.createExchange(ExchangeName.make(name))
    const one = yield* catalog.createSymbol(SymbolCode.make(`${name}BTC`))
    const other = yield* catalog.createSymbol(SymbolCode.make(`${name}USD`))
    const ids = { exchange_id: exchange.id, base_symbol_id: one.id, quote_symbol_id: other.id }
    const { id } = yield* catalog.createMarket(new NewMarket({ ...ids, market_type: "SPOT" }))
    // left on by an earlier process
    yield* catalog.setFeedEnabled(id, true)
    return id
  })
const turn = (id: MarketId, on: boolean) =>
  Effect.flatMap(FeedSwitch, (feedSwitch) => feedSwitch.turn(id, () => Effect.succeed(on)))
const stands = (id: MarketId) =>
  Effect.gen(function* () {
    const [catalog, control] = [yield* Catalog, yield* FeedControl]
    return [(yield* catalog.market(id)).level4_feed_enabled, control.running.has(id)]
  })
/** Lets other fibers run until it is so. */
const until = <E, R>(so: Effect.Effect<boolean, E, R>) =>
  Effect.andThen(Effect.yieldNow, so).pipe(Effect.repeat({ until: (is) => is }))
const boot = (onBoot: "idle" | "resume", catalog = Layer.effect(Catalog)(Catalog)) =>
  Layer.build(layerBoot.pipe(Layer.provide(catalog), Layer.provide(layerSettings({ LEVEL4_ON_BOOT: onBoot }))))
/** Boot has read its list; the answer lets it go on. */
const bootAfterListing = (onBoot: "idle" | "resume") =>
  Effect.gen(function* () {
    const [gate, asked] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
    yield* boot(onBoot, withSlowList(gate, asked))
    yield* Deferred.await(asked)
    return Deferred.succeed(gate, undefined)
  })

it.effect("idle clears what nobody runs, and leaves what a client has started since it read the list", () =>
  Effect.gen(function* () {
    const [started, left] = [yield* marketOn("Kraken"), yield* marketOn("Gemini")]
    const goOn = yield* bootAfterListing("idle")
    assert.isTrue((yield* turn(started, true)).level4_feed_enabled)
    yield* goOn
    yield* until(Effect.map(stands(left), ([on]) => on === false))
    assert.deepStrictEqual(yield* stands(left), [false, false])
    assert.deepStrictEqual(yield* stands(started), [true, true])
  }).pipe(Effect.scoped, Effect.provide(base))
)

it.effect("resume starts what was on, and not what a client has stopped since it read the list", () =>
  Effect.gen(function* () {
    const [stopped, on] = [yield* marketOn("Kraken"), yield* marketOn("Gemini")]
    const goOn = yield* bootAfterListing("resume")
    assert.isFalse((yield* turn(stopped, false)).level4_feed_enabled)
    yield* goOn
    yield* until(Effect.map(stands(on), ([, runs]) => runs === true))
    assert.deepStrictEqual(yield* stands(on), [true, true])
    assert.deepStrictEqual(yield* stands(stopped), [false, false])
  }).pipe(Effect.scoped, Effect.provide(base))
)

it.effect("resume waits its turn behind a client who is turning the market", () =>
  Effect.gen(function* () {
    const id = yield* marketOn("Kraken")
    const control = yield* FeedControl
    yield* turn(id, true)
    const [gate, stopping] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
    control.holdStop = Effect.andThen(Deferred.succeed(stopping, undefined), Deferred.await(gate))
    const off = yield* Effect.forkChild(turn(id, false))
    yield* Deferred.await(stopping)
    yield* boot("resume")
    yield* Deferred.succeed(gate, undefined)
    yield* Fiber.join(off)
    yield* Effect.yieldNow
    assert.deepStrictEqual(yield* stands(id), [false, false])
  }).pipe(Effect.scoped, Effect.provide(base))
)

it.effect("resume switches off what can't run", () =>
  Effect.gen(function* () {
    const [refused, on] = [yield* marketOn("Nowhere"), yield* marketOn("Gemini")]
    yield* boot("resume")
    yield* until(Effect.map(stands(on), ([, runs]) => runs === true))
    assert.deepStrictEqual(yield* stands(refused), [false, false])
    assert.include((yield* CatalogFaults).written, `${refused}=false`)
  }).pipe(Effect.scoped, Effect.provide(base))
)

it.effect("resume survives a defect, and starts what was on when that is over", () =>
  Effect.gen(function* () {
    const [faults, on] = [yield* CatalogFaults, yield* marketOn("Gemini")]
    faults.defect = new Error("a row that no schema knows")
    yield* boot("resume")
    yield* TestClock.adjust("20 seconds")
    faults.defect = undefined
    yield* TestClock.adjust("20 seconds")
    assert.deepStrictEqual(yield* stands(on), [true, true])
  }).pipe(Effect.scoped, Effect.provide(base))
)
