// What venues list, over HTTP: filtered, in pages, with the age of what is known, and an answer to act on where nothing
// is.
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { ApiClient, layerApi } from "../support/ApiClient.ts"
import { idOf, newExchange, newSymbol } from "../support/apiRows.ts"
import { assertProblem } from "../support/assertProblem.ts"
import { inMemory } from "../support/Catalogs.ts"
import { instrument, ListingControl } from "../support/FakeInstruments.ts"
import { CatalogFaults } from "../support/MemoryCatalog.ts"

const spot = (native_symbol: string, base: string, quote: string) => instrument({ native_symbol, base, quote })
const KRAKEN = [
  spot("ETH/USD", "ETH", "USD"),
  instrument({
    native_symbol: "BTC/USD",
    base: "BTC",
    quote: "USD",
    price_tick: "0.1",
    size_step: "0.00000001",
    min_size: "0.00005",
    min_notional: "0.5"
  }),
  instrument({ native_symbol: "DOGE/EUR", base: "DOGE", quote: "EUR", status: "halted" }),
  instrument({
    native_symbol: "FI_XBTUSD_261225",
    base: "BTC",
    quote: "USD",
    settle: "BTC",
    market_type: "FUTURE",
    size_unit: "contracts",
    contract_value: "1 USD",
    expires_at: 1_798_214_400_000_000
  }),
  instrument({ native_symbol: "PF_XBTUSD", base: "BTC", quote: "USD", market_type: "PERP" })
]

const list = (path: string) =>
  Effect.gen(function* () {
    const { send } = yield* ApiClient
    const answer = yield* send("GET", path)
    assert.strictEqual(answer.status, 200, answer.text)
    const rows = answer.json as ReadonlyArray<Record<string, unknown>>
    return { ...answer, rows, natives: rows.map((row) => row["native_symbol"]) }
  })

layer(layerApi(inMemory), { excludeTestServices: true })("GET /exchanges/:id/instruments", (it) => {
  it.effect("gives every fact of each instrument, and its market where there is one", () =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      const control = yield* ListingControl
      control.list("Kraken", KRAKEN)
      const exchange_id = yield* newExchange("Kraken")
      const [base_symbol_id, quote_symbol_id] = [yield* newSymbol("BTC"), yield* newSymbol("USD")]
      const market = { exchange_id, base_symbol_id, quote_symbol_id, market_type: "SPOT" }
      const market_id = idOf((yield* send("POST", "/markets", market)).json)
      for (const reference of [exchange_id, "Kraken", "kraken"]) {
        const { headers, natives, rows } = yield* list(`/exchanges/${reference}/instruments`)
        assert.deepStrictEqual(natives, ["FI_XBTUSD_261225", "PF_XBTUSD", "BTC/USD", "DOGE/EUR", "ETH/USD"])
        assert.deepStrictEqual(rows[2], {
          native_symbol: "BTC/USD",
          base: "BTC",
          quote: "USD",
          settle: null,
          market_type: "SPOT",
          price_tick: "0.1",
          size_step: "0.00000001",
          min_size: "0.00005",
          min_notional: "0.5",
          size_unit: "base",
          contract_value: null,
          status: "trading",
          listed_at: null,
          expires_at: null,
          tag: "KRAKEN.SPOT:BTC-USD",
          market_id
        })
        assert.deepInclude(rows[0], {
          tag: "KRAKEN.FUTURE:BTC-USD-20261225-FI",
          contract_value: "1 USD",
          market_id: null
        })
        assert.strictEqual(headers.get("age"), "0")
        assert.isNull(headers.get("link"))
      }
    })
  )

  it.effect("filters by every field, each without case where it is a name", () =>
    Effect.gen(function* () {
      const control = yield* ListingControl
      control.list("Kraken", KRAKEN)
      const cases = {
        "market_type=spot&quote=usd": ["BTC/USD", "ETH/USD"],
        "market_type=PERP": ["PF_XBTUSD"],
        "base=btc": ["FI_XBTUSD_261225", "PF_XBTUSD", "BTC/USD"],
        "status=halted": ["DOGE/EUR"],
        "q=xbt": ["FI_XBTUSD_261225", "PF_XBTUSD"],
        "q=perp%3Abtc-": ["PF_XBTUSD"],
        "q=dog&status=trading": [],
        "base=XBT": []
      }
      for (const [query, wanted] of Object.entries(cases)) {
        assert.deepStrictEqual((yield* list(`/exchanges/kraken/instruments?${query}`)).natives, wanted, query)
      }
      assert.include(control.asked, "kraken PERP", "other types are not asked for")
    })
  )

  it.effect("gives pages, each with the address of the next, also when the last row seen is gone", () =>
    Effect.gen(function* () {
      const control = yield* ListingControl
      control.list("Kraken", KRAKEN)
      const seen: Array<unknown> = []
      let path: string | undefined = "/exchanges/Kraken/instruments?limit=2&quote=USD"
      while (path !== undefined) {
        const { headers, natives }: Effect.Success<ReturnType<typeof list>> = yield* list(path)
        seen.push(natives)
        path = /^<(.*)>; rel="next"$/.exec(headers.get("link") ?? "")?.[1]
        if (seen.length === 1)
          control.list(
            "Kraken",
            KRAKEN.filter(({ native_symbol }) => native_symbol !== "PF_XBTUSD")
          )
      }
      assert.deepStrictEqual(seen, [
        ["FI_XBTUSD_261225", "PF_XBTUSD"],
        ["BTC/USD", "ETH/USD"]
      ])
      const { natives } = yield* list("/exchanges/Kraken/instruments?cursor=SPOT:BTC/USD")
      assert.deepStrictEqual(natives, ["DOGE/EUR", "ETH/USD"])
    })
  )

  it.effect("refuses what is no filter, limit or cursor, naming it", () =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      for (const query of ["limit=0", "limit=5001", "cursor=BTC", "market_type=OPTION", "status=open", "q=", "x=1"]) {
        const answer = yield* send("GET", `/exchanges/Kraken/instruments?${query}`)
        const name = query.split("=")[0]!
        const { errors } = assertProblem(answer, 400, "invalid-request")
        assert.deepInclude((errors as ReadonlyArray<object>)[0], { in: "query", path: `/${name}` }, query)
      }
    })
  )

  it.effect("says why a venue's listing can't be had, and gives what is known when asked for it", () =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      const control = yield* ListingControl
      const nothing = assertProblem(yield* send("GET", "/exchanges/bybit/instruments"), 503, "listing-unavailable", {
        exchange: "bybit",
        age: null
      })
      assert.match(String(nothing["detail"]), /connection refused\. Nothing of it is known\.$/)
      assertProblem(yield* send("GET", "/exchanges/bybit/instruments?stale=true"), 503, "listing-unavailable")
      control.list("Bybit", [spot("BTCUSDT", "BTC", "USDT")])
      control.fail("Bybit", "429 from api.bybit.com")
      control.at = (Date.now() - 90_500) * 1_000
      const down = yield* send("GET", "/exchanges/Bybit/instruments")
      assertProblem(down, 503, "listing-unavailable", { exchange: "Bybit", age: 90 })
      const { headers, natives } = yield* list("/exchanges/Bybit/instruments?stale=true")
      assert.deepStrictEqual(natives, ["BTCUSDT"])
      assert.strictEqual(headers.get("age"), "90")
      control.at = null
    })
  )

  it.effect("names those that level4 follows where it does not follow this one", () =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      const unknown = yield* send("GET", "/exchanges/Krakem/instruments")
      const problem = assertProblem(unknown, 422, "exchange-not-followed", { exchange: "Krakem" })
      assert.match(
        String(problem["detail"]),
        /^level4 follows no Krakem\. Did you mean Kraken\? It can follow Binance, /
      )
      const id = yield* newExchange("Nowhere at all")
      assertProblem(yield* send("GET", `/exchanges/${id}/instruments`), 422, "exchange-not-followed")
      assertProblem(yield* send("GET", "/exchanges/31337/instruments"), 404, "not-found", { entity: "exchange" })
    })
  )

  it.effect("answers by name while the catalog is down, knowing no markets", () =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      const control = yield* ListingControl
      const faults = yield* CatalogFaults
      control.list("Kraken", KRAKEN)
      faults.down = true
      const { rows } = yield* list("/exchanges/Kraken/instruments?q=BTC/USD")
      assert.deepInclude(rows[0], { native_symbol: "BTC/USD", market_id: null })
      assertProblem(yield* send("GET", "/exchanges/1/instruments"), 503, "catalog-unavailable")
      faults.down = false
    })
  )
})
