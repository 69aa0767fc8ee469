// Owns the proof that a catalog of an earlier level4, which may hold rows that are the same, goes on working: each is
// reported, none is dropped, and no new one can be added.
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Logger, References } from "effect"
import * as Migrator from "effect/sql/Migrator"
import { SqlClient } from "effect/sql/SqlClient"
import createCatalog from "../../migrations/0001_create_catalog.ts"
import type { ExchangeId } from "../../src/domain/Exchange.ts"
import { NewMarket, tagOf } from "../../src/domain/Market.ts"
import { Catalog } from "../../src/layers/Catalog.ts"
import { Database } from "../../src/layers/Database.ts"
import { databases, layerCatalog, layerSettings } from "../support/Databases.ts"

/** A catalog as the first level4 made it, with rows that are the same by today's measure. */
const early = Effect.gen(function* () {
  const sql = yield* SqlClient
  const loader = Migrator.fromRecord({ "0001_create_catalog": createCatalog })
  yield* Migrator.make({})({ loader, table: "level4_migrations" })
  yield* sql`INSERT INTO symbols (symbol) VALUES ('BTC'), ('USDT'), ('btc'), ('usdt')`
  yield* sql`INSERT INTO exchanges (name) VALUES ('Bybit'), ('Nowhere')`
  yield* sql`
    INSERT INTO markets (exchange_id, base_symbol_id, quote_symbol_id, market_type, native_symbol, level4_feed_enabled)
    VALUES (1, 1, 2, 'SPOT', null, false), (1, 1, 2, 'SPOT', 'BTCUSDT', true), (1, 3, 4, 'SPOT', null, false),
      (1, 1, 2, 'SPOT', 'BTCUSDTX', false), (1, 1, 2, 'FUTURE', 'BTCUSDT-25DEC26', false),
      (1, 1, 2, 'FUTURE', 'BTCUSDT-26MAR27', false), (2, 1, 2, 'SPOT', 'a\u200eb', false)`
})

const warnings = (lines: Array<string>) =>
  Layer.merge(
    Logger.layer([Logger.make(({ logLevel, message }) => void (logLevel === "Warn" && lines.push(String(message))))]),
    Layer.succeed(References.MinimumLogLevel)("Debug")
  )

describe("CatalogDuplicates", () => {
  for (const { name, fresh } of databases) {
    it.live(`reports what is the same on ${name}, and keeps all of it working`, () =>
      Effect.gen(function* () {
        const environment = yield* fresh
        yield* early.pipe(Effect.provide(Layer.fresh(Database.layer.pipe(Layer.provide(layerSettings(environment))))))
        const expected = [
          "btc in symbols (id 3) is the same name as that with id 1: use the earlier one",
          "usdt in symbols (id 4) is the same name as that with id 2: use the earlier one",
          "market 2 (BYBIT.SPOT:BTC-USDT) is for its venue the same as market 1: use the earlier one, or name it by its id",
          "market 3 (BYBIT.SPOT:btc-usdt) is for its venue the same as market 1: use the earlier one, or name it by its id",
          "market 4 (BYBIT.SPOT:BTC-USDT) has the tag of market 1: use the earlier one, or name it by its id"
        ]
        // the second start finds all settled, and reports it again
        for (const start of [1, 2]) {
          const lines: Array<string> = []
          yield* Effect.gen(function* () {
            const [catalog, sql] = [yield* Catalog, yield* SqlClient]
            const markets = yield* catalog.markets({})
            assert.deepStrictEqual(
              markets.map((market) => [market.id, tagOf(market), market.level4_feed_enabled]),
              [
                [1, "BYBIT.SPOT:BTC-USDT", false],
                [2, "BYBIT.SPOT:BTC-USDT", start === 1],
                [3, "BYBIT.SPOT:btc-usdt", false],
                [4, "BYBIT.SPOT:BTC-USDT", false],
                [5, "BYBIT.FUTURE:BTC-USDT-20261225", false],
                [6, "BYBIT.FUTURE:BTC-USDT-20270326", false],
                [7, "NOWHERE.SPOT:BTC-USDT", false]
              ]
            )
            assert.deepStrictEqual(lines, expected, `start ${start}`)
            yield* catalog.setFeedEnabled(markets[1]!.id, false)
            const exact = yield* Effect.flip(catalog.marketOf("BYBIT.SPOT:BTC-USDT"))
            assert.deepInclude(exact, { _tag: "Ambiguous", ids: [1, 2, 3, 4] })
            assert.strictEqual((yield* catalog.marketOf("BYBIT.SPOT:btc-usdt")).id, 3, "the exact one")
            for (const native_symbol of [null, "BTCUSDT", "another"]) {
              const again = { exchange_id: 1 as ExchangeId, base_symbol_id: markets[0]!.base_symbol.id, native_symbol }
              const quote_symbol_id = markets[0]!.quote_symbol.id
              const error = yield* Effect.flip(
                catalog.createMarket(new NewMarket({ ...again, quote_symbol_id, market_type: "SPOT" }))
              )
              assert.strictEqual(error._tag, "AlreadyExists")
            }
            const twins = yield* sql`
              SELECT id, same_tag_as, same_symbol_as FROM markets
              WHERE same_tag_as IS NOT NULL OR same_symbol_as IS NOT NULL ORDER BY id`
            assert.deepStrictEqual(twins, [
              { id: 2, same_tag_as: 1, same_symbol_as: 1 },
              { id: 3, same_tag_as: 1, same_symbol_as: 1 },
              { id: 4, same_tag_as: 1, same_symbol_as: null }
            ])
          }).pipe(
            Effect.provide(Layer.fresh(layerCatalog(environment)).pipe(Layer.provideMerge(warnings(lines)))),
            Effect.scoped
          )
        }
      })
    )
    it.live(`corrects on ${name} what a scheme of today spells differently`, () =>
      Effect.gen(function* () {
        const environment = yield* fresh
        yield* early.pipe(Effect.provide(Layer.fresh(Database.layer.pipe(Layer.provide(layerSettings(environment))))))
        const start = <A, E>(use: Effect.Effect<A, E, Catalog | SqlClient>) =>
          use.pipe(Effect.provide(Layer.fresh(layerCatalog(environment))), Effect.scoped)
        const keys = Effect.flatMap(
          SqlClient,
          (sql) => sql`SELECT id, tag_key, effective_symbol, same_tag_as, same_symbol_as FROM markets ORDER BY id`
        )
        const settled = yield* start(Effect.andThen(Catalog, keys))
        // the keys of two rows changed places, as far as the database can tell
        yield* start(
          Effect.flatMap(
            SqlClient,
            (sql) => sql`
              UPDATE markets SET effective_symbol = 'old' || id, same_tag_as = CASE WHEN id = 1 THEN 2 END,
                tag_key = CASE id WHEN 5 THEN NULL WHEN 6 THEN 'bybit.future:btc-usdt-20261225' ELSE 'x' || id END`
          )
        )
        assert.deepStrictEqual(yield* start(Effect.andThen(Catalog, keys)), settled)
      })
    )
  }
})
