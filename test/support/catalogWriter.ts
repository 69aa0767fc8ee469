// Owns a process that writes to a catalog without end and prints each write once it was acknowledged: one JSON line
// with the symbol, the market and its switch. Tests kill it. Takes its database from the LEVEL4_ variables, as the
// service does.
import { Effect, Layer } from "effect"
import { SymbolCode } from "../../src/domain/Asset.ts"
import { ExchangeName } from "../../src/domain/Exchange.ts"
import { NewMarket } from "../../src/domain/Market.ts"
import { Catalog } from "../../src/layers/Catalog.ts"
import { Database } from "../../src/layers/Database.ts"
import { Settings } from "../../src/layers/Settings.ts"

/** What one line says was stored. */
export interface Acknowledged {
  readonly symbol_id: number
  readonly market_id?: number
  readonly enabled?: boolean
}

const acknowledge = (line: Acknowledged) => Effect.sync(() => process.stdout.write(`${JSON.stringify(line)}\n`))

const write = Effect.gen(function* () {
  const catalog = yield* Catalog
  const exchange = yield* catalog.createExchange(ExchangeName.make(`Venue ${process.pid}`))
  let quote = yield* catalog.createSymbol(SymbolCode.make(`Q${process.pid}`))
  for (let count = 0; ; count++) {
    const base = yield* catalog.createSymbol(SymbolCode.make(`S${process.pid}_${count}`))
    yield* acknowledge({ symbol_id: base.id })
    const references = { exchange_id: exchange.id, base_symbol_id: base.id, quote_symbol_id: quote.id }
    const market = yield* catalog.createMarket(new NewMarket({ ...references, market_type: "SPOT" }))
    yield* acknowledge({ symbol_id: base.id, market_id: market.id })
    const enabled = count % 2 === 0
    yield* catalog.setFeedEnabled(market.id, true)
    yield* catalog.setFeedEnabled(market.id, enabled)
    yield* acknowledge({ symbol_id: base.id, market_id: market.id, enabled })
    quote = base
  }
})

await Effect.runPromise(
  write.pipe(Effect.provide(Catalog.layer.pipe(Layer.provide(Database.layer), Layer.provide(Settings.layer))))
)
