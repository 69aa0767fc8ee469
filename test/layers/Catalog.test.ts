// Owns the proof of the catalog's repository: the same suite on the embedded database and on a Postgres server. What
// happens while a database is away is CatalogOutage.test.ts's.
import { assert, layer } from "@effect/vitest"
import { Effect, Exit, Result } from "effect"
import { SqlClient } from "effect/sql/SqlClient"
import { SymbolCode, SymbolId } from "../../src/domain/Asset.ts"
import { ExchangeId, ExchangeName } from "../../src/domain/Exchange.ts"
import { MarketId, NewMarket } from "../../src/domain/Market.ts"
import { Catalog } from "../../src/layers/Catalog.ts"
import { databases, layerFreshCatalog } from "../support/Databases.ts"

const code = (text: string) => SymbolCode.make(text)
const name = (text: string) => ExchangeName.make(text)
const NOBODY = [999, 2 ** 31, 2 ** 40, Number.MAX_SAFE_INTEGER]

/** The exchange, symbols and fields of a market that can be stored; each call has its own exchange. */
const draft = (exchange: string) =>
  Effect.gen(function* () {
    const catalog = yield* Catalog
    const symbol = (text: string) =>
      catalog
        .createSymbol(code(text))
        .pipe(
          Effect.catchTag("AlreadyExists", () =>
            Effect.map(catalog.symbols, (all) => all.find((asset) => asset.symbol === text)!)
          )
        )
    const [base, quote] = [yield* symbol("BTC"), yield* symbol("USD")]
    const { id } = yield* catalog
      .createExchange(name(exchange))
      .pipe(Effect.catchTag("AlreadyExists", () => Effect.orDie(catalog.exchange(exchange))))
    return { exchange_id: id, base_symbol_id: base.id, quote_symbol_id: quote.id, market_type: "SPOT" as const }
  })

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
    it.effect("stores a market with its exchange and symbols, switched off", () =>
      Effect.gen(function* () {
        const catalog = yield* Catalog
        const wanted = yield* draft("Coinbase")
        const market = yield* catalog.createMarket(new NewMarket({ ...wanted, native_symbol: "BTC-USD" }))
        assert.deepStrictEqual(market.exchange, yield* catalog.exchange(wanted.exchange_id))
        assert.deepStrictEqual(market.base_symbol, yield* catalog.symbol(wanted.base_symbol_id))
        assert.deepStrictEqual(market.quote_symbol, yield* catalog.symbol(wanted.quote_symbol_id))
        assert.deepInclude(market, { market_type: "SPOT", native_symbol: "BTC-USD", level4_feed_enabled: false })
        assert.deepStrictEqual(yield* catalog.market(market.id), market)
      })
    )
    it.effect("refuses a market twice, naming the one there is; another date or type is another market", () =>
      Effect.gen(function* () {
        const catalog = yield* Catalog
        const wanted = yield* draft("Deribit")
        const variants = [
          wanted,
          { ...wanted, market_type: "INVERSE" as const },
          { ...wanted, market_type: "FUTURE" as const, native_symbol: "BTC-25DEC26" },
          { ...wanted, market_type: "FUTURE" as const, native_symbol: "BTC-26MAR27" }
        ]
        for (const variant of variants) {
          const { id } = yield* catalog.createMarket(new NewMarket(variant))
          const error = yield* Effect.flip(catalog.createMarket(new NewMarket({ native_symbol: null, ...variant })))
          assert.deepInclude(error, { _tag: "AlreadyExists", entity: "market" })
          const native = "native_symbol" in variant ? variant.native_symbol : ""
          const expiry = { "": "", "BTC-25DEC26": "-20261225", "BTC-26MAR27": "-20270326" }[native]
          const tag = `DERIBIT.${variant.market_type}:BTC-USD${expiry}`
          assert.propertyVal(error, "detail", `The market ${tag} exists already, with id ${id}.`)
        }
        const renamed = { ...wanted, native_symbol: "BTC_USD" }
        const error = yield* Effect.flip(catalog.createMarket(new NewMarket(renamed)))
        assert.match(String(Object(error).detail), /^The market DERIBIT.SPOT:BTC-USD exists already/)
      })
    )
    it.effect("refuses a market that the venue knows by a name it has already, however it is written here", () =>
      Effect.gen(function* () {
        const catalog = yield* Catalog
        // each time the first by the venue's rule, then names for the very same
        const cases = [
          ["Binance", ["BTCUSD", "btcusd"]],
          ["Kraken", ["BTC/USD"]],
          ["Poloniex", ["BTC_USD"]]
        ] as const
        const xbt = yield* catalog.createSymbol(code("XBT"))
        for (const [venue, names] of cases) {
          const wanted = yield* draft(venue)
          const { id } = yield* catalog.createMarket(new NewMarket(wanted))
          for (const native_symbol of names) {
            // the same pair, and another one that says it is the same contract
            for (const base_symbol_id of [wanted.base_symbol_id, xbt.id]) {
              const again = new NewMarket({ ...wanted, base_symbol_id, native_symbol })
              const error = yield* Effect.flip(catalog.createMarket(again))
              assert.deepInclude(error, { _tag: "AlreadyExists", entity: "market" })
              assert.include(
                String(Object(error).detail),
                `${venue.toUpperCase()}.SPOT:BTC-USD exists already, with id ${id}.`
              )
            }
          }
        }
        // Kraken's own rule spells XBT as BTC; its names have a case: AAPLx is no AAPLX
        const [kraken, usd] = [
          yield* catalog.exchange("kraken"),
          (yield* catalog.symbols).find(({ symbol }) => symbol === "USD")!
        ]
        const other = { exchange_id: kraken.id, quote_symbol_id: usd.id, market_type: "SPOT" as const }
        const byRule = yield* Effect.flip(catalog.createMarket(new NewMarket({ ...other, base_symbol_id: xbt.id })))
        assert.deepInclude(byRule, { _tag: "AlreadyExists" })
        const lower = new NewMarket({ ...other, base_symbol_id: xbt.id, native_symbol: "btc/usd" })
        assert.strictEqual((yield* catalog.createMarket(lower)).native_symbol, "btc/usd")
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
    it.effect("refuses a market of an unknown exchange or symbol, naming the field", () =>
      Effect.gen(function* () {
        const catalog = yield* Catalog
        const wanted = yield* draft("OKX")
        for (const field of ["exchange_id", "base_symbol_id", "quote_symbol_id"] as const) {
          for (const id of NOBODY) {
            const error = yield* Effect.flip(catalog.createMarket(new NewMarket({ ...wanted, [field]: id })))
            assert.deepInclude(error, { _tag: "UnknownReference", field, id })
          }
        }
      })
    )
    it.effect("refuses a market that contradicts itself", () =>
      Effect.gen(function* () {
        const catalog = yield* Catalog
        const wanted = yield* draft("Bybit")
        const same = { ...wanted, quote_symbol_id: wanted.base_symbol_id }
        assert.deepInclude(yield* Effect.flip(catalog.createMarket(new NewMarket(same))), {
          _tag: "InvalidMarket",
          field: "quote_symbol_id"
        })
        const undated = { ...wanted, market_type: "FUTURE" as const }
        assert.deepInclude(yield* Effect.flip(catalog.createMarket(new NewMarket(undated))), {
          _tag: "InvalidMarket",
          field: "native_symbol"
        })
      })
    )
    it.effect("lets the database itself refuse what must never be stored", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient
        const { exchange_id, base_symbol_id, quote_symbol_id } = yield* draft("Gemini")
        const insert = (exchange: number, base: number, quote: number, type: string, native: string | null) =>
          sql`INSERT INTO markets (exchange_id, base_symbol_id, quote_symbol_id, market_type, native_symbol)
              VALUES (${exchange}, ${base}, ${quote}, ${type}, ${native})`
        yield* insert(exchange_id, base_symbol_id, quote_symbol_id, "SPOT", null)
        const refused = [
          sql`INSERT INTO symbols (symbol) VALUES ('BTC')`,
          sql`INSERT INTO exchanges (name) VALUES ('GEMINI')`,
          insert(exchange_id, base_symbol_id, quote_symbol_id, "SPOT", null),
          insert(9999, base_symbol_id, quote_symbol_id, "SPOT", null),
          insert(exchange_id, 9999, quote_symbol_id, "SPOT", null),
          insert(exchange_id, base_symbol_id, 9999, "SPOT", null),
          insert(exchange_id, base_symbol_id, base_symbol_id, "SPOT", null),
          insert(exchange_id, base_symbol_id, quote_symbol_id, "OPTION", null),
          insert(exchange_id, base_symbol_id, quote_symbol_id, "FUTURE", null),
          sql`INSERT INTO symbols (symbol, symbol_key) VALUES ('Btc', 'btc')`,
          sql`INSERT INTO exchanges (name, name_key) VALUES ('Gémini', 'gemini')`,
          sql`INSERT INTO markets (exchange_id, base_symbol_id, quote_symbol_id, market_type, tag_key)
              VALUES (${exchange_id}, ${base_symbol_id}, ${quote_symbol_id}, 'PERP', 'kraken.spot:btc-usd')`,
          sql`INSERT INTO markets (exchange_id, base_symbol_id, quote_symbol_id, market_type, effective_symbol)
              SELECT exchange_id, quote_symbol_id, base_symbol_id, market_type, effective_symbol
              FROM markets WHERE tag_key = 'kraken.spot:btc-usd'`,
          sql`DELETE FROM exchanges WHERE id = ${exchange_id}`,
          sql`DELETE FROM symbols WHERE id = ${base_symbol_id}`
        ]
        const tags = yield* Effect.forEach(refused, (statement) =>
          Effect.map(Effect.flip(statement), (error) => error.reason._tag)
        )
        assert.deepStrictEqual(
          tags.filter((tag) => tag !== "ConstraintError" && tag !== "UniqueViolation"),
          []
        )
      })
    )
    it.effect("lists markets by every filter, alone and together", () =>
      Effect.gen(function* () {
        const catalog = yield* Catalog
        const wanted = yield* draft("Bitstamp")
        const other = yield* catalog.createSymbol(code("EUR"))
        const spot = yield* catalog.createMarket(new NewMarket(wanted))
        const perp = yield* catalog.createMarket(new NewMarket({ ...wanted, market_type: "PERP" }))
        const euro = yield* catalog.createMarket(new NewMarket({ ...wanted, quote_symbol_id: other.id }))
        const cross = yield* catalog.createMarket(
          new NewMarket({ ...wanted, base_symbol_id: other.id, quote_symbol_id: wanted.base_symbol_id })
        )
        yield* catalog.setFeedEnabled(perp.id, true)
        const { exchange_id } = wanted
        const listed = (filter: Parameters<typeof catalog.markets>[0]) =>
          Effect.map(catalog.markets({ exchange_id, ...filter }), (markets) => markets.map((market) => market.id))
        assert.deepStrictEqual(yield* listed({}), [spot.id, perp.id, euro.id, cross.id])
        assert.deepStrictEqual(yield* listed({ enabled: true }), [perp.id])
        assert.deepStrictEqual(yield* listed({ enabled: false }), [spot.id, euro.id, cross.id])
        assert.deepStrictEqual(yield* listed({ base_symbol_id: other.id }), [cross.id])
        assert.deepStrictEqual(yield* listed({ quote_symbol_id: other.id }), [euro.id])
        assert.deepStrictEqual(yield* listed({ market_type: "SPOT" }), [spot.id, euro.id, cross.id])
        assert.deepStrictEqual(yield* listed({ market_type: "SPOT", quote_symbol_id: wanted.quote_symbol_id }), [
          spot.id
        ])
        assert.deepStrictEqual(yield* listed({ exchange_id: ExchangeId.make(2 ** 40) }), [])
        assert.includeMembers(
          (yield* catalog.markets({})).map((market) => market.id),
          [spot.id, perp.id, euro.id, cross.id]
        )
      })
    )
    it.effect("switches a market on and off, as often as asked", () =>
      Effect.gen(function* () {
        const catalog = yield* Catalog
        const market = yield* catalog.createMarket(new NewMarket(yield* draft("Bitfinex")))
        for (const enabled of [true, true, false, false, true]) {
          const answer = yield* catalog.setFeedEnabled(market.id, enabled)
          assert.deepStrictEqual(answer, yield* catalog.market(market.id))
          assert.strictEqual(answer.level4_feed_enabled, enabled)
        }
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
