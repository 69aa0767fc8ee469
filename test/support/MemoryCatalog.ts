// Owns a catalog in memory for tests of what stands on it. It keeps the rules of the real one, and can be told to be
// down or to break, which a database can't on a word. Invariant: a write that fails changed nothing, except where told
// so.
import { Context, Effect, Layer } from "effect"
import { Asset, type SymbolId } from "../../src/domain/Asset.ts"
import { Exchange, type ExchangeId } from "../../src/domain/Exchange.ts"
import {
  AlreadyExists,
  Ambiguous,
  CatalogUnavailable,
  InUse,
  InvalidMarket,
  NotFound,
  UnknownReference
} from "../../src/domain/Failures.ts"
import { Market, type MarketId, type NewMarket, tagOf } from "../../src/domain/Market.ts"
import { choose, folded } from "../../src/domain/Names.ts"
import { Catalog } from "../../src/layers/Catalog.ts"
import { keysOf } from "../../src/layers/CatalogDuplicates.ts"

export class CatalogFaults extends Context.Service<
  CatalogFaults,
  {
    /** While true every call fails with CatalogUnavailable. */
    down: boolean
    /** While true a switch is written and its answer is lost: the caller sees CatalogUnavailable. */
    loseAnswers: boolean
    /** While set every call dies of it. */
    defect: unknown
    /** While set every call waits for it first. */
    hold: Effect.Effect<void> | undefined
    /** Writes of switches so far, as `id=value`. */
    readonly written: Array<string>
  }
>()("test/CatalogFaults") {}

const unavailable = () => new CatalogUnavailable({ problem: "failing", said: "connection refused" })
export const DOWN = unavailable().detail

const makeCatalog = Effect.gen(function* () {
  const faults = yield* CatalogFaults
  const symbols = new Map<number, Asset>()
  const exchanges = new Map<number, Exchange>()
  const markets = new Map<number, Market>()

  const last = new Map<object, number>()
  /** No number is given twice. */
  const nextId = (rows: object): number => {
    const id = (last.get(rows) ?? 0) + 1
    last.set(rows, id)
    return id
  }

  const call = <A, E>(body: () => Effect.Effect<A, E>): Effect.Effect<A, E | CatalogUnavailable> =>
    Effect.gen(function* () {
      if (faults.hold !== undefined) yield* faults.hold
      if (faults.defect !== undefined) return yield* Effect.die(faults.defect)
      if (faults.down) return yield* unavailable()
      return yield* body()
    })
  const find = <A extends { readonly id: number }>(
    rows: Map<number, A>,
    entity: NotFound["entity"],
    id: number | string,
    nameOf: (row: A) => string
  ) =>
    Effect.gen(function* () {
      const row = typeof id === "number" ? (rows.get(id) ?? "none") : choose([...rows.values()], id, nameOf)
      if (row === "none") return yield* new NotFound({ entity, id })
      if (row === "several") return yield* new Ambiguous({ entity, name: String(id), ids: [...rows.keys()] })
      return row
    })
  const byId = <A>(rows: Map<number, A>, entity: NotFound["entity"], id: number) =>
    Effect.suspend(() => {
      const row = rows.get(id)
      return row === undefined ? Effect.fail(new NotFound({ entity, id })) : Effect.succeed(row)
    })
  const stored = (id: MarketId) => byId(markets, "market", id)
  const create = <A extends { readonly id: number }>(
    rows: Map<number, A>,
    entity: AlreadyExists["entity"],
    shown: string,
    nameOf: (row: A) => string,
    make: (id: number) => A
  ) =>
    Effect.suspend(() => {
      const twin = [...rows.values()].find((row) => nameOf(row) === folded(shown))
      if (twin !== undefined) {
        return Effect.fail(new AlreadyExists({ entity, name: shown, id: twin.id, same: "by_name" }))
      }
      const row = make(nextId(rows))
      rows.set(row.id, row)
      return Effect.succeed(row)
    })

  const createMarket = (wanted: NewMarket) =>
    Effect.gen(function* () {
      const exchange = exchanges.get(wanted.exchange_id)
      if (exchange === undefined) {
        return yield* new UnknownReference({ field: "exchange_id", id: wanted.exchange_id })
      }
      const base_symbol = symbols.get(wanted.base_symbol_id)
      if (base_symbol === undefined) {
        return yield* new UnknownReference({ field: "base_symbol_id", id: wanted.base_symbol_id })
      }
      const quote_symbol = symbols.get(wanted.quote_symbol_id)
      if (quote_symbol === undefined) {
        return yield* new UnknownReference({ field: "quote_symbol_id", id: wanted.quote_symbol_id })
      }
      if (base_symbol === quote_symbol) {
        return yield* new InvalidMarket({ contradiction: "base_is_quote" })
      }
      const { market_type, native_symbol = null } = wanted
      if (market_type === "FUTURE" && native_symbol === null) {
        return yield* new InvalidMarket({ contradiction: "future_without_native_symbol" })
      }
      const make = (id: number) =>
        Market.make({
          id: id as MarketId,
          exchange,
          base_symbol,
          quote_symbol,
          market_type,
          native_symbol,
          level4_feed_enabled: false,
          unverified: true
        })
      const keys = keysOf(make(1))
      const twin = [...markets.values()].find((market) => {
        const { effective_symbol, tag_key } = keysOf(market)
        const same = effective_symbol !== null && effective_symbol === keys.effective_symbol
        return tag_key === keys.tag_key || (same && market.exchange === exchange && market.market_type === market_type)
      })
      if (twin !== undefined) {
        return yield* new AlreadyExists({ entity: "market", name: tagOf(twin), id: twin.id, same: "by_name" })
      }
      const row = make(nextId(markets))
      markets.set(row.id, row)
      return row
    })

  const setFeedEnabled = (id: MarketId, enabled: boolean) =>
    Effect.gen(function* () {
      const market = new Market({ ...(yield* stored(id)), level4_feed_enabled: enabled })
      markets.set(id, market)
      faults.written.push(`${id}=${enabled}`)
      if (faults.loseAnswers) return yield* unavailable()
      return market
    })

  const remove = (
    rows: Map<number, unknown>,
    entity: NotFound["entity"],
    { id, name }: { readonly id: number; readonly name: string },
    uses: (market: Market) => boolean
  ) =>
    Effect.gen(function* () {
      if (!rows.has(id)) return yield* new NotFound({ entity, id })
      const users = [...markets.values()].filter(uses).map(tagOf)
      if (users.length > 0)
        return yield* new InUse({ entity, name, id, users: users.slice(0, 20), count: users.length })
      rows.delete(id)
    })

  return Catalog.of({
    createSymbol: (code) =>
      call(() =>
        create(
          symbols,
          "symbol",
          code,
          ({ symbol }) => folded(symbol),
          (id) => new Asset({ id: id as SymbolId, symbol: code })
        )
      ),
    symbols: call(() => Effect.sync(() => [...symbols.values()])),
    symbol: (id) => call(() => find(symbols, "symbol", id, ({ symbol }) => symbol)),
    deleteSymbol: ({ id, symbol }) =>
      call(() =>
        remove(symbols, "symbol", { id, name: symbol }, (market) =>
          [market.base_symbol.id, market.quote_symbol.id].some((used) => used === id)
        )
      ),
    createExchange: (name) =>
      call(() =>
        create(
          exchanges,
          "exchange",
          name,
          (exchange) => folded(exchange.name),
          (id) => new Exchange({ id: id as ExchangeId, name })
        )
      ),
    exchanges: call(() => Effect.sync(() => [...exchanges.values()])),
    exchange: (id) => call(() => find(exchanges, "exchange", id, ({ name }) => name)),
    deleteExchange: (row) => call(() => remove(exchanges, "exchange", row, ({ exchange }) => exchange.id === row.id)),
    createMarket: (market) => call(() => createMarket(market)),
    markets: (filter) =>
      call(() =>
        Effect.sync(() =>
          [...markets.values()].filter(
            (market) =>
              (filter.enabled ?? market.level4_feed_enabled) === market.level4_feed_enabled &&
              (filter.exchange_id ?? market.exchange.id) === market.exchange.id &&
              (filter.base_symbol_id ?? market.base_symbol.id) === market.base_symbol.id &&
              (filter.quote_symbol_id ?? market.quote_symbol.id) === market.quote_symbol.id &&
              (filter.market_type ?? market.market_type) === market.market_type &&
              (filter.tag === undefined || folded(filter.tag) === folded(tagOf(market)))
          )
        )
      ),
    market: (id) => call(() => stored(id)),
    marketOf: (tag) => call(() => find(markets, "market", tag, tagOf)),
    deleteMarket: (market) =>
      call(() =>
        remove(
          markets,
          "market",
          { id: market.id, name: tagOf(market) },
          (one) => one.id === market.id && one.level4_feed_enabled
        )
      ),
    setFeedEnabled: (id, enabled) => call(() => setFeedEnabled(id, enabled)),
    ready: call(() => Effect.void)
  })
})

export const MemoryCatalog = {
  layer: Layer.effect(Catalog)(makeCatalog).pipe(
    Layer.provideMerge(
      Layer.sync(CatalogFaults)(() =>
        CatalogFaults.of({ down: false, loseAnswers: false, defect: undefined, hold: undefined, written: [] })
      )
    )
  )
}
