// Admission over real sockets: foreign names and pages, too many requests, too many connections, and that an ordinary
// burst passes.
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { once } from "node:events"
import { connect, type Socket } from "node:net"
import { WebSocket } from "ws"
import { type Answer, ApiClient, layerApi } from "../support/ApiClient.ts"
import { newExchange, newSymbol } from "../support/apiRows.ts"
import { assertProblem, assertProblemBody } from "../support/assertProblem.ts"
import { inMemory } from "../support/Catalogs.ts"
import { until } from "../support/until.ts"

const DESK = "https://desk.example"
const get = (host: string, more = "") => `GET /livez HTTP/1.1\r\nHost: ${host}\r\n${more}Connection: close\r\n\r\n`
const bodyOf = (text: string): unknown => JSON.parse(text.slice(text.indexOf("\r\n\r\n") + 4))

layer(layerApi(inMemory, { LEVEL4_ALLOWED_ORIGINS: DESK }), { excludeTestServices: true })("admission", (it) => {
  it.effect("refuses names that are not its own, wherever they point", () =>
    Effect.gen(function* () {
      const { raw } = yield* ApiClient
      assert.match(yield* raw(get("localhost:1")), /^HTTP\/1.1 200 /)
      for (const path of ["/livez", "/nope", "/metrics", "/openapi.json"]) {
        const text = yield* raw(get("rebound.example").replace("/livez", path))
        assertProblemBody(bodyOf(text), 403, "host-not-allowed")
      }
      const upgrade = get("rebound.example", "Upgrade: websocket\r\n").replace("close", "Upgrade")
      assert.match(yield* raw(upgrade), /^HTTP\/1.1 403 Forbidden/)
    })
  )

  it.effect("refuses writes of foreign pages, and reads of theirs stay unread by the browser", () =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      const origin = "https://evil.example"
      assertProblem(yield* send("POST", "/symbols", { symbol: "EVIL" }, { origin }), 403, "origin-not-allowed")
      assertProblem(yield* send("PATCH", "/markets/1", {}, { origin }), 403, "origin-not-allowed")
      const read = yield* send("GET", "/symbols", undefined, { origin })
      assert.deepStrictEqual(read.json, [])
      assert.isNull(read.headers.get("access-control-allow-origin"))
      const asked = { origin, "access-control-request-method": "POST" }
      const preflight = yield* send("OPTIONS", "/symbols", undefined, asked)
      assert.isNull(preflight.headers.get("access-control-allow-origin"))
      assert.isNull(preflight.headers.get("access-control-allow-methods"))
    })
  )

  it.effect("lets a listed page call, and shares even errors with it", () =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      const asked = { origin: DESK, "access-control-request-method": "POST" }
      const preflight = yield* send("OPTIONS", "/symbols", undefined, asked)
      assert.strictEqual(preflight.status, 204)
      assert.strictEqual(preflight.headers.get("access-control-allow-origin"), DESK)
      assert.strictEqual(preflight.headers.get("access-control-allow-methods"), "GET, HEAD, OPTIONS, POST")
      for (const [method, path, status] of [
        ["POST", "/symbols", 201],
        ["GET", "/symbols/999", 404],
        ["GET", "/nope", 404],
        ["DELETE", "/symbols", 405]
      ] as const) {
        const body = method === "POST" ? { symbol: "DESK" } : undefined
        const answer = yield* send(method, path, body, { origin: DESK })
        assert.strictEqual(answer.status, status)
        assert.strictEqual(answer.headers.get("access-control-allow-origin"), DESK)
        assert.strictEqual(answer.headers.get("vary"), "Origin")
      }
    })
  )

  it.effect("opens no websocket for a foreign page, nor under a foreign name", () =>
    Effect.gen(function* () {
      const { url } = yield* ApiClient
      const statusOf = (headers: Record<string, string>) =>
        Effect.callback<number>((resume) => {
          const socket = new WebSocket(`${url.replace("http", "ws")}/stream`, { headers })
          const done = (status: number) => {
            socket.terminate()
            resume(Effect.succeed(status))
          }
          socket.on("unexpected-response", (_request, response) => done(response.statusCode ?? 0))
          socket.on("open", () => done(101))
          socket.on("error", () => {})
        })
      assert.strictEqual(yield* statusOf({ origin: "https://evil.example" }), 403)
      assert.strictEqual(yield* statusOf({ origin: "null" }), 403)
      assert.strictEqual(yield* statusOf({ host: "rebound.example", origin: "http://rebound.example" }), 403)
      assert.strictEqual(yield* statusOf({ origin: DESK }), 101)
      assert.strictEqual(yield* statusOf({ origin: url }), 101)
      assert.strictEqual(yield* statusOf({}), 101)
    })
  )

  it.effect("lets three hundred markets be created and switched at once", () =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      const exchange_id = yield* newExchange()
      const quote_symbol_id = yield* newSymbol()
      const made = yield* Effect.forEach(
        Array.from({ length: 300 }),
        () =>
          Effect.gen(function* () {
            const base_symbol_id = yield* newSymbol()
            const names = { exchange_id, base_symbol_id, quote_symbol_id, market_type: "SPOT" }
            const { status } = yield* send("POST", "/markets", names)
            return status
          }),
        { concurrency: 32 }
      )
      assert.deepStrictEqual([...new Set(made)], [201])
    })
  )
})

const few = layerApi(inMemory, { LEVEL4_CLIENT_CONNECTIONS: "4" })
layer(few, { excludeTestServices: true })("with four connections a client, admission", (it) => {
  it.effect("answers connections beyond the limit with a problem, and cuts those far beyond", () =>
    Effect.gen(function* () {
      const { raw, url } = yield* ApiClient
      const { hostname, port } = new URL(url)
      const open: Array<Socket> = []
      yield* Effect.addFinalizer(() => Effect.sync(() => open.forEach((socket) => socket.destroy())))
      for (let i = 0; i < 4; i++) {
        const socket = connect(Number(port), hostname)
        open.push(socket)
        yield* Effect.promise(() => once(socket, "connect"))
      }
      const text = yield* raw("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
      assert.match(text, /^HTTP\/1.1 429 [^]*\r\nretry-after: 1\r\n[^]*connection: close/i)
      assertProblemBody(bodyOf(text), 429, "too-many-connections", { retry_after: 1 })
      for (let i = 0; i < 4; i++) open.push(connect(Number(port), hostname).on("error", () => {}))
      assert.match(yield* raw(get("localhost")), /^(\[read ECONNRESET\])?$/, "the ninth is cut")
      for (const socket of open.splice(0)) socket.destroy()
      yield* until("room again", raw(get("localhost")), (answer) => answer.startsWith("HTTP/1.1 200"))
    }).pipe(Effect.scoped)
  )
})

const slow = layerApi(inMemory, { LEVEL4_CLIENT_REQUESTS_PER_SECOND: "1" })
layer(slow, { excludeTestServices: true })("with one request a second, admission", (it) => {
  it.effect("answers too many requests with the time to come back", () =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      const burst = Effect.forEach(Array.from({ length: 12 }), () => send("GET", "/livez"), {
        concurrency: "unbounded"
      })
      const refused = (answers: ReadonlyArray<Answer>) => answers.filter(({ status }) => status === 429)
      const late = refused(yield* until("a refusal", burst, (answers) => refused(answers).length > 0))
      for (const answer of late) {
        const { retry_after } = assertProblem(answer, 429, "too-many-requests")
        assert.strictEqual(answer.headers.get("retry-after"), String(retry_after))
      }
    })
  )
})
