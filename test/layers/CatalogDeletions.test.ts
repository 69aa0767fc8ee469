// Owns the proof of what can be deleted from the catalog, on both databases: what nothing uses, with no number given
// twice, and with the next of several that were the same in its place.
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import * as Migrator from "effect/sql/Migrator"
import { SqlClient } from "effect/sql/SqlClient"
import createCatalog from "../../migrations/0001_create_catalog.ts"
import { SymbolCode } from "../../src/domain/Asset.ts"
import { MarketId, NewMarket } from "../../src/domain/Market.ts"
import { Catalog } from "../../src/layers/Catalog.ts"
import { Database } from "../../src/layers/Database.ts"
import { databases, layerCatalog, layerFreshCatalog, layerSettings } from "../support/Databases.ts"
import { draft } from "../support/marketDraft.ts"

/** A catalog of the first level4, in which three markets and three symbols are the same by today's measure. */
const threefold = Effect.gen(function* () {
  const sql = yield* SqlClient
  const loader = Migrator.fromRecord({ "0001_create_catalog": createCatalog })
  yield* Migrator.make({})({ loader, table: "level4_migrations" })
  yield* sql`INSERT INTO symbols (symbol) VALUES ('BTC'), ('USDT'), ('eth'), ('ETH'), ('Eth')`
  yield* sql`INSERT INTO exchanges (name) VALUES ('Bybit')`
  yield* sql`
    INSERT INTO markets (exchange_id, base_symbol_id, quote_symbol_id, market_type, native_symbol)
    VALUES (1, 1, 2, 'SPOT', null), (1, 1, 2, 'SPOT', 'BTCUSDT'), (1, 1, 2, 'SPOT', 'btcusdt')`
})

describe.each(databases)("deletions from a catalog on $name", ({ fresh }) => {
  it.live("delete what nothing uses, and name the markets that use the rest", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const spot = yield* catalog.createMarket(new NewMarket(yield* draft("Kraken")))
      const perp = yield* catalog.createMarket(new NewMarket({ ...(yield* draft("Kraken")), market_type: "PERP" }))
      const { base_symbol, exchange } = spot
      const users = ["KRAKEN.SPOT:BTC-USD", "KRAKEN.PERP:BTC-USD"]
      const used = yield* Effect.flip(catalog.deleteSymbol(base_symbol))
      assert.deepInclude(used, { _tag: "InUse", entity: "symbol", name: "BTC", users, count: 2 })
      const detail =
        "The exchange Kraken is used by 2 markets: KRAKEN.SPOT:BTC-USD, KRAKEN.PERP:BTC-USD. " +
        "Delete those first: DELETE /markets/:id."
      assert.propertyVal(yield* Effect.flip(catalog.deleteExchange(exchange)), "detail", detail)
      yield* catalog.setFeedEnabled(perp.id, true)
      assert.deepInclude(yield* Effect.flip(catalog.deleteMarket(perp)), { _tag: "InUse", count: 1 })
      yield* catalog.setFeedEnabled(perp.id, false)
      for (const market of [spot, perp]) {
        yield* catalog.deleteMarket(market)
        assert.strictEqual((yield* Effect.flip(catalog.deleteMarket(market)))._tag, "NotFound")
        assert.strictEqual((yield* Effect.flip(catalog.market(market.id)))._tag, "NotFound")
      }
      yield* catalog.deleteExchange(exchange)
      yield* catalog.deleteSymbol(base_symbol)
      assert.strictEqual((yield* Effect.flip(catalog.deleteSymbol(base_symbol)))._tag, "NotFound")
      const again = yield* catalog.createMarket(new NewMarket(yield* draft("Kraken")))
      assert.isAbove(again.id, perp.id)
      assert.isAbove(again.exchange.id, exchange.id)
    }).pipe(Effect.provide(layerFreshCatalog(fresh)), Effect.scoped)
  )

  it.live("name twenty users at most, and how many there are", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const wanted = yield* draft("Kraken")
      for (let n = 1; n <= 25; n++) {
        const { id } = yield* catalog.createSymbol(SymbolCode.make(`COIN${n}`))
        yield* catalog.createMarket(new NewMarket({ ...wanted, base_symbol_id: id }))
      }
      const error = yield* Effect.flip(catalog.deleteSymbol(yield* catalog.symbol("usd")))
      const { count, detail, users } = Object(error)
      assert.deepStrictEqual([count, users.length, users[0]], [25, 20, "KRAKEN.SPOT:COIN1-USD"])
      assert.include(detail, "KRAKEN.SPOT:COIN20-USD and 5 more.")
    }).pipe(Effect.provide(layerFreshCatalog(fresh)), Effect.scoped)
  )

  it.live("delete a row or refuse it, whoever makes a market of it at that moment", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      for (let n = 1; n <= 10; n++) {
        const wanted = yield* draft("Kraken")
        const symbol = yield* catalog.createSymbol(SymbolCode.make(`RACE${n}`))
        const create = catalog.createMarket(new NewMarket({ ...wanted, base_symbol_id: symbol.id }))
        const [made, deleted] = yield* Effect.all(
          [Effect.result(create), Effect.result(catalog.deleteSymbol(symbol))],
          {
            concurrency: "unbounded"
          }
        )
        assert.notStrictEqual(made._tag, deleted._tag, `round ${n}`)
      }
    }).pipe(Effect.provide(layerFreshCatalog(fresh)), Effect.scoped)
  )

  it.live("put the next of several that were the same in the place of the deleted one", () =>
    Effect.gen(function* () {
      const environment = yield* fresh
      yield* threefold.pipe(Effect.provide(Layer.fresh(Database.layer.pipe(Layer.provide(layerSettings(environment))))))
      yield* Effect.gen(function* () {
        const [catalog, sql] = [yield* Catalog, yield* SqlClient]
        const pointers = sql`SELECT id, same_tag_as AS tag, same_symbol_as AS symbol FROM markets ORDER BY id`
        const second = { id: 2, tag: 1, symbol: 1 }
        assert.deepStrictEqual(yield* pointers, [{ id: 1, tag: null, symbol: null }, second, { ...second, id: 3 }])
        yield* catalog.deleteMarket(yield* catalog.market(MarketId.make(1)))
        const left = [
          { id: 2, tag: null, symbol: null },
          { id: 3, tag: 2, symbol: 2 }
        ]
        assert.deepStrictEqual(yield* pointers, left)
        yield* catalog.deleteMarket(yield* catalog.market(MarketId.make(2)))
        assert.strictEqual((yield* catalog.marketOf("bybit.spot:btc-usdt")).id, 3)
        yield* catalog.deleteSymbol(yield* catalog.symbol("eth"))
        const names = yield* sql`SELECT symbol, symbol_key AS key, same_as FROM symbols WHERE id > 2 ORDER BY id`
        assert.deepStrictEqual(names, [
          { symbol: "ETH", key: "eth", same_as: null },
          { symbol: "Eth", key: "eth", same_as: 4 }
        ])
        // a refused deletion changes nothing
        yield* catalog.setFeedEnabled(MarketId.make(3), true)
        yield* Effect.flip(catalog.deleteMarket(yield* catalog.market(MarketId.make(3))))
        assert.deepStrictEqual(yield* pointers, [{ id: 3, tag: null, symbol: null }])
      }).pipe(Effect.provide(Layer.fresh(layerCatalog(environment))), Effect.scoped)
    }).pipe(Effect.scoped)
  )
})
