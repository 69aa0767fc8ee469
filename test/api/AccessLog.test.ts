// The access log: one line a request, health checks at Debug, and no secret in any of them.
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { ApiClient, layerApi } from "../support/ApiClient.ts"
import { inMemory } from "../support/Catalogs.ts"

layer(layerApi(inMemory), { excludeTestServices: true })("the access log", (it) => {
  it.effect("tells method, path, status and milliseconds", () =>
    Effect.gen(function* () {
      const { logged, send } = yield* ApiClient
      const before = logged.length
      yield* send("POST", "/symbols", { symbol: "BTC" })
      yield* send("GET", "/markets?market_type=SPOT")
      yield* send("GET", "/nope")
      yield* send("DELETE", "/symbols")
      yield* send("GET", "/livez")
      yield* send("GET", "/readyz")
      const lines = logged.slice(before)
      const wanted = [
        /^Info POST \/symbols 201 \d+\.\dms$/,
        /^Info GET \/markets 200 \d+\.\dms$/,
        /^Info GET \/nope 404 \d+\.\dms$/,
        /^Info DELETE \/symbols 405 \d+\.\dms$/,
        /^Debug GET \/livez 200 \d+\.\dms$/,
        /^Debug GET \/readyz 200 \d+\.\dms$/
      ]
      assert.lengthOf(lines, wanted.length)
      for (const [index, pattern] of wanted.entries()) assert.match(lines[index] ?? "", pattern)
    })
  )

  it.effect("keeps headers, queries and bodies to itself, and long paths short", () =>
    Effect.gen(function* () {
      const { logged, send } = yield* ApiClient
      const before = logged.length
      const secret = { authorization: "Bearer hunter2", cookie: "session=hunter2" }
      yield* send("POST", "/symbols?token=hunter2", { symbol: "hunter2", password: "hunter2" }, secret)
      yield* send("GET", `/${"x".repeat(4_000)}`, undefined, secret)
      const lines = logged.slice(before)
      assert.lengthOf(lines, 2)
      assert.notInclude(lines.join("\n"), "hunter2")
      assert.isBelow(lines[1]?.length ?? Infinity, 300)
    })
  )
})
