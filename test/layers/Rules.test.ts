// Rules that follow listings: what is new is added and started once, up to a bound; what a person stopped stays so.
import { assert, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Layer } from "effect"
import { TestClock } from "effect/testing"
import type { Instrument } from "../../src/domain/Instrument.ts"
import { type MarketId, tagOf } from "../../src/domain/Market.ts"
import type { NewRule } from "../../src/domain/Rule.ts"
import { Catalog } from "../../src/layers/Catalog.ts"
import { FeedSwitch } from "../../src/layers/FeedSwitch.ts"
import { MarketAdder } from "../../src/layers/MarketAdder.ts"
import { Rules } from "../../src/layers/Rules.ts"
import { layerSettings } from "../support/Databases.ts"
import { FakeFeeds, FeedControl } from "../support/FakeFeeds.ts"
import { FakeInstruments, instrument, ListingControl } from "../support/FakeInstruments.ts"
import { CatalogFaults, MemoryCatalog } from "../support/MemoryCatalog.ts"

const base = MarketAdder.layer.pipe(
  Layer.provideMerge(FeedSwitch.layer),
  Layer.provideMerge(Layer.mergeAll(MemoryCatalog.layer, FakeFeeds.layer, FakeInstruments.layer))
)
const process = (environment: Record<string, string> = {}) =>
  Rules.layer.pipe(Layer.provide(layerSettings({ LEVEL4_LISTING_INTERVAL: "1 minute", ...environment })))
const layers = Layer.provideMerge(process(), base)
const test = (what: string, body: Effect.Effect<void, unknown, Layer.Success<typeof layers>>) =>
  it.effect(what, () => Effect.provide(body, layers))

const spot = (base: string, more: Partial<Instrument> = {}) =>
  instrument({ native_symbol: `${base}/USD`, base, quote: "USD", ...more })
/** Kraken lists these from now on, and they have been read. */
const reads = (...instruments: ReadonlyArray<Instrument>) =>
  Effect.gen(function* () {
    const listing = yield* ListingControl
    listing.list("Kraken", instruments)
    yield* listing.read({ exchange: "Kraken", marketTypes: ["SPOT"] })
    yield* settled
  })
/** Lets other fibers do all that they can do without time going on. */
const settled = Effect.repeat(Effect.yieldNow, { times: 300 })
const create = (rule: NewRule) => Effect.flatMap(Rules, (rules) => rules.create(rule))
const USD = { pattern: "KRAKEN.SPOT:*-USD" }
const tags = Effect.gen(function* () {
  return (yield* (yield* Catalog).markets({})).map(tagOf)
})
const runs = Effect.map(FeedControl, ({ running }) => [...running.values()].map(tagOf))
const turn = (id: MarketId, on: boolean) =>
  Effect.flatMap(FeedSwitch, (feedSwitch) => feedSwitch.turn(id, () => Effect.succeed(on)))

test(
  "adds and starts what is listed when it is made, and what comes to the listing later, each once",
  Effect.gen(function* () {
    const [rules, control] = [yield* Rules, yield* FeedControl]
    yield* reads(spot("BTC"))
    const rule = yield* create(USD)
    assert.deepInclude(rule, { ...USD, start: true, max_markets: 1000, enabled: true, markets: 1, added: 1 })
    assert.isNull(rule.last_error)
    assert.isNumber(rule.last_evaluated_at)
    assert.deepStrictEqual(yield* runs, ["KRAKEN.SPOT:BTC-USD"])
    yield* reads(spot("BTC"), spot("ETH"), spot("OLD", { status: "delisted" }))
    assert.deepStrictEqual(yield* runs, ["KRAKEN.SPOT:BTC-USD", "KRAKEN.SPOT:ETH-USD"])
    yield* reads(spot("BTC"), spot("ETH"))
    assert.deepStrictEqual(control.asked, ["start 1", "start 2"])
    assert.deepInclude(yield* rules.find(rule.id), { markets: 2, added: 2 })
  })
)

test(
  "leaves stopped what a person stopped, or added without starting it",
  Effect.gen(function* () {
    const [catalog, adder] = [yield* Catalog, yield* MarketAdder]
    yield* reads(spot("BTC"), spot("ETH"))
    yield* adder.add({ patterns: ["KRAKEN.SPOT:ETH-USD"], start: false, limit: 1, dryRun: false })
    yield* create(USD)
    const btc = yield* catalog.marketOf("KRAKEN.SPOT:BTC-USD")
    assert.deepStrictEqual(yield* runs, [tagOf(btc)])
    yield* turn(btc.id, false)
    yield* reads(spot("BTC"), spot("ETH"), spot("SOL"))
    assert.deepStrictEqual(yield* runs, ["KRAKEN.SPOT:SOL-USD"])
  })
)

test(
  "starts nothing where it is not to, does nothing while disabled, and catches up when enabled",
  Effect.gen(function* () {
    const rules = yield* Rules
    yield* reads(spot("BTC"))
    const { id } = yield* create({ ...USD, start: false })
    assert.deepStrictEqual([yield* tags, yield* runs], [["KRAKEN.SPOT:BTC-USD"], []])
    assert.deepInclude(yield* rules.setEnabled(id, false), { enabled: false })
    yield* reads(spot("BTC"), spot("ETH"))
    assert.lengthOf(yield* tags, 1)
    assert.deepInclude(yield* rules.setEnabled(id, true), { enabled: true, markets: 2, added: 2 })
    yield* rules.remove(id)
    yield* reads(spot("BTC"), spot("ETH"), spot("SOL"))
    assert.lengthOf(yield* tags, 2)
    assert.deepStrictEqual(yield* rules.all, [])
  })
)

test(
  "adds no more than max_markets, and says how many are beyond, and which can't be added",
  Effect.gen(function* () {
    const rules = yield* Rules
    yield* reads(spot("BTC"), spot("ETH"), spot("SOL"), spot("B!"))
    const rule = yield* create({ ...USD, max_markets: 2 })
    assert.deepInclude(rule, { markets: 2, added: 2 })
    assert.strictEqual(
      rule.last_error,
      "Kraken: 1 instruments are beyond max_markets 2 and were not added; 1 can't be added, e.g. KRAKEN.SPOT:B!-USD: " +
        `"B!" can't be a symbol: expected 1 to 32 letters, digits, dots, dashes or underscores`
    )
    yield* reads(spot("BTC"), spot("ETH"))
    assert.isNull((yield* rules.find(rule.id)).last_error)
  })
)

test(
  "says that a listing can't be had, and follows it when it comes; it is asked for as long as a rule is enabled",
  Effect.gen(function* () {
    const [rules, listing] = [yield* Rules, yield* ListingControl]
    const { id, last_error } = yield* create(USD)
    assert.strictEqual(last_error, "Kraken does not say what it lists: connection refused. Nothing of it is known.")
    const asked = listing.asked.length
    listing.list("Kraken", [spot("BTC")])
    yield* TestClock.adjust("30 seconds")
    assert.deepStrictEqual(yield* runs, ["KRAKEN.SPOT:BTC-USD"])
    assert.isNull((yield* rules.find(id)).last_error)
    assert.deepStrictEqual(listing.asked.slice(asked), ["Kraken SPOT"])
    yield* rules.setEnabled(id, false)
    yield* TestClock.adjust("5 minutes")
    assert.strictEqual(listing.asked.length, asked + 1)
  })
)

test(
  "answers after ten seconds where a venue takes longer, and goes on",
  Effect.gen(function* () {
    const listing = yield* ListingControl
    const gate = yield* Deferred.make<void>()
    listing.list("Kraken", [spot("BTC")])
    listing.hold = Deferred.await(gate)
    const making = yield* Effect.forkChild(create(USD))
    yield* TestClock.adjust("10 seconds")
    assert.deepInclude(yield* Fiber.join(making), { added: 0, last_evaluated_at: null })
    yield* Deferred.succeed(gate, undefined)
    yield* settled
    assert.deepStrictEqual(yield* runs, ["KRAKEN.SPOT:BTC-USD"])
  })
)

test(
  "starts later what it could add but not start, since the catalog went away in between",
  Effect.gen(function* () {
    const [rules, faults, control] = [yield* Rules, yield* CatalogFaults, yield* FeedControl]
    yield* reads(spot("BTC"))
    faults.loseAnswers = true
    const { id, last_error } = yield* create(USD)
    assert.match(last_error ?? "", /^Kraken: 1 feeds could not be started: The catalog's database/)
    faults.loseAnswers = false
    yield* TestClock.adjust("30 seconds")
    assert.deepStrictEqual(yield* runs, ["KRAKEN.SPOT:BTC-USD"])
    assert.isNull((yield* rules.find(id)).last_error)
    const starts = control.asked.length
    yield* TestClock.adjust("5 minutes")
    assert.strictEqual(control.asked.length, starts)
  })
)

test(
  "refuses a pattern twice, one that can match nothing, and more than a hundred rules",
  Effect.gen(function* () {
    yield* reads()
    const { id } = yield* create(USD)
    assert.deepInclude(yield* Effect.flip(create({ pattern: "kraken.spot:*-usd" })), { _tag: "AlreadyExists", id })
    assert.deepInclude(yield* Effect.flip(create({ pattern: "KRAKNE.*" })), {
      _tag: "UnmatchedPattern",
      nearest: "Kraken"
    })
    for (let n = 1; n < 100; n++) yield* create({ pattern: `KRAKEN.SPOT:${n}*-USD` })
    assert.deepInclude(yield* Effect.flip(create({ pattern: "KRAKEN.SPOT:MORE-*" })), { _tag: "TooManyRules" })
  })
)

it.effect(
  "at its start an idle process disables the rules of an earlier one, and a resuming one goes on with them",
  () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const { id } = yield* catalog.rules.create({ ...USD, start: true, max_markets: 5 })
      yield* reads(spot("BTC"))
      for (const onBoot of ["idle", "resume"]) {
        yield* Effect.gen(function* () {
          const rules = yield* Rules
          yield* settled
          assert.strictEqual((yield* rules.find(id)).enabled, onBoot === "resume")
          assert.lengthOf(yield* runs, onBoot === "resume" ? 1 : 0)
        }).pipe(Effect.provide(process({ LEVEL4_ON_BOOT: onBoot }), { local: true }))
        yield* catalog.rules.setEnabled(id, true)
      }
    }).pipe(Effect.provide(base))
)

it.effect("an idle process whose database is down at its start disables no rule that is made when it comes", () =>
  Effect.gen(function* () {
    const faults = yield* CatalogFaults
    faults.down = true
    yield* reads(spot("BTC"))
    yield* Effect.gen(function* () {
      const rules = yield* Rules
      assert.deepInclude(yield* Effect.flip(create(USD)), { _tag: "CatalogUnavailable" })
      faults.down = false
      const { id } = yield* create(USD)
      yield* TestClock.adjust("1 minute")
      assert.deepInclude(yield* rules.find(id), { enabled: true, added: 1 })
    }).pipe(Effect.provide(process()))
  }).pipe(Effect.provide(base))
)
