// Owns naming markets in a service's catalog, and switching their feeds on, by the typed client. Exchanges and symbols
// are made as they are needed. Invariant: the markets come back in the order in which they were asked for.
import { Effect } from "effect"
import type { CallFailure, Client } from "../../src/cli/Client.ts"
import { SymbolCode, type SymbolId } from "../../src/domain/Asset.ts"
import { ExchangeName, type ExchangeId } from "../../src/domain/Exchange.ts"
import { NewMarket, type ListedMarket } from "../../src/domain/Market.ts"
import type { MarketType } from "../../src/domain/MarketType.ts"

export interface WantedMarket {
  readonly exchange: string
  readonly market_type: MarketType
  readonly base: string
  readonly quote: string
}

/** Adds markets to an empty catalog; their feeds are off. */
export const nameMarkets = Effect.fn("nameMarkets")(function* (
  client: Client,
  wanted: ReadonlyArray<WantedMarket>
): Effect.fn.Return<ReadonlyArray<ListedMarket>, CallFailure> {
  const exchanges = new Map<string, ExchangeId>()
  for (const name of new Set(wanted.map(({ exchange }) => exchange)))
    exchanges.set(name, (yield* client.createExchange(ExchangeName.make(name))).id)
  const symbols = new Map<string, SymbolId>()
  for (const code of new Set(wanted.flatMap(({ base, quote }) => [base, quote])))
    symbols.set(code, (yield* client.createSymbol(SymbolCode.make(code))).id)
  return yield* Effect.forEach(
    wanted,
    ({ exchange, market_type, base, quote }) =>
      client.createMarket(
        new NewMarket({
          exchange_id: exchanges.get(exchange)!,
          base_symbol_id: symbols.get(base)!,
          quote_symbol_id: symbols.get(quote)!,
          market_type
        })
      ),
    { concurrency: 4 }
  )
})

/** Switches feeds on. */
export const startFeeds = (
  client: Client,
  markets: ReadonlyArray<ListedMarket>
): Effect.Effect<ReadonlyArray<ListedMarket>, CallFailure> =>
  Effect.forEach(markets, ({ id }) => client.switchFeed(id, true), { concurrency: 8 })
