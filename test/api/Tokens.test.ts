// Tokens: writes need the operator's, reads the reader's or the operator's where one is set, health and documents none.
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { ApiClient, layerApi } from "../support/ApiClient.ts"
import { assertProblem } from "../support/assertProblem.ts"
import { inMemory } from "../support/Catalogs.ts"

const OPERATOR = "0f8a-operator-of-these-tests"
const READER = "77c1-reader-of-these-tests"
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const body = { symbol: "BTC" }
const READS = ["/symbols", "/symbols/1", "/exchanges", "/markets", "/markets/1/book"]
const OPEN = ["/livez", "/readyz", "/openapi.json", "/docs"]

const both = layerApi(inMemory, { LEVEL4_OPERATOR_TOKEN: OPERATOR, LEVEL4_READER_TOKEN: READER })
layer(both, { excludeTestServices: true })("with both tokens", (it) => {
  it.effect("lets nobody read or write without one", () =>
    Effect.gen(function* () {
      const { logged, send } = yield* ApiClient
      const wrong = [
        {},
        bearer("guess"),
        bearer(""),
        { authorization: OPERATOR },
        { authorization: `Basic ${OPERATOR}` }
      ]
      for (const headers of wrong) {
        for (const path of READS) {
          const answer = yield* send("GET", path, undefined, headers)
          assertProblem(answer, 401, "unauthorized")
          assert.strictEqual(answer.headers.get("www-authenticate"), 'Bearer realm="level4"')
        }
        assertProblem(yield* send("POST", "/symbols", body, headers), 401, "unauthorized")
        assertProblem(yield* send("PATCH", "/markets/1", {}, headers), 401, "unauthorized")
      }
      assert.notMatch(logged.join("\n"), /operator|reader|guess/)
    })
  )

  it.effect("asks who it is before it reads the body", () =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      assertProblem(yield* send("POST", "/symbols", { nonsense: 1 }), 401, "unauthorized")
    })
  )

  it.effect("lets the reader read and not write", () =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      assert.strictEqual((yield* send("GET", "/symbols", undefined, bearer(READER))).status, 200)
      assertProblem(yield* send("POST", "/symbols", body, bearer(READER)), 403, "forbidden")
    })
  )

  it.effect("lets the operator do both, however Bearer is spelt", () =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      assert.strictEqual((yield* send("POST", "/symbols", body, bearer(OPERATOR))).status, 201)
      const lower = { authorization: `bearer ${OPERATOR}` }
      assert.strictEqual((yield* send("GET", "/symbols", undefined, lower)).status, 200)
    })
  )

  it.effect.each(OPEN)("asks nobody at %s", (path) =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      assert.strictEqual((yield* send("GET", path)).status, 200)
    })
  )
})

layer(layerApi(inMemory, { LEVEL4_OPERATOR_TOKEN: OPERATOR }), { excludeTestServices: true })(
  "with the operator's token alone",
  (it) => {
    it.effect("leaves reading open", () =>
      Effect.gen(function* () {
        const { send } = yield* ApiClient
        assert.strictEqual((yield* send("GET", "/symbols")).status, 200)
        assertProblem(yield* send("POST", "/symbols", body), 401, "unauthorized")
        assert.strictEqual((yield* send("POST", "/symbols", body, bearer(OPERATOR))).status, 201)
      })
    )
  }
)

layer(layerApi(inMemory, { LEVEL4_READER_TOKEN: READER }), { excludeTestServices: true })(
  "with the reader's token alone",
  (it) => {
    it.effect("can be read with it, and not written at all", () =>
      Effect.gen(function* () {
        const { send } = yield* ApiClient
        assertProblem(yield* send("GET", "/symbols"), 401, "unauthorized")
        assert.strictEqual((yield* send("GET", "/symbols", undefined, bearer(READER))).status, 200)
        assertProblem(yield* send("POST", "/symbols", body), 401, "unauthorized")
        assertProblem(yield* send("POST", "/symbols", body, bearer(READER)), 403, "forbidden")
      })
    )
  }
)
