// What a reading of a listing does to markets that nothing had confirmed.
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { NewMarket } from "../../../src/domain/Market.ts"
import { layerVerifyMarkets } from "../../../src/layers/instruments/verifyMarkets.ts"
import { Catalog } from "../../../src/layers/Catalog.ts"
import { FakeInstruments, instrument, ListingControl } from "../../support/FakeInstruments.ts"
import { draft } from "../../support/marketDraft.ts"
import { CatalogFaults, MemoryCatalog } from "../../support/MemoryCatalog.ts"
import { until } from "../../support/until.ts"

const layer = layerVerifyMarkets.pipe(Layer.provideMerge(Layer.merge(FakeInstruments.layer, MemoryCatalog.layer)))
const reading = { exchange: "Kraken", marketTypes: ["SPOT"] } as const

describe("verifyMarkets", () => {
  it.live("clears the mark of what a listing shows with this base and quote, and of nothing else", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const faults = yield* CatalogFaults
      const control = yield* ListingControl
      const wanted = yield* draft("kraken")
      const add = (fields: object) =>
        Effect.map(catalog.createMarket(new NewMarket({ ...wanted, ...fields })), ({ id }) => id)
      const unverified = Effect.map(catalog.markets({}), (all) =>
        all.filter((market) => market.unverified).map(({ id }) => id)
      )
      const right = yield* add({})
      const wrong = yield* add({ market_type: "PERP", native_symbol: "PF_ETHUSD" })
      const gone = yield* add({ market_type: "INVERSE" })
      const elsewhere = yield* add({ exchange_id: (yield* draft("Coinbase")).exchange_id })
      assert.deepStrictEqual(yield* unverified, [right, wrong, gone, elsewhere])

      control.list("Kraken", [
        instrument({ native_symbol: "BTC/USD", base: "BTC", quote: "USD", status: "halted" }),
        instrument({ native_symbol: "PF_ETHUSD", base: "ETH", quote: "USD", market_type: "PERP" }),
        instrument({
          native_symbol: "PI_XBTUSD",
          base: "BTC",
          quote: "USD",
          market_type: "INVERSE",
          status: "delisted"
        })
      ])
      faults.down = true
      yield* control.read(reading)
      faults.down = false
      faults.defect = new Error("of this test")
      yield* control.read(reading)
      faults.defect = undefined
      yield* control.read(reading)
      const left = yield* until("one verified", unverified, (ids) => ids.length < 4)
      assert.deepStrictEqual(left, [wrong, gone, elsewhere])
    }).pipe(Effect.provide(layer), Effect.scoped)
  )
})
