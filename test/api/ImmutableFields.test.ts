// What a PATCH may not change: every field that names a market is refused with its old and new value.
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { ApiClient, layerApi } from "../support/ApiClient.ts"
import { newMarket } from "../support/apiRows.ts"
import { assertProblem } from "../support/assertProblem.ts"
import { inMemory } from "../support/Catalogs.ts"
import { FeedControl } from "../support/FakeFeeds.ts"

const CHANGES: ReadonlyArray<readonly [string, unknown]> = [
  ["id", 999],
  ["exchange_id", 999],
  ["base_symbol_id", 999],
  ["quote_symbol_id", 999],
  ["market_type", "PERP"],
  ["native_symbol", "other"],
  ["tag", "KRAKEN.SPOT:BTC-USD"],
  ["exchange", { id: 999, name: "Kraken" }],
  ["base_symbol", { id: 999, symbol: "BTC" }],
  ["quote_symbol", { id: 999, symbol: "USD" }]
]

layer(layerApi(inMemory), { excludeTestServices: true })("immutable fields", (it) => {
  it.effect.each(CHANGES)("refuses a change of %s", ([field, requested]) =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      const { asked } = yield* FeedControl
      const id = yield* newMarket()
      const before = yield* send("GET", `/markets/${id}`)
      const current = Object.entries(Object(before.json)).find(([name]) => name === field)?.[1]
      const answer = yield* send("PATCH", `/markets/${id}`, { level4_feed_enabled: true, [field]: requested })
      const body = assertProblem(answer, 422, "immutable-field", { changes: [{ field, current, requested }] })
      assert.include(body["detail"], `${field} from ${JSON.stringify(current)} to ${JSON.stringify(requested)}`)
      assert.deepStrictEqual((yield* send("GET", `/markets/${id}`)).json, before.json)
      assert.notInclude(asked, `start ${id}`)
    })
  )

  it.effect("names all of them at once", () =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      const id = yield* newMarket()
      const answer = yield* send("PATCH", `/markets/${id}`, { market_type: "PERP", tag: "X" })
      assert.lengthOf(Object(assertProblem(answer, 422, "immutable-field")["changes"]), 2)
    })
  )

  it.effect("minds neither the order of fields nor what is computed", () =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      const id = yield* newMarket()
      const { json } = yield* send("GET", `/markets/${id}`)
      const { exchange } = Object(json)
      const patch = {
        exchange: { name: exchange.name, id: exchange.id },
        feed: null,
        size_unit: "contracts",
        contract_value: "7 USD"
      }
      const answer = yield* send("PATCH", `/markets/${id}`, patch)
      assert.deepStrictEqual(answer.json, json)
    })
  )

  it.effect("refuses a field that no market has", () =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      const id = yield* newMarket()
      const answer = yield* send("PATCH", `/markets/${id}`, { level4_feed_enable: true })
      assertProblem(answer, 400, "invalid-request", {
        errors: [{ in: "body", path: "/level4_feed_enable", message: "Unknown field" }]
      })
    })
  )
})
