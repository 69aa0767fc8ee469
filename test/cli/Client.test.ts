// Calls that don't come to a good end: nobody there, somebody else there, a service that hangs, wrong tokens.
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { createServer, type RequestListener } from "node:http"
import type { AddressInfo } from "node:net"
import { layerApi } from "../support/ApiClient.ts"
import { inMemory } from "../support/Catalogs.ts"
import { Server } from "../../src/api/Server.ts"
import { NEW_BTC, onService } from "../support/cliService.ts"
import { level4 } from "../support/CommandLine.ts"
import { CatalogFaults, DOWN } from "../support/MemoryCatalog.ts"

/** The address of an HTTP server that answers like this. */
const stranger = (listener: RequestListener) =>
  Effect.acquireRelease(
    Effect.callback<ReturnType<typeof createServer>>((resume) => {
      const server = createServer(listener)
      server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
    }),
    (server) => Effect.sync(() => server.close().closeAllConnections())
  ).pipe(Effect.map((server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`))

/** The address of a port that nobody listens on. */
const nobody = Effect.scoped(stranger(() => {}))

const symbols = (url: string) => level4(["symbols", "list", "--json", "--url", url])

describe("a service that is not there", () => {
  it.live("is exit code 69, with the address and the way to start one", () =>
    Effect.gen(function* () {
      const url = yield* nobody
      assert.deepStrictEqual(yield* symbols(`${url}/`), {
        code: 69,
        stdout: "",
        stderr:
          `level4: no service answers at ${url}: connection refused\n` +
          "  Start one with: level4 serve\n" +
          "  or name another address with --url or LEVEL4_URL"
      })
      for (const args of ["book 1", "markets show 1", "markets start 1 2", "exchanges new Kraken", NEW_BTC]) {
        assert.strictEqual((yield* level4(args.split(" "), { env: { LEVEL4_URL: url } })).code, 69, args)
      }
    })
  )

  it.live("is found out in the middle of several markets, and ends there", () =>
    Effect.gen(function* () {
      let calls = 0
      const url = yield* stranger((request, response) => {
        calls++
        request.socket.destroy()
        response.destroy()
      })
      const ran = yield* level4(["markets", "start", "1", "2", "3"], { env: { LEVEL4_URL: url } })
      assert.strictEqual(ran.code, 69)
      assert.strictEqual(calls, 1)
      assert.include(ran.stderr, `no service answers at ${url}`)
    }).pipe(Effect.scoped)
  )

  it.live("is not waited for longer than 30 seconds", () =>
    Effect.gen(function* () {
      const asked = yield* Deferred.make<void>()
      const url = yield* stranger(() => Deferred.doneUnsafe(asked, Effect.void))
      yield* Effect.gen(function* () {
        const fiber = yield* Effect.forkChild(symbols(url))
        yield* Deferred.await(asked)
        yield* TestClock.adjust("30 seconds")
        const ran = yield* Fiber.join(fiber)
        assert.strictEqual(ran.code, 69)
        assert.include(ran.stderr, "no answer within 30s")
      }).pipe(Effect.provide(TestClock.layer()))
    }).pipe(Effect.scoped)
  )
})

describe("something else at the address", () => {
  it.live.each([
    [200, "text/html", "<h1>It works</h1>"],
    [200, "application/json", '{"hello":"world"}'],
    [200, "application/json", '[{"id":"1","symbol":"BTC"}]'],
    [204, "text/plain", ""],
    [404, "text/html", "<h1>Not Found</h1>"],
    [502, "application/json", '{"message":"upstream"}'],
    [500, "text/plain", ""]
  ] as const)("is exit code 69: %i %s %s", ([status, type, body]) =>
    Effect.gen(function* () {
      const url = yield* stranger((_, response) => response.writeHead(status, { "content-type": type }).end(body))
      const ran = yield* symbols(url)
      assert.strictEqual(ran.code, 69)
      assert.strictEqual(ran.stdout, "")
      assert.include(ran.stderr, `level4: what answers at ${url} is not this version of level4: `)
    }).pipe(Effect.scoped)
  )
})

describe("a service that refuses", () => {
  it.live("is quoted with every fault it found", () =>
    Effect.gen(function* () {
      const problem = {
        type: "https://level4.dev/problems/invalid-request",
        title: "Invalid request",
        status: 400,
        detail: "2 faults",
        errors: [
          { in: "query", path: "/depth", message: "Expected a number" },
          { in: "body", path: "", message: "Expected an object" }
        ]
      }
      const url = yield* stranger((_, response) =>
        response.writeHead(400, { "content-type": "application/problem+json" }).end(JSON.stringify(problem))
      )
      assert.deepStrictEqual(yield* symbols(url), {
        code: 2,
        stdout: "",
        stderr:
          "level4: Invalid request (400)\n  2 faults\n  query /depth: Expected a number\n  body: Expected an object"
      })
    }).pipe(Effect.scoped)
  )

  it.live("because its catalog is down is exit code 2", () =>
    onService((cli) =>
      Effect.gen(function* () {
        const faults = yield* CatalogFaults
        faults.down = true
        const ran = yield* cli("symbols list --json")
        assert.strictEqual(ran.code, 2)
        assert.strictEqual(ran.stdout, "")
        assert.include(ran.stderr, `level4: Catalog unavailable (503)\n  ${DOWN}`)
      })
    )
  )

  it.live("for want of a token names the setting; with the token it obeys", () =>
    Effect.gen(function* () {
      const { url } = yield* Server
      const as = (env: Record<string, string>, ...args: Array<string>) =>
        level4(args, { env: { LEVEL4_URL: url, ...env } })
      const stranger = yield* as({}, "symbols", "new", "BTC")
      assert.strictEqual(stranger.code, 2)
      assert.match(stranger.stderr, /^level4: Unauthorized \(401\)\n[^]*LEVEL4_OPERATOR_TOKEN/)
      const reader = { LEVEL4_READER_TOKEN: "reading-of-this-test" }
      assert.include((yield* as(reader, "symbols", "new", "BTC")).stderr, "Forbidden (403)")
      assert.strictEqual((yield* as(reader, "symbols", "list")).code, 0)
      const operator = { ...reader, LEVEL4_OPERATOR_TOKEN: "operating-of-this-test" }
      assert.strictEqual((yield* as(operator, "symbols", "new", "BTC")).code, 0)
      const wrong = yield* as({ LEVEL4_OPERATOR_TOKEN: "guessing" }, "symbols", "list")
      assert.strictEqual(wrong.code, 2)
      assert.notInclude(wrong.stderr, "guessing")
    }).pipe(
      Effect.provide(
        layerApi(inMemory, {
          LEVEL4_OPERATOR_TOKEN: "operating-of-this-test",
          LEVEL4_READER_TOKEN: "reading-of-this-test"
        })
      )
    )
  )
})
