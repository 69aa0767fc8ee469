// Owns what a reading of a listing says of markets that none had confirmed: those that it shows, with their base, quote
// and type, are unverified no more. Invariant: nothing that was verified is ever marked again by a reading.
import { Effect, Layer, Stream } from "effect"
import type { Market } from "../../domain/Market.ts"
import { folded } from "../../domain/Names.ts"
import { Catalog } from "../Catalog.ts"
import { defectAsFailure } from "../defectAsFailure.ts"
import { Instruments } from "../Instruments.ts"

/** Follows the readings for as long as the service runs. */
export const layerVerifyMarkets = Layer.effectDiscard(
  Effect.gen(function* () {
    const catalog = yield* Catalog
    const instruments = yield* Instruments

    const isShown = (market: Market): boolean => {
      const instrument = instruments.ofMarket(market)
      return (
        instrument !== null &&
        instrument.status !== "delisted" &&
        folded(instrument.base) === folded(market.base_symbol.symbol) &&
        folded(instrument.quote) === folded(market.quote_symbol.symbol)
      )
    }
    const verify = Effect.fn("verifyMarkets")(function* (exchange: string) {
      const rows = (yield* catalog.exchanges).filter(({ name }) => folded(name) === folded(exchange))
      const markets = (yield* Effect.forEach(rows, ({ id }) => catalog.markets({ exchange_id: id }))).flat()
      const shown = markets.filter((market) => market.unverified && isShown(market))
      if (shown.length > 0) yield* catalog.setVerified(shown.map(({ id }) => id))
    })
    yield* instruments.readings.pipe(
      Stream.runForEach(({ exchange }) =>
        verify(exchange).pipe(
          defectAsFailure("markets could not be held against a listing"),
          // the next reading says it again
          Effect.ignore
        )
      ),
      Effect.forkScoped({ startImmediately: true })
    )
  })
)
