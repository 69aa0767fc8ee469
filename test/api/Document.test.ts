// The OpenAPI document as it is served: every call of the contract, each explained, with all its errors as problems.
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { CONTENT_TYPE } from "../../src/layers/metrics/Exposition.ts"
import { ApiClient, layerApi } from "../support/ApiClient.ts"
import { inMemory } from "../support/Catalogs.ts"

interface Operation {
  readonly operationId: string
  readonly summary?: string
  readonly description?: string
  readonly security?: ReadonlyArray<Readonly<Record<string, unknown>>>
  readonly parameters: ReadonlyArray<{ readonly name: string; readonly schema: Readonly<Record<string, unknown>> }>
  readonly responses: Readonly<
    Record<string, { readonly content: Readonly<Record<string, unknown>>; readonly headers?: unknown }>
  >
}
interface Document {
  readonly openapi: string
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> }
}

const CALLS: Readonly<Record<string, ReadonlyArray<string>>> = {
  "post /symbols": ["201", "400", "401", "403", "409", "413", "415", "500", "503"],
  "get /symbols": ["200", "400", "401", "500", "503"],
  "get /symbols/{id}": ["200", "400", "401", "404", "500", "503"],
  "post /exchanges": ["201", "400", "401", "403", "409", "413", "415", "500", "503"],
  "get /exchanges": ["200", "400", "401", "500", "503"],
  "get /exchanges/{id}": ["200", "400", "401", "404", "500", "503"],
  "post /markets": ["201", "400", "401", "403", "409", "413", "415", "422", "500", "503"],
  "get /markets": ["200", "400", "401", "500", "503"],
  "get /markets/{id}": ["200", "400", "401", "404", "500", "503"],
  "patch /markets/{id}": ["200", "400", "401", "403", "404", "409", "413", "415", "422", "500", "503"],
  "get /markets/{id}/book": ["200", "400", "401", "404", "500", "503"],
  "get /livez": ["200", "400", "500"],
  "get /readyz": ["200", "400", "500", "503"],
  "get /metrics": ["200", "400", "401", "500"]
}

const served = Effect.gen(function* () {
  const { send } = yield* ApiClient
  const { headers, text } = yield* send("GET", "/openapi.json")
  assert.strictEqual(headers.get("content-type"), "application/json")
  const document: Document = JSON.parse(text)
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => [`${method} ${path}`, operation] as const)
  )
  return { document, operations, text }
})

layer(layerApi(inMemory), { excludeTestServices: true })("/openapi.json", (it) => {
  it.effect("has every call, each with its answers and errors, and no other", () =>
    Effect.gen(function* () {
      const { document, operations } = yield* served
      assert.match(document.openapi, /^3\.1\./)
      const told = operations.map(([call, { responses }]) => [call, Object.keys(responses).toSorted()])
      assert.deepStrictEqual(Object.fromEntries(told), CALLS)
    })
  )

  it.effect("explains every call, and gives every error as a problem", () =>
    Effect.gen(function* () {
      const { operations } = yield* served
      for (const [call, { description, responses, summary }] of operations) {
        assert.isAbove(summary?.length ?? 0, 8, call)
        assert.isAbove(description?.length ?? 0, 12, call)
        for (const [status, { content, headers }] of Object.entries(responses)) {
          const good = call === "get /metrics" ? CONTENT_TYPE : "application/json"
          const type = status.startsWith("2") ? good : "application/problem+json"
          assert.deepStrictEqual(Object.keys(content), [type], `${call} ${status}`)
          if (status === "503") assert.property(headers, "Retry-After")
          if (status === "401") assert.property(headers, "WWW-Authenticate")
        }
      }
    })
  )

  it.effect("asks for the operator's token to write, the reader's to read, and none for health", () =>
    Effect.gen(function* () {
      const { operations } = yield* served
      for (const [call, { security = [] }] of operations) {
        const wanted = call.endsWith("z") ? [] : [call.startsWith("get") ? "reader" : "operator"]
        assert.deepStrictEqual(security.flatMap(Object.keys), wanted, call)
      }
    })
  )

  it.effect("shows numbers in addresses as integers", () =>
    Effect.gen(function* () {
      const { operations } = yield* served
      const numbers = operations
        .flatMap(([, { parameters }]) => parameters)
        .filter(({ name }) => /id$|^depth$/.test(name))
      assert.lengthOf(numbers, 9)
      for (const { schema } of numbers) assert.deepInclude(schema, { type: "integer", minimum: 1 })
    })
  )

  it.effect("refers to nothing that is not there, and has nothing that nobody refers to", () =>
    Effect.gen(function* () {
      const { document, text } = yield* served
      const referred = new Set([...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name))
      assert.sameMembers(Object.keys(document.components.schemas), [...referred])
      assert.notMatch(text, /Encoded"/)
    })
  )
})
