// Owns the catalog: symbols, exchanges and markets in Postgres, whichever server or embedded database stands behind the
// client. Which feeds run is FeedRegistry's; what venues can do is known to the schemes. Invariant: what the catalog must
// never hold (duplicates, dangling references, contradictions) the database itself refuses; here refusals get their names.
import { Context, type Effect } from "effect"
import type { Asset, SymbolCode, SymbolId } from "../domain/Asset.ts"
import type { Exchange, ExchangeId, ExchangeName } from "../domain/Exchange.ts"
import type {
  AlreadyExists,
  CatalogUnavailable,
  InvalidMarket,
  NotFound,
  UnknownReference
} from "../domain/Failures.ts"
import type { Market, MarketId, NewMarket } from "../domain/Market.ts"
import type { MarketType } from "../domain/MarketType.ts"

/** Which markets to list; what is left out does not filter. */
export interface MarketFilter {
  readonly enabled?: boolean | undefined
  readonly exchange_id?: ExchangeId | undefined
  readonly base_symbol_id?: SymbolId | undefined
  readonly quote_symbol_id?: SymbolId | undefined
  readonly market_type?: MarketType | undefined
}

export class Catalog extends Context.Service<
  Catalog,
  {
    createSymbol(code: SymbolCode): Effect.Effect<Asset, AlreadyExists | CatalogUnavailable>
    /** Every list is in the order of its ids. */
    readonly symbols: Effect.Effect<ReadonlyArray<Asset>, CatalogUnavailable>
    symbol(id: SymbolId): Effect.Effect<Asset, NotFound | CatalogUnavailable>
    createExchange(name: ExchangeName): Effect.Effect<Exchange, AlreadyExists | CatalogUnavailable>
    readonly exchanges: Effect.Effect<ReadonlyArray<Exchange>, CatalogUnavailable>
    exchange(id: ExchangeId): Effect.Effect<Exchange, NotFound | CatalogUnavailable>
    /** The new market's switch is off. */
    createMarket(
      market: NewMarket
    ): Effect.Effect<Market, AlreadyExists | UnknownReference | InvalidMarket | CatalogUnavailable>
    markets(filter: MarketFilter): Effect.Effect<ReadonlyArray<Market>, CatalogUnavailable>
    market(id: MarketId): Effect.Effect<Market, NotFound | CatalogUnavailable>
    /** Writes the durable switch; starts and stops nothing. */
    setFeedEnabled(id: MarketId, enabled: boolean): Effect.Effect<Market, NotFound | CatalogUnavailable>
    /** Switches every market off but these, and answers how many it changed: no flag outlives the process that ran it. */
    clearSwitchesExcept(running: ReadonlyArray<MarketId>): Effect.Effect<number, CatalogUnavailable>
    /** Succeeds when the database answers and its schema is up to date; says in its error what it waits for. */
    readonly ready: Effect.Effect<void, CatalogUnavailable>
  }
>()("level4/layers/Catalog") {}
