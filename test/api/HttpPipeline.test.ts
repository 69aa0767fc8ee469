// What every request passes: unknown routes, wrong methods, bodies too large or of the wrong kind, and faults of our
// own.
import { assert, describe, layer } from "@effect/vitest"
import { Effect } from "effect"
import { ApiClient, layerApi } from "../support/ApiClient.ts"
import { newMarket, newSymbol, unique } from "../support/apiRows.ts"
import { assertProblem } from "../support/assertProblem.ts"
import { inMemory } from "../support/Catalogs.ts"
import { FeedControl } from "../support/FakeFeeds.ts"
import { CatalogFaults, DOWN } from "../support/MemoryCatalog.ts"

const METHODS: ReadonlyArray<readonly [path: string, allow: string, wrong: ReadonlyArray<string>]> = [
  ["/", "GET, HEAD, OPTIONS", ["POST", "DELETE"]],
  ["/symbols", "GET, HEAD, OPTIONS, POST", ["PUT", "DELETE", "PATCH"]],
  ["/symbols/1", "DELETE, GET, HEAD, OPTIONS", ["POST", "PUT", "PATCH"]],
  ["/exchanges", "GET, HEAD, OPTIONS, POST", ["DELETE"]],
  ["/exchanges/1", "DELETE, GET, HEAD, OPTIONS", ["PATCH"]],
  ["/markets", "GET, HEAD, OPTIONS, PATCH, POST", ["DELETE"]],
  ["/markets/1", "DELETE, GET, HEAD, OPTIONS, PATCH", ["POST", "PUT"]],
  ["/markets/1/book?depth=1", "GET, HEAD, OPTIONS", ["POST"]],
  ["/livez", "GET, HEAD, OPTIONS", ["POST"]],
  ["/readyz", "GET, HEAD, OPTIONS", ["POST"]],
  ["/openapi.json", "GET, HEAD, OPTIONS", ["POST"]],
  ["/docs", "GET, HEAD, OPTIONS", ["POST"]]
]

layer(layerApi(inMemory), { excludeTestServices: true })("the edge", (it) => {
  describe("routes", () => {
    it.effect.each(["/nope", "/symbols/1/2", "/markets/1/books", "/admin.php", "/symbols.json", "/%E2%82%AC"])(
      "there is nothing at %s",
      (path) =>
        Effect.gen(function* () {
          const { send } = yield* ApiClient
          for (const method of ["GET", "POST", "DELETE", "OPTIONS"]) {
            const body = assertProblem(yield* send(method, path), 404, "route-not-found")
            assert.include(body["detail"], `nothing at ${method} ${path}.`)
            assert.include(body["detail"], "/openapi.json")
          }
        })
    )

    it.effect.each(["/symbols/%zz", "/symbols/%", "/%ff", "/markets/%c0%af/book", "/%E2%82"])(
      "%s is no percent-encoding",
      (path) =>
        Effect.gen(function* () {
          const { send } = yield* ApiClient
          const body = assertProblem(yield* send("GET", path), 400, "malformed-path")
          assert.include(body["detail"], path)
        })
    )

    it.effect.each(METHODS)("%s answers to %s", ([path, allow, wrong]) =>
      Effect.gen(function* () {
        const { send } = yield* ApiClient
        for (const method of wrong) {
          const answer = yield* send(method, path)
          const body = assertProblem(answer, 405, "method-not-allowed")
          assert.strictEqual(answer.headers.get("allow"), allow)
          assert.strictEqual(body["detail"], `${path.split("?", 1)[0]} answers to ${allow}, not to ${method}.`)
        }
        const options = yield* send("OPTIONS", path)
        assert.deepStrictEqual([options.status, options.text, options.headers.get("allow")], [204, "", allow])
      })
    )

    it.effect("names itself at the root, as JSON and for a browser as a page that needs nothing else", () =>
      Effect.gen(function* () {
        const { send } = yield* ApiClient
        const plain = yield* send("GET", "/")
        assert.strictEqual(plain.headers.get("content-type"), "application/json")
        const { links, name, started_at, version } = Object(plain.json)
        assert.isBelow(Math.abs(Number(started_at) / 1000 - performance.timeOrigin), 1)
        assert.strictEqual(name, "level4")
        assert.match(version, /^\d+\.\d+\.\d+/)
        const { docs, metrics, openapi, stream } = links
        assert.deepStrictEqual(
          { docs, metrics, openapi, stream },
          {
            docs: "/docs",
            metrics: "/metrics",
            openapi: "/openapi.json",
            stream: "/stream"
          }
        )
        for (const path of Object.values(links)) {
          assert.include([200, 426], (yield* send("GET", String(path))).status, String(path))
        }
        const page = yield* send("GET", "/", undefined, { accept: "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8" })
        assert.match(page.headers.get("content-type") ?? "", /^text\/html; *charset=utf-8$/i)
        assert.match(page.headers.get("content-security-policy") ?? "", /^default-src 'none'/)
        for (const path of Object.values(links)) assert.include(page.text, `href="${String(path)}"`)
        assert.notMatch(page.text, /https?:|<script/)
        assert.strictEqual(page.headers.get("vary"), "Accept")
      })
    )

    it.effect("refuses two Host headers, whatever they say", () =>
      Effect.gen(function* () {
        const { raw } = yield* ApiClient
        for (const [first, second] of [
          ["127.0.0.1", "evil.example"],
          ["evil.example", "127.0.0.1"],
          ["127.0.0.1", "127.0.0.1"]
        ]) {
          for (const version of ["1.1", "1.0"]) {
            const text = yield* raw(`GET /livez HTTP/${version}\r\nHost: ${first}\r\nhOsT: ${second}\r\n\r\n`)
            assert.match(text, /^HTTP\/1\.1 400 [^]*application\/problem\+json[^]*2 \\"Host\\" headers/)
          }
        }
      })
    )

    it.effect("refuses a body in any encoding, and reads one without", () =>
      Effect.gen(function* () {
        const { send } = yield* ApiClient
        for (const encoding of ["gzip", "br", "deflate", "gzip, identity", "x-what"]) {
          const answer = yield* send("POST", "/symbols", { symbol: unique("E") }, { "content-encoding": encoding })
          const { detail } = assertProblem(answer, 415, "unsupported-media-type")
          assert.include(detail, `"Content-Encoding: ${encoding}"`)
          assert.strictEqual(answer.headers.get("accept-encoding"), "identity")
        }
        const plain = yield* send("POST", "/symbols", { symbol: unique("E") }, { "content-encoding": "Identity" })
        assert.strictEqual(plain.status, 201)
        assert.strictEqual((yield* send("GET", "/symbols", undefined, { "content-encoding": "gzip" })).status, 200)
      })
    )

    it.effect("HEAD answers as GET does, without the body", () =>
      Effect.gen(function* () {
        const { send } = yield* ApiClient
        const id = yield* newSymbol()
        for (const path of ["/symbols", `/symbols/${id}`, "/livez", "/openapi.json", "/docs", "/"]) {
          const [get, head] = [yield* send("GET", path), yield* send("HEAD", path)]
          assert.strictEqual(head.status, 200, path)
          assert.strictEqual(head.text, "")
          for (const name of ["content-type", "content-length"]) {
            assert.strictEqual(head.headers.get(name), get.headers.get(name), path)
          }
        }
        const missing = yield* send("HEAD", "/symbols/999999")
        assert.deepStrictEqual([missing.status, missing.text], [404, ""])
        assert.strictEqual((yield* send("HEAD", "/nope")).status, 404)
      })
    )
  })

  describe("bodies", () => {
    const json = { "content-type": "application/json" }

    it.effect("takes one of 64 KiB and no byte more", () =>
      Effect.gen(function* () {
        const { send } = yield* ApiClient
        const largest = `{"symbol":"${unique("BIG")}"}`.padEnd(65_536, " ")
        assert.strictEqual((yield* send("POST", "/symbols", largest, json)).status, 201)
        assertProblem(yield* send("POST", "/symbols", `${largest} `, json), 413, "payload-too-large", {
          max_bytes: 65_536
        })
      })
    )

    it.effect("refuses a megabyte, by POST, by PATCH, and where nothing is", () =>
      Effect.gen(function* () {
        const { send } = yield* ApiClient
        const megabyte = JSON.stringify({ symbol: "X".repeat(1 << 20) })
        for (const [method, path] of [
          ["POST", "/symbols"],
          ["POST", "/markets"],
          ["PATCH", "/markets/1"],
          ["POST", "/nope"]
        ] as const) {
          const answer = yield* send(method, path, megabyte, json)
          assertProblem(answer, 413, "payload-too-large", { max_bytes: 65_536 })
          assert.strictEqual(answer.headers.get("connection"), "close")
        }
        assert.strictEqual((yield* send("GET", "/livez")).status, 200)
      })
    )

    it.effect.each([
      "text/plain",
      "application/x-www-form-urlencoded",
      "multipart/form-data; boundary=x",
      "application/xml",
      "nonsense"
    ])("refuses a body sent as %s", (type) =>
      Effect.gen(function* () {
        const { send } = yield* ApiClient
        for (const [method, path] of [
          ["POST", "/symbols"],
          ["PATCH", "/markets/1"]
        ] as const) {
          const answer = yield* send(method, path, '{"symbol":"BTC"}', { "content-type": type })
          const body = assertProblem(answer, 415, "unsupported-media-type")
          assert.include(body["detail"], `sent as ${type}`)
          assert.include(body["detail"], "application/json")
        }
      })
    )
  })

  describe("faults", () => {
    it.effect("tells nothing of a bug but that it is one, and logs its cause", () =>
      Effect.gen(function* () {
        const { logged, send } = yield* ApiClient
        const control = yield* FeedControl
        const id = yield* newMarket()
        control.defect = new Error("a secret of ours at /root/level4.ts:1:1")
        const body = assertProblem(yield* send("GET", `/markets/${id}/book`), 500, "internal-error")
        control.defect = undefined
        assert.notInclude(JSON.stringify(body), "secret")
        assert.match(logged.at(-2) ?? "", new RegExp(`^Error GET /markets/${id}/book failed .*`))
        assert.strictEqual((yield* send("GET", `/markets/${id}/book`)).status, 200)
      })
    )

    it.effect("sends nothing that its own schema refuses", () =>
      Effect.gen(function* () {
        const { logged, send } = yield* ApiClient
        const control = yield* FeedControl
        const id = yield* newMarket()
        control.garble = { epoch: "a secret of ours" }
        const body = assertProblem(yield* send("GET", `/markets/${id}/book`), 500, "internal-error")
        control.garble = {}
        assert.notInclude(JSON.stringify(body), "secret")
        assert.match(logged.at(-2) ?? "", /^Error An answer did not fit its own schema/)
      })
    )

    it.effect("answers 503 with a time to come back while the catalog is down", () =>
      Effect.gen(function* () {
        const { send } = yield* ApiClient
        const faults = yield* CatalogFaults
        const id = yield* newMarket()
        faults.down = true
        const calls = [
          ["GET", "/symbols"],
          ["GET", "/symbols/1"],
          ["POST", "/symbols", { symbol: "BTC" }],
          ["GET", "/exchanges"],
          ["GET", "/exchanges/1"],
          ["POST", "/exchanges", { name: "Kraken" }],
          ["GET", "/markets"],
          ["GET", `/markets/${id}`],
          ["POST", "/markets", { exchange_id: 1, base_symbol_id: 1, quote_symbol_id: 2, market_type: "SPOT" }],
          ["PATCH", `/markets/${id}`, { level4_feed_enabled: true }]
        ] as const
        for (const [method, path, body] of calls) {
          const answer = yield* send(method, path, body)
          assertProblem(answer, 503, "catalog-unavailable", { detail: DOWN })
          assert.strictEqual(answer.headers.get("retry-after"), "2", path)
        }
        faults.down = false
        assert.strictEqual((yield* send("GET", "/symbols")).status, 200)
      })
    )

    it.effect("lets nothing be cached or guessed", () =>
      Effect.gen(function* () {
        const { send } = yield* ApiClient
        for (const path of ["/symbols", "/nope", "/livez"]) {
          const { headers } = yield* send("GET", path)
          assert.strictEqual(headers.get("cache-control"), "no-store")
          assert.strictEqual(headers.get("x-content-type-options"), "nosniff")
        }
      })
    )
  })
})
