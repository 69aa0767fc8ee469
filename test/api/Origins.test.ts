// Names and origins: which Host and which Origin may do what, and what a listed page is told.
import { assert, describe, it } from "@effect/vitest"
import { makeOrigins } from "../../src/api/Origins.ts"

const LOOPBACK = { host: "127.0.0.1", allowedHosts: ["level4.example"], allowedOrigins: ["https://desk.example"] }
const caller = (method: string, headers: Record<string, string>, url = "/markets") => ({ method, url, headers })
const typeOf = (rules: typeof LOOPBACK, asked: ReturnType<typeof caller>) =>
  makeOrigins(rules).refusal(asked)?.problem.type.replace("https://level4.dev/problems/", "")

describe("Origins", () => {
  it("knows the service by loopback's names, its own host, and the listed", () => {
    const good = [
      "localhost",
      "localhost:4004",
      "LOCALHOST:4004",
      "level4.localhost",
      "127.0.0.1:4004",
      "127.1.2.3",
      "[::1]:4004",
      "level4.example:443",
      "level4.example."
    ]
    for (const host of good) assert.isUndefined(typeOf(LOOPBACK, caller("GET", { host })), host)
    const bad = [
      "evil.example",
      "evil.example:4004",
      "localhost.evil.example",
      "127.0.0.1.evil.example",
      "10.0.0.1",
      "level4.example.evil",
      "xlevel4.example",
      "",
      "evil.example:4004@localhost",
      "[2001:db8::1]"
    ]
    for (const host of bad) assert.strictEqual(typeOf(LOOPBACK, caller("GET", { host })), "host-not-allowed", host)
  })

  it("knows it by any address where it listens on all, and by no other name", () => {
    for (const host of ["0.0.0.0", "::"]) {
      const rules = { ...LOOPBACK, host }
      for (const name of ["10.0.0.1:4004", "[2001:db8::1]:4004", "localhost"]) {
        assert.isUndefined(typeOf(rules, caller("GET", { host: name })), name)
      }
      assert.strictEqual(typeOf(rules, caller("GET", { host: "evil.example" })), "host-not-allowed")
    }
    assert.isUndefined(typeOf({ ...LOOPBACK, host: "fd00::1" }, caller("GET", { host: "[fd00::1]:4004" })))
    assert.isUndefined(typeOf({ ...LOOPBACK, host: "Trading-1" }, caller("GET", { host: "trading-1:4004" })))
  })

  it("believes an absolute address before the Host header", () => {
    const host = { host: "localhost" }
    assert.strictEqual(typeOf(LOOPBACK, caller("GET", host, "http://evil.example/markets")), "host-not-allowed")
    assert.strictEqual(typeOf(LOOPBACK, caller("GET", host, "http://localhost@evil.example/")), "host-not-allowed")
    assert.isUndefined(typeOf(LOOPBACK, caller("GET", { host: "evil.example" }, "http://localhost/markets")))
  })

  it("lets foreign pages neither change anything nor open a websocket", () => {
    const host = "localhost:4004"
    const foreign = [
      "https://evil.example",
      "http://localhost:3000",
      "http://localhost",
      "null",
      "https://desk.example.evil"
    ]
    for (const origin of foreign) {
      for (const method of ["POST", "PATCH", "PUT", "DELETE"]) {
        assert.strictEqual(typeOf(LOOPBACK, caller(method, { host, origin })), "origin-not-allowed", origin)
      }
      const upgrade = { host, origin, upgrade: "websocket" }
      assert.strictEqual(typeOf(LOOPBACK, caller("GET", upgrade, "/stream")), "origin-not-allowed", origin)
      assert.isUndefined(typeOf(LOOPBACK, caller("GET", { host, origin })), origin)
    }
    for (const origin of ["http://localhost:4004", "https://localhost:4004", "https://desk.example"]) {
      assert.isUndefined(typeOf(LOOPBACK, caller("POST", { host, origin })), origin)
      assert.isUndefined(typeOf(LOOPBACK, caller("GET", { host, origin, upgrade: "websocket" }, "/stream")), origin)
    }
    assert.isUndefined(typeOf(LOOPBACK, caller("POST", { host })))
  })

  it("shares answers with listed pages alone, and never with all", () => {
    const { sharing } = makeOrigins(LOOPBACK)
    const shared = sharing(caller("GET", { origin: "https://desk.example" }))
    assert.deepInclude(shared, { vary: "Origin", "access-control-allow-origin": "https://desk.example" })
    assert.deepStrictEqual(sharing(caller("GET", { origin: "https://evil.example" })), { vary: "Origin" })
    const off = makeOrigins({ ...LOOPBACK, allowedOrigins: [] })
    assert.deepStrictEqual(off.sharing(caller("GET", { origin: "https://desk.example" })), {})
  })

  it("answers the question of a listed page before it calls", () => {
    const { preflight } = makeOrigins(LOOPBACK)
    const asked = { origin: "https://desk.example", "access-control-request-method": "PATCH" }
    const methods = () => "GET, PATCH"
    const answer = preflight(caller("OPTIONS", asked), methods)
    assert.deepInclude(answer, { "access-control-allow-methods": "GET, PATCH", "access-control-max-age": "600" })
    assert.match(
      answer?.["access-control-allow-headers"] ?? "",
      /^Authorization, Content-Type, Last-Event-ID, traceparent, tracestate, b3$/
    )
    assert.notProperty(answer, "access-control-allow-private-network")
    const local = { ...asked, "access-control-request-private-network": "true" }
    assert.propertyVal(preflight(caller("OPTIONS", local), methods), "access-control-allow-private-network", "true")
    assert.isUndefined(preflight(caller("OPTIONS", { ...asked, origin: "https://evil.example" }), methods))
    assert.isUndefined(preflight(caller("OPTIONS", { origin: "https://desk.example" }), methods))
    assert.isUndefined(preflight(caller("GET", asked), methods))
    assert.isUndefined(preflight(caller("OPTIONS", asked), () => undefined))
  })
})
