// Owns the making of what a new market needs: its exchange and its symbols in the catalog at hand.
import { Effect } from "effect"
import { SymbolCode } from "../../src/domain/Asset.ts"
import { ExchangeName } from "../../src/domain/Exchange.ts"
import { Catalog } from "../../src/layers/Catalog.ts"

/** The exchange, symbols and fields of a market that can be stored; each call has its own exchange. */
export const draft = (exchange: string) =>
  Effect.gen(function* () {
    const catalog = yield* Catalog
    const symbol = (text: string) =>
      catalog
        .createSymbol(SymbolCode.make(text))
        .pipe(
          Effect.catchTag("AlreadyExists", () =>
            Effect.map(catalog.symbols, (all) => all.find((asset) => asset.symbol === text)!)
          )
        )
    const [base, quote] = [yield* symbol("BTC"), yield* symbol("USD")]
    const { id } = yield* catalog
      .createExchange(ExchangeName.make(exchange))
      .pipe(Effect.catchTag("AlreadyExists", () => Effect.orDie(catalog.exchange(exchange))))
    return { exchange_id: id, base_symbol_id: base.id, quote_symbol_id: quote.id, market_type: "SPOT" as const }
  })
