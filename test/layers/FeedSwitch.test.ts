// The switch: flag and feed together, one caller at a time for each market, and no lie left behind when the catalog
// fails in the middle.
import { assert, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Layer } from "effect"
import { TestClock } from "effect/testing"
import { FeedSwitch } from "../../src/layers/FeedSwitch.ts"
import { SymbolCode } from "../../src/domain/Asset.ts"
import { ExchangeName } from "../../src/domain/Exchange.ts"
import { MarketId, NewMarket } from "../../src/domain/Market.ts"
import { Catalog } from "../../src/layers/Catalog.ts"
import { FakeFeeds, FeedControl } from "../support/FakeFeeds.ts"
import { CatalogFaults, MemoryCatalog } from "../support/MemoryCatalog.ts"
import { stagedMarket } from "../support/StagedFeed.ts"

const layers = FeedSwitch.layer.pipe(Layer.provideMerge(Layer.mergeAll(MemoryCatalog.layer, FakeFeeds.layer)))

const marketOn = (name: string) =>
  Effect.gen(function* () {
    const catalog = yield* Catalog
    const exchange = yield* catalog.createExchange(ExchangeName.make(name))
    const base = yield* catalog.createSymbol(SymbolCode.make(`${name}BTC`))
    const quote = yield* catalog.createSymbol(SymbolCode.make(`${name}USD`))
    const ids = { exchange_id: exchange.id, base_symbol_id: base.id, quote_symbol_id: quote.id }
    return (yield* catalog.createMarket(new NewMarket({ ...ids, market_type: "SPOT" }))).id
  })

const turn = (id: MarketId, on: boolean) =>
  Effect.flatMap(FeedSwitch, (feedSwitch) => feedSwitch.turn(id, () => Effect.succeed(on)))
const flagOf = (id: MarketId) =>
  Effect.flatMap(Catalog, (catalog) => Effect.map(catalog.market(id), (market) => market.level4_feed_enabled))

it.effect("starts before it writes, and writes before it stops", () =>
  Effect.gen(function* () {
    const { asked } = yield* FeedControl
    const { written } = yield* CatalogFaults
    const id = yield* marketOn("Kraken")
    assert.isTrue((yield* turn(id, true)).level4_feed_enabled)
    assert.deepStrictEqual([asked, written], [[`start ${id}`], [`${id}=true`]])
    assert.isFalse((yield* turn(id, false)).level4_feed_enabled)
    assert.deepStrictEqual(asked.slice(1), [`stop ${id}`, `stopped ${id}`])
    yield* turn(id, false)
    assert.deepStrictEqual(written, [`${id}=true`, `${id}=false`])
  }).pipe(Effect.provide(layers))
)

it.effect("leaves the feed as it was while the catalog is down", () =>
  Effect.gen(function* () {
    const { asked, running } = yield* FeedControl
    const faults = yield* CatalogFaults
    const id = yield* marketOn("Kraken")
    faults.down = true
    assert.strictEqual((yield* Effect.flip(turn(id, true)))._tag, "CatalogUnavailable")
    assert.deepStrictEqual(asked, [])
    faults.down = false
    yield* turn(id, true)
    faults.down = true
    assert.strictEqual((yield* Effect.flip(turn(id, false)))._tag, "CatalogUnavailable")
    assert.isTrue(running.has(id))
  }).pipe(Effect.provide(layers))
)

it.effect("stops what it started when the flag can't be written, and mends a flag whose answer was lost", () =>
  Effect.gen(function* () {
    const { asked, running } = yield* FeedControl
    const faults = yield* CatalogFaults
    const id = yield* marketOn("Kraken")
    faults.loseAnswers = true
    assert.strictEqual((yield* Effect.flip(turn(id, true)))._tag, "CatalogUnavailable")
    assert.deepStrictEqual(asked, [`start ${id}`, `stop ${id}`, `stopped ${id}`])
    assert.isTrue(yield* flagOf(id), "the write had arrived: for now the flag lies")
    faults.loseAnswers = false
    yield* TestClock.adjust("1 minute")
    assert.deepStrictEqual([yield* flagOf(id), running.has(id)], [false, false])
    faults.down = false
  }).pipe(Effect.provide(layers))
)

it.effect("lets a feed run on whose stop was not surely written, and mends its flag when the catalog is back", () =>
  Effect.gen(function* () {
    const { running } = yield* FeedControl
    const faults = yield* CatalogFaults
    const id = yield* marketOn("Kraken")
    yield* turn(id, true)
    faults.loseAnswers = true
    assert.strictEqual((yield* Effect.flip(turn(id, false)))._tag, "CatalogUnavailable")
    faults.down = true
    assert.isTrue(running.has(id))
    yield* TestClock.adjust("1 hour")
    faults.down = false
    faults.loseAnswers = false
    assert.isFalse(yield* flagOf(id), "for now the flag lies")
    yield* TestClock.adjust("15 seconds")
    assert.isTrue(yield* flagOf(id))
    const writes = faults.written.length
    yield* TestClock.adjust("1 hour")
    assert.strictEqual(faults.written.length, writes, "mended once, then left alone")
  }).pipe(Effect.provide(layers))
)

it.effect("writes what runs also when a defect met the first try to do so", () =>
  Effect.gen(function* () {
    const faults = yield* CatalogFaults
    const id = yield* marketOn("Kraken")
    faults.loseAnswers = true
    assert.strictEqual((yield* Effect.flip(turn(id, true)))._tag, "CatalogUnavailable")
    Object.assign(faults, { loseAnswers: false, defect: new Error("a row that no schema knows") })
    yield* TestClock.adjust("20 seconds")
    faults.defect = undefined
    yield* TestClock.adjust("20 seconds")
    assert.isFalse(yield* flagOf(id))
  }).pipe(Effect.provide(layers))
)

it.effect("puts a flag right that was on although its feed is refused", () =>
  Effect.gen(function* () {
    const catalog = yield* Catalog
    const id = yield* marketOn("Nowhere")
    yield* catalog.setFeedEnabled(id, true)
    assert.strictEqual((yield* Effect.flip(turn(id, true)))._tag, "FeedRefused")
    assert.isFalse(yield* flagOf(id))
  }).pipe(Effect.provide(layers))
)

it.effect("serves one caller at a time for each market, and other markets meanwhile", () =>
  Effect.gen(function* () {
    const control = yield* FeedControl
    const [one, two] = [yield* marketOn("Kraken"), yield* marketOn("Gemini")]
    yield* turn(one, true)
    const gate = yield* Deferred.make<void>()
    const stopping = yield* Deferred.make<void>()
    control.holdStop = Effect.andThen(Deferred.succeed(stopping, undefined), Deferred.await(gate))
    const off = yield* Effect.forkChild(turn(one, false))
    yield* Deferred.await(stopping)
    const on = yield* Effect.forkChild(turn(one, true))
    yield* turn(two, true)
    assert.deepStrictEqual(control.asked, [`start ${one}`, `stop ${one}`, `start ${two}`])
    yield* Deferred.succeed(gate, undefined)
    yield* Fiber.join(off)
    yield* Fiber.join(on)
    assert.deepStrictEqual(control.asked.slice(3), [`stopped ${one}`, `start ${one}`])
    assert.deepStrictEqual([yield* flagOf(one), control.running.has(one)], [true, true])
  }).pipe(Effect.provide(layers))
)

it.effect("finishes what it began although the caller left", () =>
  Effect.gen(function* () {
    const control = yield* FeedControl
    const id = yield* marketOn("Kraken")
    yield* turn(id, true)
    const gate = yield* Deferred.make<void>()
    const stopping = yield* Deferred.make<void>()
    control.holdStop = Effect.andThen(Deferred.succeed(stopping, undefined), Deferred.await(gate))
    const off = yield* Effect.forkChild(turn(id, false))
    yield* Deferred.await(stopping)
    off.interruptUnsafe()
    yield* Deferred.succeed(gate, undefined)
    yield* Fiber.await(off)
    assert.deepStrictEqual([yield* flagOf(id), control.running.has(id)], [false, false])
  }).pipe(Effect.provide(layers))
)

it.effect(
  "stops what runs for a market that the catalog has no more, or has another market for, and not what agrees",
  () =>
    Effect.gen(function* () {
      const control = yield* FeedControl
      const [kept, gone, other] = [yield* marketOn("Kraken"), yield* marketOn("Gemini"), yield* marketOn("Bybit")]
      for (const id of [kept, gone, other]) yield* turn(id, true)
      // the tables were made again: one id means nothing now, one another market
      control.running.set(other, stagedMarket(other))
      control.running.delete(gone)
      control.running.set(MarketId.make(99), stagedMarket(99))
      yield* TestClock.adjust("10 seconds")
      assert.deepStrictEqual([...control.running.keys()], [kept])
      assert.deepStrictEqual([yield* flagOf(kept), yield* flagOf(other)], [true, false])
    }).pipe(Effect.provide(layers))
)

it.effect("stops what runs for a market that is gone when somebody turns it", () =>
  Effect.gen(function* () {
    const control = yield* FeedControl
    const id = yield* marketOn("Kraken")
    yield* turn(id, true)
    const missing = MarketId.make(99)
    control.running.set(missing, stagedMarket(missing))
    assert.strictEqual((yield* Effect.flip(turn(missing, false)))._tag, "NotFound")
    assert.isFalse(control.running.has(missing))
  }).pipe(Effect.provide(layers))
)

it.effect("goes on holding what runs against the catalog after a bug in that", () =>
  Effect.gen(function* () {
    const control = yield* FeedControl
    const faults = yield* CatalogFaults
    const missing = MarketId.make(99)
    control.running.set(missing, stagedMarket(missing))
    faults.defect = new Error("a row that no schema knows")
    yield* TestClock.adjust("10 seconds")
    assert.isTrue(control.running.has(missing))
    faults.defect = undefined
    yield* TestClock.adjust("10 seconds")
    assert.isFalse(control.running.has(missing))
  }).pipe(Effect.provide(layers))
)

it.effect("deletes what is stopped alone, and never while it is being started", () =>
  Effect.gen(function* () {
    const [control, feedSwitch] = [yield* FeedControl, yield* FeedSwitch]
    const id = yield* marketOn("Kraken")
    yield* turn(id, true)
    const refused = yield* Effect.flip(feedSwitch.remove(id))
    assert.deepInclude(refused, {
      _tag: "InUse",
      entity: "market",
      users: ["KRAKEN.SPOT:KrakenBTC-KrakenUSD"],
      count: 1
    })
    assert.isTrue(control.running.has(id))
    // its switch is off before its feed has stopped: the deletion waits for its turn
    const held = yield* Deferred.make<void>()
    control.holdStop = Deferred.await(held)
    const stopping = yield* Effect.forkChild(turn(id, false), { startImmediately: true })
    const removing = yield* Effect.forkChild(feedSwitch.remove(id), { startImmediately: true })
    const starting = yield* Effect.forkChild(Effect.flip(turn(id, true)), { startImmediately: true })
    yield* TestClock.adjust("1 second")
    assert.isUndefined(removing.pollUnsafe())
    yield* Deferred.succeed(held, undefined)
    yield* Fiber.join(stopping)
    assert.strictEqual((yield* Fiber.join(removing)).id, id)
    assert.strictEqual((yield* Fiber.join(starting))._tag, "NotFound")
    assert.isFalse(control.running.has(id))
    assert.strictEqual((yield* Effect.flip(feedSwitch.remove(id)))._tag, "NotFound")
  }).pipe(Effect.provide(layers))
)

it.effect("deletes nothing that runs, although its flag says that it does not", () =>
  Effect.gen(function* () {
    const [control, catalog, feedSwitch] = [yield* FeedControl, yield* Catalog, yield* FeedSwitch]
    const id = yield* marketOn("Kraken")
    control.running.set(id, yield* catalog.market(id))
    assert.strictEqual((yield* Effect.flip(feedSwitch.remove(id)))._tag, "InUse")
    assert.strictEqual((yield* catalog.market(id)).id, id)
  }).pipe(Effect.provide(layers))
)
