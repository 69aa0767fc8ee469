// The OpenAPI document as it is served: every call of the contract, each explained, with all its errors as problems.
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { execFile } from "node:child_process"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { promisify } from "node:util"
import { METRICS_CONTENT_TYPE } from "../../src/api/MetricsApi.ts"
import { ApiClient, layerApi } from "../support/ApiClient.ts"
import { inMemory } from "../support/Catalogs.ts"
import { temporaryFolder } from "../support/Databases.ts"

const REDOCLY = join(import.meta.dirname, "../../node_modules/@redocly/cli/bin/cli.js")

interface Operation {
  readonly operationId: string
  readonly summary?: string
  readonly description?: string
  readonly security?: ReadonlyArray<Readonly<Record<string, unknown>>>
  readonly parameters: ReadonlyArray<{
    readonly name: string
    readonly schema: Readonly<Record<string, unknown>>
    readonly example?: unknown
  }>
  readonly requestBody?: { readonly content: Readonly<Record<string, Content>> }
  readonly responses: Readonly<
    Record<string, { readonly content: Readonly<Record<string, Content>>; readonly headers?: unknown }>
  >
}
interface Content {
  readonly schema: unknown
  readonly example?: unknown
  readonly examples?: Readonly<Record<string, { readonly value: object }>>
}
interface Document {
  readonly openapi: string
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> }
}

/** What every call can answer, and every call that reads, follows or writes the catalog. */
const ALL = ["400", "403", "429", "500", "503"]
const READ = [...ALL, "401"]
const WRITE = [...READ, "409", "413", "415"]

/** Of every call that deletes: it reads no body. */
const DELETE = [...READ, "404", "409"]

const CALLS: Readonly<Record<string, ReadonlyArray<string>>> = {
  "post /symbols": ["201", ...WRITE],
  "get /symbols": ["200", ...READ],
  "get /symbols/{id}": ["200", ...READ, "404"],
  "delete /symbols/{id}": ["204", ...DELETE],
  "post /exchanges": ["201", ...WRITE],
  "get /exchanges": ["200", ...READ],
  "get /exchanges/{id}": ["200", ...READ, "404"],
  "get /exchanges/{id}/instruments": ["200", ...READ, "404", "422"],
  "post /markets/batch": ["200", ...READ, "413", "415", "422"],
  "post /rules": ["201", ...WRITE, "422"],
  "get /rules": ["200", ...READ],
  "get /rules/{id}": ["200", ...READ, "404"],
  "patch /rules/{id}": ["200", ...READ, "404", "413", "415"],
  "delete /rules/{id}": ["204", ...READ, "404"],
  "delete /exchanges/{id}": ["204", ...DELETE],
  "post /markets": ["201", ...WRITE, "422"],
  "get /markets": ["200", ...READ, "422"],
  "patch /markets": ["200", ...READ, "413", "415"],
  "get /markets/{id}": ["200", ...READ, "404"],
  "patch /markets/{id}": ["200", ...WRITE, "404", "422"],
  "delete /markets/{id}": ["204", ...DELETE],
  "get /markets/{id}/quote": ["200", ...READ, "404", "409"],
  "get /consolidated/{pair}/quote": ["200", ...READ, "404", "409"],
  "get /tree": ["200", ...READ],
  "get /markets/{id}/book": ["200", ...READ, "404"],
  "get /stream": ["101", ...READ, "426"],
  "get /markets/{id}/events": ["200", ...READ, "404"],
  "get /consolidated/{pair}": ["200", ...READ, "404"],
  "get /livez": ["200", ...ALL],
  "get /readyz": ["200", ...ALL],
  "get /metrics": ["200", ...READ]
}

/** Good answers that are no JSON. */
const TYPES: Readonly<Record<string, string | undefined>> = {
  "get /metrics": METRICS_CONTENT_TYPE,
  "get /markets/{id}/events": "text/event-stream"
}

/** What the linter says; it reads a file. */
const lint = (text: string) =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    const file = join(folder, "openapi.json")
    writeFileSync(file, text)
    const config = join(import.meta.dirname, "../support/redocly.yaml")
    const args = [REDOCLY, "lint", file, "--config", config, "--format", "json"]
    const { stdout } = yield* Effect.promise(() =>
      // nothing is asked of the internet
      promisify(execFile)(process.execPath, args, { env: { REDOCLY_TELEMETRY: "off", CI: "1" } }).catch(
        (failed: { stdout: string }) => failed
      )
    )
    const report: { totals: { errors: number }; problems: ReadonlyArray<unknown> } = JSON.parse(stdout)
    return report
  }).pipe(Effect.scoped)

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
      const wanted = Object.entries(CALLS).map(([call, statuses]) => [call, statuses.toSorted()])
      assert.deepStrictEqual(Object.fromEntries(told), Object.fromEntries(wanted))
    })
  )

  it.effect("explains every call, and gives every error as a problem", () =>
    Effect.gen(function* () {
      const { operations } = yield* served
      for (const [call, { description, responses, summary }] of operations) {
        assert.isAbove(summary?.length ?? 0, 8, call)
        assert.isAbove(description?.length ?? 0, 12, call)
        for (const [status, { content, headers }] of Object.entries(responses)) {
          if (status === "101" || status === "204") continue
          const type = status.startsWith("2") ? (TYPES[call] ?? "application/json") : "application/problem+json"
          assert.deepStrictEqual(Object.keys(content), [type], `${call} ${status}`)
          if (status === "503" || status === "429") assert.property(headers, "Retry-After")
          if (status === "401") assert.property(headers, "WWW-Authenticate")
        }
      }
    })
  )

  it.effect("shows an example of every call, parameter and error", () =>
    Effect.gen(function* () {
      const { operations } = yield* served
      for (const [call, { parameters, requestBody, responses }] of operations) {
        for (const parameter of parameters) assert.isDefined(parameter.example, `${call} ${parameter.name}`)
        for (const content of Object.values(requestBody?.content ?? {})) assert.isDefined(content.example, call)
        for (const [status, { content = {} }] of Object.entries(responses)) {
          for (const { example, examples = {}, schema } of Object.values(content)) {
            const problems = [...JSON.stringify(schema).matchAll(/schemas\/(\w+)Problem"/g)].map(([, name]) => name)
            assert.sameMembers(Object.keys(examples), problems, `${call} ${status}`)
            if (problems.length === 0) assert.isDefined(example, `${call} ${status}`)
            for (const { value } of Object.values(examples)) assert.propertyVal(value, "status", Number(status))
          }
        }
      }
    })
  )

  it.effect(
    "passes the linter, every example held to its schema, and would not if one were wrong",
    () =>
      Effect.gen(function* () {
        const { text } = yield* served
        const { problems, totals } = yield* lint(text)
        assert.strictEqual(totals.errors, 0, JSON.stringify(problems, null, 1))
        const wrong = yield* lint(text.replace('"example":{"symbol":"BTC"}', '"example":{"symbol":1}'))
        assert.strictEqual(wrong.totals.errors, 1)
      }),
    60_000
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
        .filter(({ name }) => /(^|_)id$|^depth$/.test(name))
      assert.lengthOf(numbers, 19)
      const integer = { type: "integer", minimum: 1 }
      const [names, plain] = [
        numbers.filter(({ schema }) => "anyOf" in schema),
        numbers.filter(({ schema }) => !("anyOf" in schema))
      ]
      assert.lengthOf(names, 11, "symbols, exchanges and markets by number or name")
      for (const { schema } of names) assert.deepInclude(schema, { anyOf: [integer, { type: "string", minLength: 1 }] })
      for (const { schema } of plain) assert.deepInclude(schema, integer)
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
