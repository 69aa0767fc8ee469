// Health: alive whenever it serves, ready when the catalog answers, and what runs told either way.
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { FeedState } from "../../src/domain/FeedState.ts"
import { tagOf } from "../../src/domain/Market.ts"
import { ApiClient, layerApi } from "../support/ApiClient.ts"
import { newMarket } from "../support/apiRows.ts"
import { assertProblem } from "../support/assertProblem.ts"
import { inMemory } from "../support/Catalogs.ts"
import { FeedControl, SINCE } from "../support/FakeFeeds.ts"
import { CatalogFaults, DOWN } from "../support/MemoryCatalog.ts"

const NO_STATES = Object.fromEntries(FeedState.literals.map((state) => [state, 0]))

layer(layerApi(inMemory), { excludeTestServices: true })("health", (it) => {
  it.effect("is ready, and explains the feeds that are not live", () =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      const control = yield* FeedControl
      const ok = { status: "ready", database: { ok: true, detail: null } }
      const none = { running: 0, live: 0, enabled: 0, states: NO_STATES, not_live: [] }
      assert.deepStrictEqual((yield* send("GET", "/readyz")).json, { ...ok, feeds: none })
      for (const id of [yield* newMarket(), yield* newMarket()]) {
        yield* send("PATCH", `/markets/${id}`, { level4_feed_enabled: true })
      }
      assert.deepStrictEqual((yield* send("GET", "/readyz")).json, {
        ...ok,
        feeds: { running: 2, live: 2, enabled: 2, states: { ...NO_STATES, live: 2 }, not_live: [] }
      })
      Object.assign(control, { state: "stale", reason: "silent", reason_code: "silent" })
      const not_live = [...control.running.values()].map((market) => ({
        market_id: market.id,
        tag: tagOf(market),
        state: "stale",
        reason: "silent",
        reason_code: "silent",
        since: SINCE
      }))
      assert.deepStrictEqual((yield* send("GET", "/readyz")).json, {
        ...ok,
        feeds: { running: 2, live: 0, enabled: 2, states: { ...NO_STATES, stale: 2 }, not_live }
      })
    })
  )

  it.effect("is alive but not ready while the catalog is down", () =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      const faults = yield* CatalogFaults
      faults.down = true
      const { feeds } = assertProblem(yield* send("GET", "/readyz"), 503, "not-ready", {
        detail: DOWN,
        database: { ok: false, detail: DOWN }
      })
      assert.deepInclude(feeds, { running: 2, live: 0, enabled: null, states: { ...NO_STATES, stale: 2 } })
      const alive = yield* send("GET", "/livez")
      assert.deepStrictEqual([alive.status, alive.json], [200, { status: "alive" }])
      faults.down = false
      assert.strictEqual((yield* send("GET", "/readyz")).status, 200)
    })
  )

  it.effect("is not ready when the catalog does not answer in time", () =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      const faults = yield* CatalogFaults
      faults.hold = Effect.never
      const body = assertProblem(yield* send("GET", "/readyz"), 503, "not-ready")
      assert.include(body["detail"], "within 2 s")
      faults.hold = undefined
    })
  )
})
