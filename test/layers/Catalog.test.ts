// Owns the proof of the catalog's repository: the same suite on the embedded database and on a Postgres server. Its
// markets are CatalogMarkets.test.ts's; what happens while a database is away is CatalogOutage.test.ts's.
import { assert, layer } from "@effect/vitest"
import { Effect, Exit, Result } from "effect"
import { SqlClient } from "effect/sql/SqlClient"
import { SymbolCode, SymbolId } from "../../src/domain/Asset.ts"
import { ExchangeId, ExchangeName } from "../../src/domain/Exchange.ts"
import { MarketId, NewMarket } from "../../src/domain/Market.ts"
import { Catalog } from "../../src/layers/Catalog.ts"
import { databases, layerFreshCatalog } from "../support/Databases.ts"
import { draft } from "../support/marketDraft.ts"

const code = (text: string) => SymbolCode.make(text)
const name = (text: string) => ExchangeName.make(text)
const NOBODY = [999, 2 ** 31, 2 ** 40, Number.MAX_SAFE_INTEGER]

for (const { name: kind, fresh } of databases) {
  layer(layerFreshCatalog(fresh), { timeout: "30 seconds" })(`Catalog on ${kind}`, (it) => {
    it.effect("stores symbols as given and lists them in the order of their ids", () =>
      Effect.gen(function* () {
        const catalog = yield* Catalog
        assert.deepStrictEqual(yield* catalog.symbols, [])
        const made = yield* Effect.forEach(["ETH", "1000SHIB", "USD.e", "Ωmega", "A-B_c", "हिन्दी"], (text) =>
          catalog.createSymbol(code(text))
        )
        assert.deepStrictEqual(yield* catalog.symbols, made)
        const ids = made.map((asset) => asset.id)
        assert.deepStrictEqual(
          ids,
          ids.toSorted((a, b) => a - b)
        )
        assert.deepStrictEqual(yield* catalog.symbol(made[3]!.id), made[3])
      })
    )

    it.effect("refuses a symbol twice, whatever its case and composition, naming the one there is", () =>
      Effect.gen(function* () {
        const catalog = yield* Catalog
        const names = { DOGE: ["DOGE", "doge"], "CAF\u00c9": ["CAFE\u0301", "cafe\u0301"], Ω: ["\u2126", "ω"] }
        for (const [stored, twins] of Object.entries(names)) {
          const { id } = yield* catalog.createSymbol(code(stored))
          for (const twin of twins) {
            const error = yield* Effect.flip(catalog.createSymbol(code(twin)))
            assert.deepInclude(error, { _tag: "AlreadyExists", entity: "symbol" })
            assert.strictEqual(error.detail, `The symbol ${stored} exists already, with id ${id}.`)
          }
        }
        assert.strictEqual((yield* catalog.createSymbol(code("E\u0301CU"))).symbol, "\u00c9CU", "kept composed")
      })
    )

    it.effect("refuses an exchange twice, whatever its case, naming the one there is", () =>
      Effect.gen(function* () {
        const catalog = yield* Catalog
        const kraken = yield* catalog.createExchange(name("Kraken"))
        assert.deepStrictEqual(yield* catalog.exchange(kraken.id), kraken)
        for (const again of ["Kraken", "kraken", "KRAKEN"]) {
          const error = yield* Effect.flip(catalog.createExchange(name(again)))
          assert.deepInclude(error, { _tag: "AlreadyExists", entity: "exchange" })
          assert.propertyVal(error, "detail", `The exchange Kraken exists already, with id ${kraken.id}.`)
        }
        assert.deepStrictEqual(
          (yield* catalog.exchanges).map((exchange) => exchange.name),
          ["Kraken"]
        )
      })
    )

    it.effect("answers NotFound for every id that no row has, however large", () =>
      Effect.gen(function* () {
        const catalog = yield* Catalog
        for (const id of NOBODY) {
          assert.deepInclude(yield* Effect.flip(catalog.symbol(SymbolId.make(id))), { entity: "symbol", id })
          assert.deepInclude(yield* Effect.flip(catalog.exchange(ExchangeId.make(id))), { entity: "exchange", id })
          assert.deepInclude(yield* Effect.flip(catalog.market(MarketId.make(id))), { entity: "market", id })
          const error = yield* Effect.flip(catalog.setFeedEnabled(MarketId.make(id), true))
          assert.deepInclude(error, { _tag: "NotFound", entity: "market", id })
        }
      })
    )

    it.effect("finds rows by name, the exact one first, and says where it can't tell which is meant", () =>
      Effect.gen(function* () {
        const [catalog, sql] = [yield* Catalog, yield* SqlClient]
        const wanted = yield* draft("Coinsbit")
        const { id } = yield* catalog.createMarket(new NewMarket(wanted))
        for (const tag of ["COINSBIT.SPOT:BTC-USD", "coinsbit.spot:btc-usd"]) {
          assert.strictEqual((yield* catalog.marketOf(tag)).id, id)
        }
        assert.strictEqual((yield* catalog.exchange("COINSBIT")).id, wanted.exchange_id)
        assert.deepInclude(yield* Effect.flip(catalog.marketOf("COINSBIT.SPOT:BTC-EUR")), {
          _tag: "NotFound",
          id: "COINSBIT.SPOT:BTC-EUR"
        })
        // as a catalog of earlier days may have them
        const rows = yield* sql<{ id: number }>`
          INSERT INTO exchanges (name, name_key, same_as) VALUES ('Coin\u017fbit', 'coinsbit', ${wanted.exchange_id})
          RETURNING id`
        assert.strictEqual((yield* catalog.exchange("Coinsbit")).id, wanted.exchange_id)
        const error = yield* Effect.flip(catalog.exchange("COINSBIT"))
        assert.deepInclude(error, { _tag: "Ambiguous", entity: "exchange", ids: [wanted.exchange_id, rows[0]!.id] })
        yield* sql`DELETE FROM exchanges WHERE id = ${rows[0]!.id}`
      })
    )

    it.effect("refuses names that only look like a known venue's, and keeps others without stray blanks", () =>
      Effect.gen(function* () {
        const catalog = yield* Catalog
        const looks = [
          "Kraken ",
          "kraken ",
          "Krak\u0435n",
          "\u041araken",
          "\uff2b\uff52aken",
          "Kra.ken",
          "Kr\u00e1ken",
          "BIT MEX",
          "B\u0456tstamp"
        ]
        for (const look of looks) {
          const error = yield* Effect.flip(catalog.createExchange(look))
          assert.strictEqual(error._tag, "MisleadingName", JSON.stringify(look))
        }
        assert.strictEqual((yield* catalog.createExchange("My  own Venue ")).name, "My own Venue")
        assert.strictEqual((yield* catalog.createExchange("KuCoin")).name, "KuCoin")
        assert.strictEqual((yield* Effect.flip(catalog.createExchange("my own venue")))._tag, "AlreadyExists")
      })
    )

    it.effect("stores one of many that ask for the same at once, and all of those that differ", () =>
      Effect.gen(function* () {
        const catalog = yield* Catalog
        const wanted = new NewMarket(yield* draft("Gate.io"))
        const same = yield* Effect.forEach(
          Array.from({ length: 20 }),
          () => Effect.result(catalog.createMarket(wanted)),
          {
            concurrency: "unbounded"
          }
        )
        assert.strictEqual(same.filter(Result.isSuccess).length, 1)
        const refused = same.filter(Result.isFailure).map((result) => result.failure._tag)
        assert.deepStrictEqual(
          refused,
          Array.from({ length: 19 }, () => "AlreadyExists")
        )
        const codes = Array.from({ length: 50 }, (_, index) => code(`C${index}`))
        yield* Effect.forEach(codes, (text) => catalog.createSymbol(text), { concurrency: "unbounded" })
        assert.includeMembers(
          (yield* catalog.symbols).map((asset) => asset.symbol),
          codes
        )
      })
    )

    it.effect("is ready", () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* Effect.exit((yield* Catalog).ready), Exit.void)
      })
    )

    it.effect("keeps its own bugs apart from a database that is away", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient
        const catalog = yield* Catalog
        yield* sql`ALTER TABLE symbols RENAME COLUMN symbol TO code`
        const broken = yield* Effect.exit(catalog.symbols)
        yield* sql`ALTER TABLE symbols RENAME COLUMN code TO symbol`
        assert.isTrue(Exit.hasDies(broken))
        yield* sql`ALTER TABLE symbols DROP CONSTRAINT symbols_symbol_check`
        const { id } = (yield* sql<{ id: number }>`INSERT INTO symbols (symbol) VALUES ('') RETURNING id`)[0]!
        assert.isTrue(Exit.hasDies(yield* Effect.exit(catalog.symbol(SymbolId.make(id)))))
      })
    )
  })
}
