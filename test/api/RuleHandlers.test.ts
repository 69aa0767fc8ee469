// Rules over HTTP, on both databases: made, shown, switched, removed, refused.
import { assert, describe, layer } from "@effect/vitest"
import { Effect } from "effect"
import { ApiClient, layerApi } from "../support/ApiClient.ts"
import { idOf } from "../support/apiRows.ts"
import { assertProblem } from "../support/assertProblem.ts"
import { onDatabases } from "../support/Catalogs.ts"
import { instrument, ListingControl } from "../support/FakeInstruments.ts"

const spot = (base: string) => instrument({ native_symbol: `${base}/USD`, base, quote: "USD" })

describe.each(onDatabases)("/rules on $name", (kind) => {
  layer(layerApi(kind), { excludeTestServices: true })((it) => {
    it.effect("makes a rule that has added what is listed, shows it, switches it and removes it", () =>
      Effect.gen(function* () {
        const { send } = yield* ApiClient
        const listing = yield* ListingControl
        listing.list("Kraken", [spot("BTC"), spot("ETH")])
        const made = yield* send("POST", "/rules", { pattern: "KRAKEN.SPOT:*-USD", max_markets: 1 })
        assert.strictEqual(made.status, 201, made.text)
        const id = idOf(made.json)
        assert.deepInclude(made.json, {
          pattern: "KRAKEN.SPOT:*-USD",
          start: true,
          max_markets: 1,
          enabled: true,
          markets: 1,
          added: 1,
          last_error: "Kraken: 1 instruments are beyond max_markets 1 and were not added"
        })
        assert.deepStrictEqual((yield* send("GET", `/rules/${id}`)).json, made.json)
        assert.deepStrictEqual((yield* send("GET", "/rules")).json, [made.json])
        const off = yield* send("PATCH", `/rules/${id}`, { enabled: false })
        assert.deepStrictEqual(off.json, { ...(made.json as object), enabled: false, last_error: null })
        assert.deepInclude((yield* send("PATCH", `/rules/${id}`, { enabled: true })).json, {
          enabled: true,
          markets: 1
        })
        const removed = yield* send("DELETE", `/rules/${id}`)
        assert.deepStrictEqual([removed.status, removed.text], [204, ""])
        const calls = [send("GET", `/rules/${id}`), send("PATCH", `/rules/${id}`, { enabled: true })]
        for (const call of [...calls, send("DELETE", `/rules/${id}`)]) {
          assertProblem(yield* call, 404, "not-found", { entity: "rule", id })
        }
        assert.lengthOf(Object((yield* send("GET", "/markets")).json), 1)
      })
    )

    it.effect("refuses a pattern twice, one that can match nothing, and a body with faults", () =>
      Effect.gen(function* () {
        const { send } = yield* ApiClient
        const create = (body: object) => send("POST", "/rules", body)
        const { status } = yield* create({ pattern: "GEMINI.*", start: false })
        assert.strictEqual(status, 201)
        const twice = assertProblem(yield* create({ pattern: "gemini.*" }), 409, "already-exists", { entity: "rule" })
        assert.match(String(twice["detail"]), /^The rule GEMINI\.\* exists already, with id \d+\.$/)
        assertProblem(yield* create({ pattern: "GEMINI.SWAP:*" }), 422, "unmatched-pattern", { nearest: "Gemini" })
        for (const body of [{}, { pattern: "" }, { pattern: "GEMINI.*", max_markets: 0 }, { pattern: "A", x: 1 }]) {
          assertProblem(yield* create(body), 400, "invalid-request")
        }
        assertProblem(yield* send("PATCH", "/rules/1", {}), 400, "invalid-request")
        assertProblem(yield* send("GET", "/rules/GEMINI"), 400, "invalid-request")
      })
    )
  })
})
