// Quotes over HTTP: of one market and over all venues of a pair, of live books alone, and never of less than was asked.
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { ApiClient, layerApi } from "../support/ApiClient.ts"
import { newExchange, newSymbol, unique } from "../support/apiRows.ts"
import { assertProblem } from "../support/assertProblem.ts"
import { inMemory } from "../support/Catalogs.ts"
import { FeedControl, SINCE } from "../support/FakeFeeds.ts"

/** A running market of a venue whose sizes count the base currency, and the symbols that it is between. */
const started = (exchange: string, symbols?: { readonly base: number; readonly quote: number }) =>
  Effect.gen(function* () {
    const { send } = yield* ApiClient
    const { base, quote } = symbols ?? { base: yield* newSymbol(unique("B")), quote: yield* newSymbol(unique("Q")) }
    const found = yield* send("GET", `/exchanges/${exchange}`)
    const exchange_id = found.status === 200 ? Number(Object(found.json).id) : yield* newExchange(exchange)
    const ids = { exchange_id, base_symbol_id: base, quote_symbol_id: quote, market_type: "SPOT" }
    const { json } = yield* send("POST", "/markets", ids)
    const { id, tag } = Object(json)
    assert.strictEqual((yield* send("PATCH", `/markets/${id}`, { level4_feed_enabled: true })).status, 200)
    return { id: Number(id), tag: String(tag), pair: String(tag).split(":")[1]!, base, quote }
  })

layer(layerApi(inMemory), { excludeTestServices: true })("GET /markets/:id/quote", (it) => {
  it.effect("walks the side that the order meets, in the market's own unit", () =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      const { id, tag } = yield* started("Kraken")
      const quoted = (query: string, name: string | number = id) =>
        Effect.map(send("GET", `/markets/${name}/quote?${query}`), ({ json, status, text }) => {
          assert.strictEqual(status, 200, text)
          const { age_ms, ...rest } = Object(json)
          assert.isAtLeast(age_ms, 0)
          return rest
        })
      const place = { size_unit: "base", state: "live", epoch: 1, seq: 7, ts_exchange: null, ts_received: SINCE }
      const head = { market_id: id, tag }
      assert.deepStrictEqual(yield* quoted("side=buy&size=0.750"), {
        ...head,
        side: "buy",
        size: "0.75",
        vwap: "1001.33333333",
        best_price: "1001",
        worst_price: "1002",
        notional: "751",
        levels: 2,
        ...place
      })
      const sold = yield* quoted("side=sell&size=50", encodeURIComponent(tag.toLowerCase()))
      assert.deepInclude(sold, {
        best_price: "1000",
        worst_price: "901",
        levels: 100,
        vwap: "950.5",
        notional: "47525"
      })
    })
  )

  it.effect("refuses a size that the book does not hold, and a book that is not live", () =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      const control = yield* FeedControl
      const { id, tag } = yield* started("Kraken")
      const path = `/markets/${id}/quote?side=buy&size=50.5`
      const shallow = assertProblem(yield* send("GET", path), 409, "insufficient-depth", {
        size: "50.5",
        available: "50"
      })
      assert.include(shallow["detail"], `The asks of ${tag} hold 50, less than 50.5.`)
      control.state = "stale"
      assertProblem(yield* send("GET", path), 503, "book-not-live", { market_id: id, state: "stale" })
      control.state = "live"
      yield* send("PATCH", `/markets/${id}`, { level4_feed_enabled: false })
      assertProblem(yield* send("GET", path), 503, "book-not-live", { state: "stopped" })
    })
  )

  it.effect.each(["0", "0.0", "-1", "1e3", "", "abc", ".5", "5.", "1234567890123456789", "Infinity"])(
    "takes no %s for a size",
    (size) =>
      Effect.gen(function* () {
        const { send } = yield* ApiClient
        const problem = assertProblem(
          yield* send("GET", `/markets/1/quote?side=buy&size=${encodeURIComponent(size)}`),
          400,
          "invalid-request"
        )
        assert.include(problem["detail"], "query /size: Expected a decimal above zero such as 0.5")
      })
  )
})

layer(layerApi(inMemory), { excludeTestServices: true })("GET /consolidated/:pair/quote", (it) => {
  it.effect("fills from the best of all venues, and says whom it could not ask", () =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      const kraken = yield* started("Kraken")
      const coinbase = yield* started("Coinbase", kraken)
      // its sizes are in no unit that level4 knows
      const nova = yield* started("Nova", kraken)
      const { json, status, text } = yield* send("GET", `/consolidated/${kraken.pair}/quote?side=buy&size=1.25`)
      assert.strictEqual(status, 200, text)
      const { age_ms, excluded, fills, ...rest } = Object(json)
      assert.isAtLeast(age_ms, 0)
      assert.deepStrictEqual(rest, {
        pair: kraken.pair,
        market_type: "SPOT",
        side: "buy",
        size: "1.25",
        vwap: "1001.2",
        best_price: "1001",
        worst_price: "1002",
        notional: "1251.5",
        levels: 3,
        size_unit: "base"
      })
      assert.deepStrictEqual(fills, [
        { exchange: "Kraken", market_id: kraken.id, tag: kraken.tag, size: "0.75", vwap: "1001.33333333" },
        { exchange: "Coinbase", market_id: coinbase.id, tag: coinbase.tag, size: "0.5", vwap: "1001" }
      ])
      assert.deepStrictEqual(
        excluded.map(({ market_id, reason_code }: Record<string, unknown>) => [market_id, reason_code]),
        [[nova.id, "incomparable"]]
      )
    })
  )

  it.effect("refuses what all of them do not hold, what is not live anywhere, and a pair of nobody", () =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      const control = yield* FeedControl
      const { pair } = yield* started("Kraken")
      const path = `/consolidated/${pair.toLowerCase()}/quote?side=sell&size=51`
      const shallow = assertProblem(yield* send("GET", path), 409, "insufficient-depth", { available: "50" })
      assert.include(shallow["detail"], `The bids of ${pair} hold 50, less than 51.`)
      Object.assign(control, { state: "resyncing", reason: "a hole", reason_code: "gap" })
      const dark = assertProblem(yield* send("GET", path), 503, "pair-not-live", { pair, market_type: "SPOT" })
      assert.include(dark["detail"], `KRAKEN.SPOT:${pair}: a hole.`)
      Object.assign(control, { state: "live", reason: null, reason_code: null })
      assertProblem(yield* send("GET", "/consolidated/NO-PAIR/quote?side=buy&size=1"), 404, "unknown-pair")
      assertProblem(yield* send("GET", `/consolidated/${pair}/quote?side=both&size=1`), 400, "invalid-request")
    })
  )
})
