// The listings of a venue as the process knows them: asked for when they are old, once for all who ask, kept while the
// venue is down, and never taken for whole when they are not.
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Queue, Stream } from "effect"
import { TestClock } from "effect/testing"
import type { InstrumentDetails } from "../../../src/layers/InstrumentDetails.ts"
import { Instruments } from "../../../src/layers/Instruments.ts"
import { binanceSpot } from "../../../src/schemes/binance/Binance.ts"
import { ftx } from "../../../src/schemes/ftx/FTX.ts"
import { krakenFutures } from "../../../src/schemes/kraken/KrakenFutures.ts"
import { krakenSpotV1 } from "../../../src/schemes/kraken/KrakenV1.ts"
import { after, type Answer, instrumentOf, listed, type Row, rowsListing, Stage } from "./listingStage.ts"

const BTC: Row = ["BTC/USD", "BTC", "USD"]
const ETH: Row = ["ETH/USD", "ETH", "USD"]
const NOW = 1_795_000_000_000

const staged = <A, E>(
  test: (stage: Stage) => Effect.Effect<A, E, Instruments | InstrumentDetails>,
  ...layer: Parameters<Stage["layer"]>
) =>
  Effect.gen(function* () {
    yield* TestClock.setTime(NOW)
    const stage = new Stage()
    stage.says.set("/list", { rows: [BTC, ETH] })
    return yield* test(stage).pipe(Effect.provide(stage.layer(...layer)))
  }).pipe(Effect.scoped)

const kraken = Effect.flatMap(Instruments, (instruments) => instruments.list("kraken"))
const natives = ({ instruments }: { readonly instruments: ReadonlyArray<{ readonly native_symbol: string }> }) =>
  instruments.map(({ native_symbol }) => native_symbol)
const refused = <A, E>(listing: Effect.Effect<A, E, Instruments>) =>
  Effect.map(Effect.flip(listing), (failure) => String(Object(failure).said))

describe("Instruments", () => {
  it.effect("asks when what is known is older than LEVEL4_LISTING_INTERVAL, and tells when it was read", () =>
    staged((stage) =>
      Effect.gen(function* () {
        const instruments = yield* Instruments
        assert.isNull(instruments.known("Kraken"))
        const first = yield* kraken
        assert.deepStrictEqual(first, { instruments: [instrumentOf(BTC), instrumentOf(ETH)], at: NOW * 1_000 })
        assert.deepStrictEqual(instruments.known("KRAKEN", ["SPOT"]), first)
        stage.says.set("/list", { rows: [BTC] })
        yield* TestClock.adjust("14 minutes")
        assert.deepStrictEqual(yield* kraken, first)
        yield* TestClock.adjust("1 minute")
        assert.strictEqual((yield* kraken).at, (NOW + 900_000) * 1_000)
        assert.deepStrictEqual(stage.asked, ["https://api.kraken.com/list", "https://api.kraken.com/list"])
      })
    )
  )

  it.effect("asks once for all who ask at a time, and goes on although the first of them leaves", () =>
    staged((stage) =>
      Effect.gen(function* () {
        stage.says.set("/list", after("3 seconds", { rows: [BTC] }))
        const first = yield* Effect.forkChild(kraken)
        const others = yield* Effect.forkChild(
          Effect.all(
            Array.from({ length: 50 }, () => kraken),
            { concurrency: 50 }
          )
        )
        yield* TestClock.adjust("1 second")
        yield* Fiber.interrupt(first)
        yield* TestClock.adjust("2 seconds")
        for (const one of yield* Fiber.join(others)) assert.deepStrictEqual(natives(one), ["BTC/USD"])
        assert.lengthOf(stage.asked, 1)
      })
    )
  )

  it.effect("asks a second time, then fails, and is silent for ten seconds; what was known stays known", () =>
    staged((stage) =>
      Effect.gen(function* () {
        const instruments = yield* Instruments
        const before = yield* kraken
        stage.says.set("/list", 503)
        yield* TestClock.adjust("21 minutes")
        stage.asked.length = 0
        const failing = yield* Effect.forkChild(Effect.flip(kraken))
        yield* TestClock.adjust("1 second")
        const failure = yield* Fiber.join(failing)
        assert.deepInclude(failure, { exchange: "Kraken", said: "503 from api.kraken.com", age: 1_260 })
        assert.match(failure.detail, /^Kraken does not say what it lists: 503 .* What it listed 1260 s ago is known\.$/)
        assert.lengthOf(stage.asked, 2)
        stage.says.set("/list", { rows: [BTC] })
        yield* TestClock.adjust("8 seconds")
        assert.strictEqual(yield* refused(kraken), "503 from api.kraken.com")
        assert.strictEqual(yield* refused(instruments.refresh("Kraken")), "503 from api.kraken.com")
        assert.lengthOf(stage.asked, 2)
        assert.deepStrictEqual(instruments.known("Kraken"), before)
        yield* TestClock.adjust("2 seconds")
        // ETH is missed once
        assert.deepStrictEqual(natives(yield* kraken), ["BTC/USD", "ETH/USD"])
      })
    )
  )

  it.effect("refreshes no sooner than ten seconds after the last answer, and delists by two", () =>
    staged((stage) =>
      Effect.gen(function* () {
        const instruments = yield* Instruments
        yield* kraken
        stage.says.set("/list", { rows: [BTC] })
        yield* TestClock.adjust("9 seconds")
        yield* instruments.refresh("Kraken")
        assert.lengthOf(stage.asked, 1)
        for (const status of ["trading", "delisted"]) {
          yield* TestClock.adjust("10 seconds")
          const { instruments: rows } = yield* instruments.refresh("Kraken", ["SPOT"])
          assert.strictEqual(rows.find(({ base }) => base === "ETH")?.status, status)
        }
      })
    )
  )

  it.effect("follows every page, and takes a listing with too many, or an unreadable one, for none", () =>
    staged((stage) =>
      Effect.gen(function* () {
        const instruments = yield* Instruments
        stage.says.set("/list", { rows: [BTC], next: ["/list?2"] })
        stage.says.set("/list?2", { rows: [ETH] })
        assert.deepStrictEqual(natives(yield* kraken), ["BTC/USD", "ETH/USD"])
        const again = Effect.andThen(TestClock.adjust("15 minutes"), kraken)
        stage.says.set("/list?2", 404)
        assert.strictEqual(yield* refused(again), "it answered /list?2 with 404: no")
        stage.says.set("/list?2", { rows: [ETH], next: ["/list?2"] })
        assert.strictEqual(yield* refused(again), "its listing has more than 50 pages")
        stage.says.set("/list", { rows: [] })
        assert.strictEqual(yield* refused(again), "it answered with an empty listing")
        assert.deepStrictEqual(natives(instruments.known("Kraken")!), ["BTC/USD", "ETH/USD"])
        stage.says.set("/list", Effect.succeed({ rows: 7 } as unknown as Answer))
        assert.match(yield* refused(again), /^its answer to \/list can't be read \(TypeError/)
      })
    )
  )

  it.effect("waits for a venue no longer than 20 seconds", () =>
    staged((stage) =>
      Effect.gen(function* () {
        stage.says.set("/list", Effect.never)
        const asking = yield* Effect.forkChild(refused(kraken))
        yield* TestClock.adjust("10 seconds")
        yield* TestClock.adjust("10 seconds")
        assert.strictEqual(yield* Fiber.join(asking), "no whole answer within 20s")
      })
    )
  )

  it.effect("fails whole where one of an exchange's systems does not answer; the others alone can be had", () =>
    staged(
      (stage) =>
        Effect.gen(function* () {
          const instruments = yield* Instruments
          stage.says.set("/perps", 404)
          assert.deepStrictEqual(natives(yield* instruments.list("Kraken", ["SPOT"])), ["BTC/USD", "ETH/USD"])
          const all = yield* Effect.flip(kraken)
          assert.deepInclude(all, { said: "it answered /perps with 404: no", age: 0 })
          assert.isNull(instruments.known("Kraken", ["PERP"]))
          assert.strictEqual(yield* refused(instruments.list("Nowhere")), "level4 has no scheme for it")
          const none = Effect.flip(instruments.list("Binance", ["PERP"]))
          assert.deepInclude(yield* none, { exchange: "Binance", said: "it has no PERP markets here", age: null })
          assert.strictEqual(yield* refused(instruments.list("Binance")), "level4 has no way to ask it")
        }),
      [
        listed,
        {
          ...krakenFutures,
          limits: listed.limits,
          listing: { ...rowsListing, requests: () => [{ path: "/perps", weight: 1 }] }
        },
        { ...binanceSpot, listing: null }
      ]
    )
  )

  it.effect("asks where a setting says, and not at all where only the stream is elsewhere", () =>
    staged(
      (stage) =>
        Effect.gen(function* () {
          stage.says.set("/kraken/list", { rows: [BTC] })
          yield* kraken
          assert.deepStrictEqual(stage.asked, ["http://127.0.0.1:9/kraken/list"])
          const instruments = yield* Instruments
          assert.strictEqual(
            yield* refused(instruments.list("Binance")),
            "LEVEL4_BINANCE_SPOT_WS_URL names another address, and LEVEL4_BINANCE_SPOT_REST_URL does not say where to ask"
          )
        }),
      [listed, { ...krakenSpotV1, listing: rowsListing }, { ...binanceSpot, listing: rowsListing }],
      {
        LEVEL4_KRAKEN_SPOT_REST_URL: "http://127.0.0.1:9/kraken/",
        LEVEL4_BINANCE_SPOT_WS_URL: "ws://127.0.0.1:9/binance"
      }
    )
  )

  it.effect("knows what a closed venue listed last, without asking; a stand-in is asked", () =>
    Effect.gen(function* () {
      const gone = {
        ...ftx,
        listing: { ...rowsListing, closed: [instrumentOf(["BTC/USD", "BTC", "USD", "delisted"])] }
      }
      yield* staged(
        (stage) =>
          Effect.gen(function* () {
            const instruments = yield* Instruments
            yield* TestClock.adjust("1 hour")
            const last = { instruments: gone.listing.closed, at: (NOW + 3_600_000) * 1_000 }
            assert.deepStrictEqual(yield* instruments.list("FTX", ["SPOT"]), last)
            assert.deepStrictEqual(instruments.known("ftx"), last)
            assert.lengthOf(stage.asked, 0)
          }),
        [gone]
      )
      yield* staged(
        (stage) =>
          Effect.gen(function* () {
            yield* Effect.flatMap(Instruments, (instruments) => instruments.list("FTX", ["SPOT"]))
            assert.deepStrictEqual(stage.asked, ["http://127.0.0.1:9/list"])
          }),
        [gone],
        { LEVEL4_FTX_SPOT_WS_URL: "ws://127.0.0.1:9" }
      )
    })
  )

  it.effect("finds the instrument of a market by its own spelling, or by the scheme's rule", () =>
    staged(() =>
      Effect.gen(function* () {
        const instruments = yield* Instruments
        const words = {
          exchange: { name: "KRAKEN" },
          base_symbol: { symbol: "BTC" },
          quote_symbol: { symbol: "USD" },
          market_type: "SPOT" as const,
          native_symbol: null
        }
        assert.isNull(instruments.ofMarket(words))
        yield* kraken
        assert.deepStrictEqual(instruments.ofMarket(words), instrumentOf(BTC))
        assert.deepStrictEqual(instruments.ofMarket({ ...words, native_symbol: "ETH/USD" }), instrumentOf(ETH))
        assert.isNull(instruments.ofMarket({ ...words, market_type: "PERP" }))
        assert.isNull(instruments.ofMarket({ ...words, native_symbol: "SOL/USD" }))
      })
    )
  )

  it.effect("takes an empty answer for no listing, the first one too", () =>
    staged((stage) =>
      Effect.gen(function* () {
        stage.says.set("/list", { rows: [] })
        assert.strictEqual(yield* refused(kraken), "it answered with an empty listing")
      })
    )
  )

  it.effect("tells every reading that succeeded", () =>
    staged((stage) =>
      Effect.gen(function* () {
        const instruments = yield* Instruments
        const heard = yield* Queue.unbounded<unknown>()
        yield* instruments.readings.pipe(
          Stream.runForEach((reading) => Queue.offer(heard, reading)),
          Effect.forkScoped({ startImmediately: true })
        )
        yield* kraken
        assert.deepStrictEqual(yield* Queue.take(heard), { exchange: "Kraken", marketTypes: ["SPOT"] })
        stage.says.set("/list", 404)
        yield* TestClock.adjust("15 minutes")
        yield* refused(kraken)
        yield* kraken.pipe(Effect.ignore)
        assert.strictEqual(yield* Queue.size(heard), 0)
      }).pipe(Effect.scoped)
    )
  )
})
