// Symbols over HTTP, on every catalog: created once, listed in order, found by id, and every bad wish refused by name.
import { assert, describe, layer } from "@effect/vitest"
import { Effect } from "effect"
import { ApiClient, layerApi } from "../support/ApiClient.ts"
import { newSymbol, unique } from "../support/apiRows.ts"
import { assertProblem } from "../support/assertProblem.ts"
import { onDatabases } from "../support/Catalogs.ts"

describe.each(onDatabases)("/symbols on $name", (kind) => {
  layer(layerApi(kind), { excludeTestServices: true })((it) => {
    it.effect("creates, finds and lists", () =>
      Effect.gen(function* () {
        const { send } = yield* ApiClient
        const [first, second] = [unique("BTC"), unique("ÐOGE-")]
        const created = yield* send("POST", "/symbols", { symbol: first })
        const id = yield* newSymbol(second)
        assert.strictEqual(created.status, 201)
        assert.deepStrictEqual(created.json, { id: id - 1, symbol: first })
        const found = yield* send("GET", `/symbols/${id}`)
        assert.strictEqual(found.status, 200)
        assert.deepStrictEqual(found.json, { id, symbol: second })
        const { json } = yield* send("GET", "/symbols")
        assert.isArray(json)
        assert.deepStrictEqual((json as Array<unknown>).slice(-2), [created.json, found.json])
      })
    )

    it.effect("names a duplicate", () =>
      Effect.gen(function* () {
        const { send } = yield* ApiClient
        const symbol = unique("DUP")
        const id = yield* newSymbol(symbol)
        const body = assertProblem(yield* send("POST", "/symbols", { symbol }), 409, "already-exists", {
          entity: "symbol"
        })
        assert.include(body["detail"], symbol)
        assert.include(body["detail"], `${id}`)
      })
    )

    it.effect("creates a symbol once, however many ask at the same time", () =>
      Effect.gen(function* () {
        const { send } = yield* ApiClient
        const symbol = unique("RACE")
        const answers = yield* Effect.all(
          Array.from({ length: 20 }, () => send("POST", "/symbols", { symbol })),
          { concurrency: "unbounded" }
        )
        assert.strictEqual(answers.filter(({ status }) => status === 201).length, 1)
        for (const answer of answers.filter(({ status }) => status !== 201))
          assertProblem(answer, 409, "already-exists")
      })
    )

    it.effect.each(["987654", "2147483648", "9007199254740991"])("tells that there is no symbol %s", (id) =>
      Effect.gen(function* () {
        const { send } = yield* ApiClient
        const body = assertProblem(yield* send("GET", `/symbols/${id}`), 404, "not-found", {
          entity: "symbol",
          id: Number(id)
        })
        assert.include(body["detail"], `no symbol with id ${id}`)
      })
    )
  })
})
