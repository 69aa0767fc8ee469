// Health: alive whenever it serves, ready when the catalog answers, and what runs told either way.
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { ApiClient, layerApi } from "../support/ApiClient.ts"
import { newMarket } from "../support/apiRows.ts"
import { assertProblem } from "../support/assertProblem.ts"
import { inMemory } from "../support/Catalogs.ts"
import { FeedControl } from "../support/FakeFeeds.ts"
import { CatalogFaults, DOWN } from "../support/MemoryCatalog.ts"

layer(layerApi(inMemory), { excludeTestServices: true })("health", (it) => {
  it.effect("is ready, and counts feeds and those that are live", () =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      const control = yield* FeedControl
      const ok = { status: "ready", database: { ok: true, detail: null } }
      assert.deepStrictEqual((yield* send("GET", "/readyz")).json, { ...ok, feeds: { running: 0, live: 0 } })
      for (const id of [yield* newMarket(), yield* newMarket()]) {
        yield* send("PATCH", `/markets/${id}`, { level4_feed_enabled: true })
      }
      assert.deepStrictEqual((yield* send("GET", "/readyz")).json, { ...ok, feeds: { running: 2, live: 2 } })
      control.state = "stale"
      assert.deepStrictEqual((yield* send("GET", "/readyz")).json, { ...ok, feeds: { running: 2, live: 0 } })
    })
  )

  it.effect("is alive but not ready while the catalog is down", () =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      const faults = yield* CatalogFaults
      faults.down = true
      assertProblem(yield* send("GET", "/readyz"), 503, "not-ready", {
        detail: DOWN,
        database: { ok: false, detail: DOWN },
        feeds: { running: 2, live: 0 }
      })
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
