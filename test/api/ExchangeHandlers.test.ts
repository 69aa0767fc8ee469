// Exchanges over HTTP, on every catalog; what level4 can do with one is joined from the schemes.
import { assert, describe, layer } from "@effect/vitest"
import { Effect } from "effect"
import { describeExchange } from "../../src/schemes/Schemes.ts"
import { ApiClient, layerApi } from "../support/ApiClient.ts"
import { newExchange, unique } from "../support/apiRows.ts"
import { assertProblem } from "../support/assertProblem.ts"
import { onDatabases } from "../support/Catalogs.ts"

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

describe.each(onDatabases)("/exchanges on $name", (kind) => {
  layer(layerApi(kind), { excludeTestServices: true })((it) => {
    it.effect("creates, finds and lists, with what the schemes know", () =>
      Effect.gen(function* () {
        const { send } = yield* ApiClient
        const created = yield* send("POST", "/exchanges", { name: "Binance" })
        assert.strictEqual(created.status, 201, created.text)
        const binance = { id: 1, name: "Binance", ...describeExchange("Binance") }
        assert.deepStrictEqual(created.json, plain(binance))
        const name = unique("Bourse de Zürich ")
        const id = yield* newExchange(name)
        const unknown = { id, name, supported: false, status: "unsupported", market_types: [], offers: [] }
        assert.deepStrictEqual((yield* send("GET", `/exchanges/${id}`)).json, unknown)
        assert.deepStrictEqual((yield* send("GET", "/exchanges")).json, [created.json, unknown])
      })
    )

    it.effect("names a duplicate, whatever its case", () =>
      Effect.gen(function* () {
        const { send } = yield* ApiClient
        const name = unique("Kraken ")
        yield* newExchange(name)
        const answer = yield* send("POST", "/exchanges", { name: name.toUpperCase() })
        const body = assertProblem(answer, 409, "already-exists", { entity: "exchange" })
        assert.match(String(body["detail"]), /kraken \d+ exists already/i)
      })
    )

    it.effect("tells that there is no such exchange", () =>
      Effect.gen(function* () {
        const { send } = yield* ApiClient
        assertProblem(yield* send("GET", "/exchanges/4242"), 404, "not-found", { entity: "exchange", id: 4242 })
      })
    )
  })
})
