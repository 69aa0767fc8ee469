// How long a new market waits for its venue's listing, and what it asks for.
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer } from "effect"
import { TestClock } from "effect/testing"
import { NewMarket } from "../../../src/domain/Market.ts"
import { makeNewMarketCheck } from "../../../src/layers/instruments/checkNewMarket.ts"
import { layerSettings } from "../../support/Databases.ts"
import { FakeInstruments, instrument, ListingControl } from "../../support/FakeInstruments.ts"
import { draft } from "../../support/marketDraft.ts"
import { MemoryCatalog } from "../../support/MemoryCatalog.ts"

const layer = (environment = {}) =>
  Layer.mergeAll(FakeInstruments.layer, MemoryCatalog.layer, layerSettings(environment))

describe("the check of a new market", () => {
  it.effect("waits for a listing no longer than eight seconds", () =>
    Effect.gen(function* () {
      const control = yield* ListingControl
      control.list("Kraken", [])
      control.hold = Effect.never
      const check = yield* makeNewMarketCheck
      const checking = yield* Effect.forkChild(check(new NewMarket(yield* draft("Kraken"))))
      yield* TestClock.adjust("7999 millis")
      assert.isUndefined(checking.pollUnsafe())
      yield* TestClock.adjust("1 millis")
      assert.deepStrictEqual(yield* Fiber.join(checking), { verdict: "unknown" })
    }).pipe(Effect.provide(layer()), Effect.scoped)
  )

  it.effect("takes a market for listed although the venue does not say more of it alone in time", () =>
    Effect.gen(function* () {
      const control = yield* ListingControl
      const btc = instrument({ native_symbol: "BTC/USD", base: "BTC", quote: "USD" })
      control.list("Kraken", [btc])
      control.holdDetails = Effect.never
      const check = yield* makeNewMarketCheck
      const checking = yield* Effect.forkChild(check(new NewMarket(yield* draft("Kraken"))))
      yield* TestClock.adjust("2 seconds")
      assert.deepStrictEqual(yield* Fiber.join(checking), { verdict: "listed", instrument: btc, native_symbol: null })
    }).pipe(Effect.provide(layer()), Effect.scoped)
  )

  it.effect("asks for one type, for the others where it may be one of those, and for what the venue alone says", () =>
    Effect.gen(function* () {
      const control = yield* ListingControl
      const btc = instrument({ native_symbol: "XBT/USD", base: "BTC", quote: "USD" })
      control.list("Kraken", [btc])
      const check = yield* makeNewMarketCheck
      const wanted = yield* draft("Kraken")
      // the protocol that is set spells it so
      const checked = yield* check(new NewMarket(wanted))
      assert.deepStrictEqual(checked, { verdict: "listed", instrument: btc, native_symbol: null })
      assert.deepStrictEqual(control.asked, ["Kraken SPOT"])
      const other = yield* check(new NewMarket({ ...wanted, market_type: "PERP" }))
      assert.deepInclude(other, { verdict: "mismatch", field: "base_symbol_id" })
      assert.deepStrictEqual(control.asked.slice(1), ["Kraken PERP", "Kraken *"])
    }).pipe(Effect.provide(layer({ LEVEL4_KRAKEN_SPOT_PROTOCOL: "v1" })), Effect.scoped)
  )
})
