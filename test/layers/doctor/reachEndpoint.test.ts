// Owns the proof that an exchange's address is tried in bounded time, and that what answers is judged by its status.
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { readFileSync } from "node:fs"
import { createServer } from "node:http"
import { createServer as createTlsServer } from "node:https"
import { join } from "node:path"
import { reachEndpoint } from "../../../src/layers/doctor/reachEndpoint.ts"
import { listening } from "../../feeds/venue/loopback.ts"

const endpoint = (kind: "WS" | "REST", url: string) =>
  ({ exchange: "Kraken", kind, url, marketTypes: ["SPOT"], variable: null }) as const
const answering = (status: number, headers: Record<string, string> = {}) =>
  listening(createServer((_request, response) => void response.writeHead(status, headers).end()))
const pem = (name: string) => readFileSync(join(import.meta.dirname, "../../fixtures/tls", name))

describe("reachEndpoint", () => {
  it.live.each([
    [200, "ok", null],
    [404, "ok", null],
    [403, "warn", "refuse this country or address"],
    [429, "warn", "limits this address"],
    [451, "fail", "no one in this country"],
    [503, "warn", "maintenance"]
  ] as const)("takes an answer with %i for %s", ([status, level, told]) =>
    Effect.gen(function* () {
      const { finding, dated } = yield* reachEndpoint(endpoint("REST", `http://${yield* answering(status)}`))
      assert.strictEqual(finding.level, level)
      if (told === null) assert.isNull(finding.fix)
      else assert.include(finding.fix, told)
      assert.strictEqual(dated?.exchange, "Kraken")
      assert.isAtMost(dated!.sentAt, dated!.receivedAt)
    }).pipe(Effect.scoped)
  )

  it.live("does not take a cache's date for the venue's clock", () =>
    Effect.gen(function* () {
      const at = yield* answering(200, { age: "7" })
      assert.isNull((yield* reachEndpoint(endpoint("REST", `http://${at}`))).dated)
    }).pipe(Effect.scoped)
  )

  it.live("shakes hands where the address says so, and says why that failed", () =>
    Effect.gen(function* () {
      const at = yield* listening(createTlsServer({ cert: pem("venue.test.crt"), key: pem("venue.test.key") }))
      const { finding } = yield* reachEndpoint(endpoint("WS", `wss://${at}`))
      assert.strictEqual(finding.level, "fail")
      assert.match(finding.detail, /can't be reached: .*(self-signed|certificate)/)
    }).pipe(Effect.scoped)
  )

  it.effect("gives up on what never answers", () =>
    Effect.gen(function* () {
      const asked = yield* Deferred.make<void>()
      const at = yield* listening(createServer(() => Deferred.doneUnsafe(asked, Effect.void)))
      const fiber = yield* Effect.forkChild(reachEndpoint(endpoint("REST", `http://${at}`)))
      yield* Deferred.await(asked)
      yield* TestClock.adjust("8 seconds")
      const { finding } = yield* Fiber.join(fiber)
      assert.include(finding.detail, `http://${at} (SPOT) can't be reached: no answer within 8 s`)
      assert.include(finding.fix, "firewall, HTTPS_PROXY")
    }).pipe(Effect.scoped)
  )
})
