// The codes of reasons as readers meet them, held against the domain's own table: the pages of docs/ list each code
// with its meaning, in order, and no other, and the OpenAPI document has them as one enum with a name.
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { REASON_CODES } from "../../src/domain/ReasonCode.ts"
import { ApiClient, layerApi } from "../support/ApiClient.ts"
import { inMemory } from "../support/Catalogs.ts"

const rows = Object.entries(REASON_CODES).map(([code, meaning]) => `| \`${code}\` | ${meaning} |`)

/** The rows of a page's table whose head begins with `reason_code`. */
const tableOf = (page: string): ReadonlyArray<string> => {
  const lines = readFileSync(join(import.meta.dirname, "../../docs", page), "utf8").split("\n")
  const head = lines.findIndex((line) => line.startsWith("| `reason_code` |"))
  const after = lines.slice(head + 2)
  return head === -1 ? [] : after.slice(0, after.indexOf(""))
}

/** A component of the document, as far as it is looked at here. */
interface Component {
  readonly type?: string
  readonly enum?: ReadonlyArray<string>
  readonly properties?: Readonly<Record<string, unknown>>
}

layer(layerApi(inMemory), { excludeTestServices: true })("reason codes", (it) => {
  for (const page of ["stream.md", "operating.md"]) {
    it(`are the table of docs/${page}`, () => assert.deepStrictEqual(tableOf(page), rows))
  }

  it.effect("are an enum of the OpenAPI document, to which every label refers", () =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      const { text } = yield* send("GET", "/openapi.json")
      const { components }: { components: { schemas: Readonly<Record<string, Component>> } } = JSON.parse(text)
      assert.deepInclude(components.schemas["ReasonCode"], { type: "string", enum: Object.keys(REASON_CODES) })
      const labels = Object.entries(components.schemas).filter(
        ([, { properties = {} }]) => "state" in properties && "reason" in properties
      )
      for (const [name, { properties }] of labels)
        assert.include(JSON.stringify(properties!["reason_code"]), "#/components/schemas/ReasonCode", name)
      const named = ["Book", "Feed", "LeftOut", "NotLive", "BookNotLiveProblem"]
      assert.includeMembers(
        labels.map(([name]) => name),
        named
      )
    })
  )
})
