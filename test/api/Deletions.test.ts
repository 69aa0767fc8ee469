// Deletions over HTTP: what is unused goes for good, by number or by name; what is used is refused with its users; and
// nobody finds a deleted market any more, whatever was remembered of it.
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { MarketId } from "../../src/domain/Market.ts"
import { EventHub } from "../../src/hub/EventHub.ts"
import { Catalog } from "../../src/layers/Catalog.ts"
import { ApiClient, layerApi } from "../support/ApiClient.ts"
import { newExchange, newMarket, newMarketBody, newSymbol, unique } from "../support/apiRows.ts"
import { assertProblem } from "../support/assertProblem.ts"
import { inMemory } from "../support/Catalogs.ts"
import { FeedControl } from "../support/FakeFeeds.ts"
import { CatalogFaults, DOWN } from "../support/MemoryCatalog.ts"

layer(layerApi(inMemory), { excludeTestServices: true })("DELETE", (it) => {
  it.effect("takes symbols and exchanges by number, code or name, whatever the case", () =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      const [code, name] = [unique("Coin"), unique("Venue ")]
      const id = yield* newSymbol(code)
      yield* newExchange(name)
      for (const path of [`/symbols/${id}`, `/symbols/${code.toUpperCase()}`])
        assert.deepStrictEqual((yield* send("GET", path)).json, { id, symbol: code })
      const gone = yield* send("DELETE", `/symbols/${code.toLowerCase()}`)
      assert.deepStrictEqual([gone.status, gone.text], [204, ""])
      assertProblem(yield* send("DELETE", `/symbols/${id}`), 404, "not-found", { entity: "symbol", id })
      assertProblem(yield* send("GET", `/symbols/${code}`), 404, "not-found", { entity: "symbol", id: code })
      const path = `/exchanges/${encodeURIComponent(name.toUpperCase())}`
      assert.strictEqual((yield* send("DELETE", path)).status, 204)
      assertProblem(yield* send("DELETE", path), 404, "not-found", { entity: "exchange" })
      assert.isAbove(yield* newSymbol(), id)
    })
  )

  it.effect.each(["007", "1e3", "a b", "BTC/USD", "-"])("takes no %s for a symbol", (reference) =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      const answer = yield* send("GET", `/symbols/${encodeURIComponent(reference)}`)
      assert.include([400, 404], answer.status)
      if (reference.startsWith("0")) assertProblem(answer, 400, "invalid-request")
    })
  )

  it.effect("refuses what markets use, and names them", () =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      const body = yield* newMarketBody()
      const { json } = yield* send("POST", "/markets", body)
      const { tag } = Object(json)
      for (const path of [`/symbols/${body.base_symbol_id}`, `/exchanges/${body.exchange_id}`]) {
        const entity = path.startsWith("/symbols") ? "symbol" : "exchange"
        const problem = assertProblem(yield* send("DELETE", path), 409, "in-use", { entity, count: 1 })
        assert.deepStrictEqual(problem["users"], [tag])
        assert.include(problem["detail"], `used by 1 market: ${tag}. Delete those first: DELETE /markets/:id.`)
      }
    })
  )

  it.effect("refuses a market that runs, and deletes it when it is stopped, by its tag too", () =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      const control = yield* FeedControl
      const hub = yield* EventHub
      const id = yield* newMarket()
      const { json } = yield* send("PATCH", `/markets/${id}`, { level4_feed_enabled: true })
      const tag = String(Object(json).tag)
      const path = `/markets/${encodeURIComponent(tag.toLowerCase())}`
      const problem = assertProblem(yield* send("DELETE", path), 409, "in-use", { entity: "market", count: 1 })
      assert.deepStrictEqual(problem["users"], [tag])
      assert.include(problem["detail"], `PATCH /markets/${id} with {"level4_feed_enabled":false}`)
      assert.isTrue(control.running.has(MarketId.make(id)))
      yield* send("PATCH", `/markets/${id}`, { level4_feed_enabled: false })
      // remembered under its number and its tag, and by the hub
      for (const name of [String(id), encodeURIComponent(tag)])
        assert.strictEqual((yield* send("GET", `/markets/${name}/book`)).status, 200)
      hub.channel(yield* (yield* Catalog).market(MarketId.make(id)))
      assert.strictEqual((yield* send("DELETE", path)).status, 204)
      for (const name of [String(id), encodeURIComponent(tag)]) {
        for (const rest of ["", "/book", "/events", "/quote?side=buy&size=1"])
          assertProblem(yield* send("GET", `/markets/${name}${rest}`), 404, "not-found", { entity: "market" })
        assertProblem(yield* send("DELETE", `/markets/${name}`), 404, "not-found", { entity: "market" })
      }
      assert.isFalse(hub.channels.has(MarketId.make(id)))
    })
  )

  it.effect("forgets what it would answer from while the catalog is down", () =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      const faults = yield* CatalogFaults
      const id = yield* newMarket()
      assert.strictEqual((yield* send("GET", `/markets/${id}/book`)).status, 200)
      faults.down = true
      assertProblem(yield* send("DELETE", `/markets/${id}`), 503, "catalog-unavailable", { detail: DOWN })
      assert.strictEqual((yield* send("GET", `/markets/${id}/book`)).status, 200)
      faults.down = false
      assert.strictEqual((yield* send("DELETE", `/markets/${id}`)).status, 204)
      faults.down = true
      assertProblem(yield* send("GET", `/markets/${id}/book`), 503, "catalog-unavailable")
      faults.down = false
    })
  )
})
