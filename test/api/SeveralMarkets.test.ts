// Several markets at once over HTTP: lists by tag, pattern and exchange, and one switch for all that a pattern names.
import { assert, layer } from "@effect/vitest"
import { Deferred, Effect, Fiber } from "effect"
import { ApiClient, layerApi } from "../support/ApiClient.ts"
import { newExchange, newMarketBody, newSymbol, unique } from "../support/apiRows.ts"
import { assertProblem } from "../support/assertProblem.ts"
import { inMemory } from "../support/Catalogs.ts"
import { FeedControl, REFUSAL } from "../support/FakeFeeds.ts"
import { CatalogFaults, DOWN } from "../support/MemoryCatalog.ts"
import { until } from "../support/until.ts"

interface Row {
  readonly id: number
  readonly tag: string
}

/** Three markets of a new exchange. */
const venue = (name = unique("Venue")) =>
  Effect.gen(function* () {
    const { send } = yield* ApiClient
    const exchange_id = yield* newExchange(name)
    const rows: Array<Row> = []
    for (const market_type of ["SPOT", "PERP", "INVERSE"]) {
      const { json } = yield* send("POST", "/markets", yield* newMarketBody({ exchange_id, market_type }))
      rows.push({ id: Number(Object(json).id), tag: String(Object(json).tag) })
    }
    return { name, exchange_id, rows }
  })

const asked = (pattern: string) => `/markets?tag=${encodeURIComponent(pattern)}`
const ids = (json: unknown) => (Array.isArray(json) ? json.map((row) => Object(row).id) : json)

layer(layerApi(inMemory), { excludeTestServices: true })("GET /markets", (it) => {
  it.effect("lists by tag, pattern and exchange, each whatever its case, and all together", () =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      const [one, other] = [yield* venue(), yield* venue()]
      const [spot, perp, inverse] = one.rows as [Row, Row, Row]
      const list = (query: string) => Effect.map(send("GET", `/markets?${query}`), ({ json }) => ids(json))
      const tag = (text: string) => `tag=${encodeURIComponent(text)}`
      assert.deepStrictEqual(yield* list(tag(spot.tag.toLowerCase())), [spot.id])
      assert.deepStrictEqual(yield* list(tag(`${one.name.toLowerCase()}.*`)), [spot.id, perp.id, inverse.id])
      assert.deepStrictEqual(yield* list(`${tag("*.perp:*")}&exchange=${other.name}`), [other.rows[1]!.id])
      assert.deepStrictEqual(yield* list(`exchange=${one.exchange_id}&market_type=INVERSE`), [inverse.id])
      assert.deepStrictEqual(yield* list(`exchange=${one.name.toUpperCase()}`), [spot.id, perp.id, inverse.id])
      assert.deepStrictEqual(yield* list(`exchange=${one.name}&exchange_id=${other.exchange_id}`), [])
      assert.deepStrictEqual(yield* list(tag("no such tag")), [])
    })
  )

  it.effect("names an exchange that is not there", () =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      const members = { field: "exchange", id: "Krakem" }
      const problem = assertProblem(yield* send("GET", "/markets?exchange=Krakem"), 422, "unknown-reference", members)
      assert.include(problem["detail"], "There is no exchange Krakem. GET /exchanges lists those that exist.")
      assertProblem(yield* send("GET", "/markets?exchange=9999"), 422, "unknown-reference", { id: 9999 })
      assertProblem(yield* send("GET", "/markets?exchange="), 400, "invalid-request")
      assertProblem(yield* send("GET", `/markets?tag=${"*".repeat(301)}`), 400, "invalid-request")
    })
  )
})

layer(layerApi(inMemory), { excludeTestServices: true })("PATCH /markets", (it) => {
  it.effect("turns all that match, in the order of their ids, and says what became of each", () =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      const control = yield* FeedControl
      const { name, rows } = yield* venue()
      const told = (outcome: string, of: ReadonlyArray<Row> = rows) =>
        of.map(({ id, tag }) => ({ market_id: id, tag, outcome, detail: null }))
      const turn = (pattern: string, on: boolean) =>
        Effect.map(send("PATCH", asked(pattern), { level4_feed_enabled: on }), ({ json, status }) => {
          assert.strictEqual(status, 200)
          return json
        })
      const [first, ...others] = rows as [Row, Row, Row]
      assert.deepStrictEqual(yield* turn(first.tag.toLowerCase(), true), told("started", [first]))
      assert.deepStrictEqual(yield* turn(`${name}.*`, true), [
        ...told("unchanged", [first]),
        ...told("started", others)
      ])
      assert.deepStrictEqual([...control.running.keys()].slice(-3), rows.map(({ id }) => id) as never)
      assert.deepStrictEqual(yield* turn(`${name}.*`, false), told("stopped"))
      assert.deepStrictEqual(yield* turn(`${name}.*`, false), told("unchanged"))
      assert.deepStrictEqual(yield* turn("Nobody.*", true), [])
    })
  )

  it.effect("goes on past one that is refused", () =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      const base_symbol_id = yield* newSymbol("PAST")
      const nowhere = yield* newMarketBody({ exchange_id: yield* newExchange("Nowhere") })
      yield* send("POST", "/markets", { ...nowhere, base_symbol_id })
      yield* send("POST", "/markets", { ...(yield* newMarketBody()), base_symbol_id })
      const { json } = yield* send("PATCH", asked("*:PAST-*"), { level4_feed_enabled: true })
      const outcomes = Array.isArray(json) ? json.map((row) => [Object(row).outcome, Object(row).detail]) : []
      assert.deepStrictEqual(outcomes, [
        ["refused", REFUSAL],
        ["started", null]
      ])
    })
  )

  it.effect("stops several at once, and says which could not be written when the catalog goes away", () =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      const [control, faults] = [yield* FeedControl, yield* CatalogFaults]
      const { name, rows } = yield* venue()
      yield* send("PATCH", asked(`${name}.*`), { level4_feed_enabled: true })
      const held = yield* Deferred.make<void>()
      control.holdStop = Deferred.await(held)
      const stops = yield* Effect.forkScoped(send("PATCH", asked(`${name}.*`), { level4_feed_enabled: false }))
      yield* until(
        "three stops under way",
        Effect.sync(() => rows.filter(({ id }) => control.asked.includes(`stop ${id}`)).length),
        (under) => under === 3
      )
      control.holdStop = undefined
      yield* Deferred.succeed(held, undefined)
      assert.strictEqual((yield* Fiber.join(stops)).status, 200)
      faults.down = true
      assertProblem(yield* send("PATCH", asked("*"), { level4_feed_enabled: true }), 503, "catalog-unavailable", {
        detail: DOWN
      })
      faults.down = false
    })
  )

  it.effect("asks for a tag and a switch, and nothing else", () =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      const on = { level4_feed_enabled: true }
      const faults = assertProblem(yield* send("PATCH", "/markets", on), 400, "invalid-request")["errors"]
      assert.deepStrictEqual(faults, [{ in: "query", path: "/tag", message: "Required, but missing" }])
      assertProblem(yield* send("PATCH", asked("*"), {}), 400, "invalid-request")
      assertProblem(yield* send("PATCH", asked("*"), { ...on, id: 1 }), 400, "invalid-request")
    })
  )
})
