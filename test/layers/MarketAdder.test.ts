// Markets added by patterns: what matches is added once with all that it needs, and whatever can't be is said.
import { assert, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Layer } from "effect"
import { TestClock } from "effect/testing"
import { SymbolCode } from "../../src/domain/Asset.ts"
import { ExchangeName } from "../../src/domain/Exchange.ts"
import { MarketId, NewMarket } from "../../src/domain/Market.ts"
import { Catalog } from "../../src/layers/Catalog.ts"
import { FeedSwitch } from "../../src/layers/FeedSwitch.ts"
import { type BatchOrder, MarketAdder } from "../../src/layers/MarketAdder.ts"
import { FakeFeeds, FeedControl } from "../support/FakeFeeds.ts"
import { FakeInstruments, instrument, ListingControl } from "../support/FakeInstruments.ts"
import { CatalogFaults, MemoryCatalog } from "../support/MemoryCatalog.ts"

const layers = MarketAdder.layer.pipe(
  Layer.provideMerge(FeedSwitch.layer),
  Layer.provideMerge(Layer.mergeAll(MemoryCatalog.layer, FakeFeeds.layer, FakeInstruments.layer))
)
const test = (what: string, body: Effect.Effect<void, unknown, Layer.Success<typeof layers>>) =>
  it.effect(what, () => Effect.provide(body, layers))

const add = (pattern: string | ReadonlyArray<string>, more: Partial<BatchOrder> = {}) =>
  Effect.flatMap(MarketAdder, (adder) =>
    adder.add({ patterns: [pattern].flat(), start: false, limit: 500, dryRun: false, ...more })
  )
const pair = (base: string, quote: string, more = {}) =>
  instrument({ native_symbol: `${base}/${quote}`, base, quote, ...more })
const kraken = [
  pair("BTC", "USD"),
  pair("ETH", "USD", { status: "halted" }),
  pair("NEW", "USD", { status: "pre_launch" }),
  pair("OLD", "USD", { status: "delisted" }),
  pair("BTC", "EUR")
]
const listKraken = Effect.map(ListingControl, (listing) => listing.list("Kraken", kraken))

test(
  "adds what matches and is not delisted, with exchange and symbols, and does it once",
  Effect.gen(function* () {
    const catalog = yield* Catalog
    yield* listKraken
    const first = yield* add("kraken.spot:*-usd")
    assert.deepInclude(first, { matched: 3, added: 3, existing: 0, started: 0, refused: 0, dry_run: false })
    assert.deepStrictEqual(
      first.markets.map(
        ({ market_id, native_symbol, outcome, tag }) => `${tag} ${native_symbol} ${market_id} ${outcome}`
      ),
      [
        "KRAKEN.SPOT:BTC-USD BTC/USD 1 added",
        "KRAKEN.SPOT:ETH-USD ETH/USD 2 added",
        "KRAKEN.SPOT:NEW-USD NEW/USD 3 added"
      ]
    )
    assert.deepStrictEqual(
      first.exchanges.map(({ error, exchange }) => [exchange, error]),
      [["Kraken", null]]
    )
    assert.deepStrictEqual((yield* catalog.symbols).map(({ symbol }) => symbol).toSorted(), [
      "BTC",
      "ETH",
      "NEW",
      "USD"
    ])
    const markets = yield* catalog.markets({})
    assert.deepStrictEqual(
      markets.map(({ native_symbol, unverified }) => [native_symbol, unverified]),
      markets.map(() => [null, false])
    )
    const again = yield* add(["KRAKEN.SPOT:*-USD", "KRAKEN.SPOT:BTC-EUR"])
    assert.deepInclude(again, { matched: 4, added: 1, existing: 3 })
    assert.strictEqual((yield* catalog.markets({})).length, 4)
  })
)

test(
  "does nothing in a dry run, and nothing where more match than the limit",
  Effect.gen(function* () {
    const catalog = yield* Catalog
    yield* listKraken
    const dry = yield* add("KRAKEN.*", { dryRun: true, start: true })
    assert.deepInclude(dry, { matched: 4, added: 4, existing: 0, started: 0, dry_run: true })
    assert.isTrue(dry.markets.every(({ market_id, outcome }) => outcome === "would_add" && market_id === null))
    const error = yield* Effect.flip(add("KRAKEN.*", { limit: 3 }))
    assert.deepInclude(error, { _tag: "TooManyMatches", matched: 4, limit: 3 })
    assert.deepStrictEqual([yield* catalog.exchanges, yield* catalog.symbols, yield* catalog.markets({})], [[], [], []])
    assert.deepInclude(yield* add("KRAKEN.*", { limit: 4 }), { added: 4 })
  })
)

test(
  "stores a native symbol only where the scheme's rule does not give it, for futures always",
  Effect.gen(function* () {
    const [catalog, listing] = [yield* Catalog, yield* ListingControl]
    const dated = { market_type: "FUTURE", native_symbol: "FI_XBTUSD_261225" }
    listing.list("Kraken", [
      pair("BTC", "USD"),
      pair("DOGE", "USD", { native_symbol: "XDG/USD" }),
      pair("BTC", "USD", dated)
    ])
    const { markets } = yield* add("KRAKEN.*")
    assert.deepStrictEqual(
      markets.map(({ tag }) => tag),
      ["KRAKEN.FUTURE:BTC-USD-20261225-FI", "KRAKEN.SPOT:BTC-USD", "KRAKEN.SPOT:DOGE-USD"]
    )
    const stored = yield* catalog.markets({})
    assert.sameMembers(
      stored.map(({ native_symbol }) => native_symbol),
      [null, "XDG/USD", "FI_XBTUSD_261225"]
    )
  })
)

test(
  "refuses what can't be a market, each with its reason, and adds the rest",
  Effect.gen(function* () {
    const listing = yield* ListingControl
    listing.list("Kraken", [
      pair("BTC", "USD"),
      pair("B!C", "USD"),
      pair("USD", "USD"),
      pair("BTC", "USD", { native_symbol: "XBT-2/USD" })
    ])
    const batch = yield* add("KRAKEN.*")
    assert.deepInclude(batch, { matched: 4, added: 1, refused: 3 })
    const refused = batch.markets.filter(({ outcome }) => outcome === "refused")
    assert.deepStrictEqual(Object.fromEntries(refused.map(({ detail, native_symbol }) => [native_symbol, detail])), {
      "B!C/USD": `"B!C" can't be a symbol: expected 1 to 32 letters, digits, dots, dashes or underscores`,
      "USD/USD": "a market's base and quote must be two different symbols",
      "XBT-2/USD": "the tag KRAKEN.SPOT:BTC-USD has another native symbol: BTC/USD"
    })
    // and the same when it is done again
    assert.deepInclude(yield* add("KRAKEN.*"), { added: 0, existing: 1, refused: 3 })
  })
)

test(
  "knows a market that the catalog has under another tag, and symbols in another case",
  Effect.gen(function* () {
    const [catalog, listing] = [yield* Catalog, yield* ListingControl]
    const { id } = yield* catalog.createExchange(ExchangeName.make("KRAKEN"))
    const [xbt, eur] = [
      yield* catalog.createSymbol(SymbolCode.make("BITCOIN")),
      yield* catalog.createSymbol(SymbolCode.make("eur"))
    ]
    const ids = { exchange_id: id, base_symbol_id: xbt.id, quote_symbol_id: eur.id }
    yield* catalog.createMarket(new NewMarket({ ...ids, market_type: "SPOT", native_symbol: "BTC/EUR" }))
    listing.list("Kraken", [pair("BTC", "EUR"), pair("ETH", "EUR")])
    const { markets } = yield* add("KRAKEN.*")
    assert.deepStrictEqual(
      markets.map(({ detail, market_id, outcome, tag }) => `${tag} ${market_id} ${outcome} ${detail}`),
      [
        "KRAKEN.SPOT:BITCOIN-eur 1 exists the catalog has BTC/EUR as KRAKEN.SPOT:BITCOIN-eur",
        "KRAKEN.SPOT:ETH-eur 2 added null"
      ]
    )
    // by its rule Kraken would be asked for ETH/eur
    assert.strictEqual((yield* catalog.market(MarketId.make(2))).native_symbol, "ETH/EUR")
    assert.strictEqual((yield* catalog.exchanges).length, 1)
  })
)

test(
  "starts all that match when asked, those that were there too, and says what can't run",
  Effect.gen(function* () {
    const control = yield* FeedControl
    yield* listKraken
    yield* add("KRAKEN.SPOT:BTC-USD")
    const batch = yield* add("KRAKEN.SPOT:*-USD", { start: true })
    assert.deepInclude(batch, { added: 2, existing: 1, started: 3 })
    assert.isTrue(batch.markets.every(({ started }) => started))
    assert.strictEqual(control.running.size, 3)
    const again = yield* add("KRAKEN.SPOT:*-USD", { start: true })
    assert.deepInclude(again, { added: 0, existing: 3, started: 0 })
    assert.isTrue(again.markets.every(({ detail }) => detail === null))
    const gone = MarketId.make(99)
    const started = yield* Effect.flatMap(MarketAdder, (adder) => adder.start([gone]))
    assert.deepInclude(started.get(gone), { started: false, detail: "it was deleted meanwhile", again: false })
  })
)

it.effect("answers after twelve seconds where starts take longer, and goes on with them", () =>
  Effect.gen(function* () {
    const [catalog, control, gate] = [yield* Catalog, yield* FeedControl, yield* Deferred.make<void>()]
    // the second market is being turned by somebody who takes his time
    const slow = Layer.effect(FeedSwitch)(
      Effect.map(FeedSwitch, (feedSwitch) =>
        FeedSwitch.of({
          ...feedSwitch,
          turn: (id, decide) =>
            Effect.andThen(id === 2 ? Deferred.await(gate) : Effect.void, feedSwitch.turn(id, decide))
        })
      )
    )
    yield* listKraken
    yield* Effect.gen(function* () {
      const adding = yield* Effect.forkChild(add("KRAKEN.SPOT:*-USD", { start: true }))
      yield* TestClock.adjust("12 seconds")
      const { markets, started } = yield* Fiber.join(adding)
      assert.strictEqual(started, 2)
      assert.deepStrictEqual(
        markets.map(({ detail }) => detail),
        [null, "it is still being started; that goes on", null]
      )
      yield* Deferred.succeed(gate, undefined)
      yield* Effect.repeat(Effect.yieldNow, { times: 100 })
    }).pipe(Effect.provide(Layer.provide(Layer.fresh(MarketAdder.layer), slow)))
    assert.strictEqual(control.running.size, 3)
    assert.lengthOf(yield* catalog.markets({ enabled: true }), 3)
  }).pipe(Effect.provide(layers))
)

test(
  "goes on without an exchange whose listing can't be had, and fails where none can",
  Effect.gen(function* () {
    const listing = yield* ListingControl
    yield* listKraken
    listing.fail("Gemini", "timed out")
    const batch = yield* add(["KRAKEN.SPOT:BTC-*", "GEMINI.*"])
    assert.deepInclude(batch, { matched: 2, added: 2 })
    assert.deepStrictEqual(
      batch.exchanges.map(({ age, error, exchange }) => [exchange, age === null, error]),
      [
        ["Kraken", false, null],
        ["Gemini", true, "Gemini does not say what it lists: timed out. Nothing of it is known."]
      ]
    )
    listing.fail("Kraken", "connection reset")
    const error = yield* Effect.flip(add(["KRAKEN.SPOT:BTC-*", "GEMINI.*"]))
    assert.deepInclude(error, { _tag: "ListingUnavailable", exchange: "Kraken" })
    assert.include(String(Object(error).detail), "connection reset; nor do Gemini.")
    const typo = yield* Effect.flip(add(["KRAKEN.*", "GEMINO.*"]))
    assert.deepInclude(typo, { _tag: "UnmatchedPattern", pattern: "GEMINO.*", nearest: "Gemini" })
  })
)

test(
  "asks only for the types that the patterns can match",
  Effect.gen(function* () {
    const listing = yield* ListingControl
    yield* listKraken
    yield* add(["KRAKEN.SPOT:*-USD", "KRAKEN.PERP:*"], { dryRun: true })
    assert.deepStrictEqual(listing.asked, ["Kraken SPOT,PERP"])
    assert.deepInclude(yield* add("KRAKEN.SPOT:NONE-*"), { matched: 0, added: 0 })
  })
)

test(
  "says that the catalog is away, and adds what is missing when it is asked again",
  Effect.gen(function* () {
    const faults = yield* CatalogFaults
    yield* listKraken
    faults.down = true
    assert.strictEqual(Object(yield* Effect.flip(add("KRAKEN.*")))._tag, "CatalogUnavailable")
    faults.down = false
    assert.deepInclude(yield* add("KRAKEN.*"), { added: 4 })
  })
)
