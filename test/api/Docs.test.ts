// The page at /docs needs nothing but this process: no address elsewhere is loaded, and the browser is told to see to
// it.
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { ApiClient, layerApi } from "../support/ApiClient.ts"
import { inMemory } from "../support/Catalogs.ts"

layer(layerApi(inMemory), { excludeTestServices: true })("/docs", (it) => {
  it.effect("loads nothing from elsewhere", () =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      const { headers, status, text } = yield* send("GET", "/docs")
      assert.strictEqual(status, 200)
      assert.match(headers.get("content-type") ?? "", /^text\/html/)
      const markup = text.replace(/<script>[^]*?<\/script>/g, "")
      assert.notMatch(markup, /\b(src|href|action)\s*=|https?:|url\(|@import/)
      assert.include(text, '"withDefaultFonts":false')
      assert.include(text, "/markets/{id}/book")
    })
  )

  it.effect("tells the browser to load nothing from elsewhere", () =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      const { headers } = yield* send("GET", "/docs")
      const policy = headers.get("content-security-policy") ?? ""
      assert.match(policy, /^default-src 'none';/)
      assert.notMatch(policy, /https?:|\*|unsafe-eval/)
    })
  )
})
