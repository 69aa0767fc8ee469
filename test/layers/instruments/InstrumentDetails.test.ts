// What is asked of a venue for one instrument alone: what its listing leaves out, and one native symbol before the
// listing is known.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { InstrumentDetails } from "../../../src/layers/InstrumentDetails.ts"
import { Instruments } from "../../../src/layers/Instruments.ts"
import { instrumentOf, listed, type Row, rowsListing, Stage } from "./listingStage.ts"

const BTC: Row = ["BTC/USD", "BTC", "USD"]

const staged = <A, E>(
  test: (stage: Stage) => Effect.Effect<A, E, Instruments | InstrumentDetails>,
  ...layer: Parameters<Stage["layer"]>
) =>
  Effect.gen(function* () {
    const stage = new Stage()
    stage.says.set("/list", { rows: [BTC] })
    return yield* test(stage).pipe(Effect.provide(stage.layer(...layer)))
  }).pipe(Effect.scoped)

const kraken = Effect.flatMap(Instruments, (instruments) => instruments.list("kraken"))

describe("InstrumentDetails", () => {
  it.effect("asks for one instrument alone where its scheme says so, and remembers what it heard", () =>
    staged((stage) =>
      Effect.gen(function* () {
        const instruments = yield* Instruments
        const details = yield* InstrumentDetails
        yield* kraken
        const btc = instrumentOf(BTC)
        stage.says.set("/one?BTC/USD", { rows: [["BTC/USD", "BTC", "USD", "halted"]] })
        assert.strictEqual((yield* details.of("kraken", btc)).status, "halted")
        assert.strictEqual(instruments.known("Kraken")?.instruments[0]?.status, "halted")
        stage.says.set("/one?BTC/USD", 404)
        assert.strictEqual(yield* details.of("kraken", btc), btc)
        assert.deepStrictEqual(yield* details.of("nowhere", btc), btc)
      })
    )
  )

  it.effect("asks for a native symbol alone before the listing is known, and remembers it; else not at all", () =>
    staged(
      (stage) =>
        Effect.gen(function* () {
          const instruments = yield* Instruments
          const details = yield* InstrumentDetails
          stage.says.set("/named?BTC/USD", { rows: [BTC] })
          assert.deepStrictEqual(yield* details.named("kraken", "SPOT", "BTC/USD"), instrumentOf(BTC))
          assert.isNull(yield* details.named("kraken", "SPOT", "XRP/USD"), "the venue answers with 404")
          assert.isNull(yield* details.named("kraken", "PERP", "BTC/USD"))
          assert.isNull(instruments.known("Kraken"), "one instrument is no listing")
          const words = { base_symbol: { symbol: "BTC" }, quote_symbol: { symbol: "USD" }, native_symbol: null }
          const market = { ...words, exchange: { name: "Kraken" }, market_type: "SPOT" as const }
          assert.deepStrictEqual(instruments.ofMarket(market), instrumentOf(BTC))
          yield* kraken
          const asked = stage.asked.length
          assert.isNull(yield* details.named("kraken", "SPOT", "BTC/USD"), "the listing says it")
          assert.lengthOf(stage.asked, asked)
        }),
      [{ ...listed, listing: { ...rowsListing, named: (native) => ({ path: `/named?${native}`, weight: 1 }) } }]
    )
  )
})
