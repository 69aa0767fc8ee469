// Owns the proof of the catalog's markets: the same suite on the embedded database and on a Postgres server. Symbols,
// exchanges and names are Catalog.test.ts's.
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql/SqlClient"
import { SymbolCode } from "../../src/domain/Asset.ts"
import { ExchangeId } from "../../src/domain/Exchange.ts"
import { MarketId, NewMarket } from "../../src/domain/Market.ts"
import { Catalog } from "../../src/layers/Catalog.ts"
import { databases, layerFreshCatalog } from "../support/Databases.ts"
import { draft } from "../support/marketDraft.ts"

const code = (text: string) => SymbolCode.make(text)
const NOBODY = [999, 2 ** 31, 2 ** 40, Number.MAX_SAFE_INTEGER]

for (const { name: kind, fresh } of databases) {
  layer(layerFreshCatalog(fresh), { timeout: "30 seconds" })(`Markets of the catalog on ${kind}`, (it) => {
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

    it.effect("marks a market that no listing has shown, until one does", () =>
      Effect.gen(function* () {
        const catalog = yield* Catalog
        const wanted = yield* draft("HitBTC")
        const unknown = yield* catalog.createMarket(new NewMarket(wanted))
        const shown = yield* catalog.createMarket(new NewMarket({ ...wanted, market_type: "PERP" }), {
          unverified: false
        })
        assert.deepStrictEqual([unknown.unverified, shown.unverified], [true, false])
        const others = (yield* catalog.markets({})).filter(({ id }) => id !== unknown.id)
        const many = Array.from({ length: 1_500 }, (_, index) => MarketId.make(1_000_000 + index))
        yield* catalog.setVerified([...many, unknown.id, shown.id])
        assert.isFalse((yield* catalog.market(unknown.id)).unverified)
        yield* catalog.setVerified([])
        assert.deepStrictEqual(
          (yield* catalog.markets({})).filter(({ id }) => id !== unknown.id),
          others
        )
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
  })
}
