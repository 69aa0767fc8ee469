// Owns the proof of what comes into the catalog by many at once, and of its rules: the same suite on the embedded
// database and on a Postgres server.
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql/SqlClient"
import { SymbolCode } from "../../src/domain/Asset.ts"
import { ExchangeName } from "../../src/domain/Exchange.ts"
import { NewMarket, tagOf } from "../../src/domain/Market.ts"
import { RuleId } from "../../src/domain/Rule.ts"
import { Catalog } from "../../src/layers/Catalog.ts"
import type { ListedRow } from "../../src/layers/ListedMarketQueries.ts"
import { databases, layerFreshCatalog } from "../support/Databases.ts"
import { draft } from "../support/marketDraft.ts"

const row = (base: string, quote = "USD", more: Partial<ListedRow> = {}): ListedRow => ({
  base,
  quote,
  market_type: "SPOT",
  native_symbol: null,
  ...more
})
const exchangeOf = (name: string) =>
  Effect.flatMap(Catalog, (catalog) => catalog.createExchange(ExchangeName.make(name)))
const rowsIn = (table: string) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient
    const [found] = yield* sql<{ n: number }>`SELECT count(*)::integer AS n FROM ${sql(table)}`
    return found!.n
  })

for (const { name: kind, fresh } of databases) {
  layer(layerFreshCatalog(fresh), { timeout: "30 seconds" })(`Listed markets on ${kind}`, (it) => {
    it.effect("adds markets with their symbols, verified and off, in the order given, and once", () =>
      Effect.gen(function* () {
        const catalog = yield* Catalog
        const exchange = yield* exchangeOf("Kraken")
        yield* catalog.createSymbol(SymbolCode.make("eur"))
        const dated = { market_type: "FUTURE", native_symbol: "FI_XBTEUR_261225" } as const
        const rows = [
          row("BTC", "EUR"),
          row("ETH", "EUR"),
          row("BTC", "EUR", dated),
          row("DOGE", "EUR", { native_symbol: "XDG/EUR" })
        ]
        const ids = yield* catalog.addListed(exchange, rows)
        const markets = yield* catalog.markets({ exchange_id: exchange.id })
        assert.deepStrictEqual(
          markets.map(({ id }) => id),
          ids
        )
        assert.deepStrictEqual(markets.map(tagOf), [
          "KRAKEN.SPOT:BTC-eur",
          "KRAKEN.SPOT:ETH-eur",
          "KRAKEN.FUTURE:BTC-eur-20261225-FI",
          "KRAKEN.SPOT:DOGE-eur"
        ])
        assert.deepStrictEqual(
          markets.map((market) => [market.native_symbol, market.unverified, market.level4_feed_enabled]),
          [null, null, "FI_XBTEUR_261225", "XDG/EUR"].map((native) => [native, false, false])
        )
        assert.deepStrictEqual(yield* catalog.addListed(exchange, rows), [])
        assert.strictEqual((yield* catalog.markets({ exchange_id: exchange.id })).length, 4)
      })
    )

    it.effect("keeps the forms by which single markets are refused as twins", () =>
      Effect.gen(function* () {
        const catalog = yield* Catalog
        const wanted = yield* draft("Poloniex")
        const exchange = yield* catalog.exchange(wanted.exchange_id)
        const [id] = yield* catalog.addListed(exchange, [row("BTC", "USD")])
        assert.isDefined(id)
        for (const native_symbol of [null, "BTC_USD"]) {
          const error = yield* Effect.flip(catalog.createMarket(new NewMarket({ ...wanted, native_symbol })))
          assert.deepInclude(error, { _tag: "AlreadyExists", id })
        }
        // and the other way round: by its name at the venue alone
        assert.deepStrictEqual(
          yield* catalog.addListed(exchange, [row("XBT", "USD", { native_symbol: "BTC_USD" })]),
          []
        )
      })
    )

    it.effect(
      "adds a thousand in two statements, with names that need care, and burns no numbers on the next time",
      () =>
        Effect.gen(function* () {
          const catalog = yield* Catalog
          const exchange = yield* exchangeOf("HitBTC")
          const rows = Array.from({ length: 999 }, (_, n) => row(`A${n}`, "USDT"))
          const odd = row("Ω_", "USDT", { native_symbol: `Ω"'\\;--` })
          assert.lengthOf(yield* catalog.addListed(exchange, [...rows, odd]), 1000)
          assert.strictEqual(
            (yield* catalog.markets({ exchange_id: exchange.id })).at(-1)?.native_symbol,
            odd.native_symbol
          )
          const symbols = yield* rowsIn("symbols")
          yield* catalog.addListed(exchange, [...rows, odd])
          assert.strictEqual(yield* rowsIn("symbols"), symbols)
          const next = yield* catalog.createSymbol(SymbolCode.make("NEXT"))
          const after = yield* catalog.createSymbol(SymbolCode.make("AFTER"))
          assert.strictEqual(after.id, next.id + 1)
          assert.isAtMost(next.id, symbols + 10)
        })
    )

    it.effect("leaves out what hangs on an exchange that is gone", () =>
      Effect.gen(function* () {
        const [catalog, sql] = [yield* Catalog, yield* SqlClient]
        const exchange = yield* exchangeOf("Gone")
        yield* sql`DELETE FROM exchanges WHERE id = ${exchange.id}`
        assert.deepStrictEqual(yield* catalog.addListed(exchange, [row("BTC")]), [])
      })
    )

    it.effect("keeps rules: made enabled, found, switched, listed in order, removed", () =>
      Effect.gen(function* () {
        const { rules } = yield* Catalog
        const one = yield* rules.create({ pattern: "KRAKEN.SPOT:*-USD", start: true, max_markets: 10 })
        const two = yield* rules.create({ pattern: "*", start: false, max_markets: 5000 })
        assert.deepInclude(one, { pattern: "KRAKEN.SPOT:*-USD", start: true, max_markets: 10, enabled: true })
        assert.deepStrictEqual(yield* rules.all, [one, two])
        const off = yield* rules.setEnabled(one.id, false)
        assert.deepInclude(off, { id: one.id, pattern: one.pattern, enabled: false })
        assert.deepStrictEqual(yield* rules.find(one.id), off)
        assert.strictEqual(yield* rules.disableAll, 1)
        assert.strictEqual(yield* rules.disableAll, 0)
        yield* rules.remove(two.id)
        assert.deepStrictEqual(yield* rules.all, [off])
        for (const id of [two.id, RuleId.make(2 ** 40)]) {
          const calls = [rules.find(id), rules.setEnabled(id, true), rules.remove(id)]
          for (const call of calls) {
            assert.deepInclude(yield* Effect.flip(call), { _tag: "NotFound", entity: "rule", id })
          }
        }
      })
    )

    it.effect("refuses a pattern twice, whatever its case, naming the rule there is", () =>
      Effect.gen(function* () {
        const { rules } = yield* Catalog
        const { id } = yield* rules.create({ pattern: "Gemini.*", start: true, max_markets: 1 })
        for (const pattern of ["GEMINI.*", "gemini.**"]) {
          const error = yield* Effect.flip(rules.create({ pattern, start: false, max_markets: 2 }))
          assert.deepInclude(error, { _tag: "AlreadyExists", entity: "rule", id, name: "Gemini.*" })
        }
      })
    )
  })
}
