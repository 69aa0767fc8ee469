// Who may open a stream: with a reader's token set, nobody without it; a page of a foreign origin never.
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { WebSocket } from "ws"
import { ApiClient, layerApi } from "../../support/ApiClient.ts"
import { assertProblem } from "../../support/assertProblem.ts"
import { inMemory } from "../../support/Catalogs.ts"

/** The status that a handshake is answered with; 101 where it succeeds. */
const handshake = (headers: Record<string, string>) =>
  Effect.flatMap(ApiClient, ({ url }) =>
    Effect.callback<number>((resume) => {
      const socket = new WebSocket(`${url.replace("http", "ws")}/stream`, { headers })
      socket.on("error", () => {})
      const done = (status: number) => {
        socket.terminate()
        resume(Effect.succeed(status))
      }
      socket.once("open", () => done(101))
      socket.once("unexpected-response", (_request, response) => done(response.statusCode ?? 0))
    })
  )

const TOKENS = { LEVEL4_READER_TOKEN: "read-of-this-test", LEVEL4_OPERATOR_TOKEN: "operate-of-this-test" }

layer(layerApi(inMemory, TOKENS), { excludeTestServices: true })("a stream with tokens set", (it) => {
  it.effect("is opened with the reader's or the operator's token alone", () =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      assert.strictEqual(yield* handshake({}), 401)
      assert.strictEqual(yield* handshake({ authorization: "Bearer reed" }), 401)
      assert.strictEqual(yield* handshake({ authorization: "Bearer read-of-this-test" }), 101)
      assert.strictEqual(yield* handshake({ authorization: "Bearer operate-of-this-test" }), 101)
      for (const path of ["/markets/1/events", "/consolidated/A-B", "/stream"]) {
        assertProblem(yield* send("GET", path), 401, "unauthorized")
      }
    })
  )

  it.effect("takes a browser's token by subprotocol, and answers level4 alone", () =>
    Effect.gen(function* () {
      const { raw, send, logged } = yield* ApiClient
      const opening = (protocol: string, more = "") =>
        raw(
          "GET /stream HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
            `Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n${more}` +
            `Sec-WebSocket-Protocol: ${protocol}\r\n\r\n`,
          (text) => text.includes("\r\n\r\n")
        )
      for (const good of [
        "level4, bearer.read-of-this-test",
        "bearer.operate-of-this-test,level4",
        "level4, bearer.r%65ad-of-this-test"
      ]) {
        const text = yield* opening(good)
        assert.match(text, /^HTTP\/1\.1 101 /, good)
        assert.match(text, /^sec-websocket-protocol: level4\r$/im)
        assert.notInclude(text, "bearer")
      }
      for (const bad of ["level4, bearer.reed", "level4", "level4, bearer.", "level4, bearer.%zz"]) {
        const text = yield* opening(bad)
        assert.match(text, /^HTTP\/1\.1 401 [^]*application\/problem\+json/, bad)
      }
      // a header that is there is the one that counts
      assert.match(
        yield* opening("level4, bearer.read-of-this-test", "Authorization: Bearer reed\r\n"),
        /^HTTP\/1\.1 401 /
      )
      const authorization = "Authorization: Bearer read-of-this-test\r\n"
      assert.notMatch(yield* opening("other, bearer.read-of-this-test", authorization), /^sec-websocket-protocol/im)
      for (const broken of ["level4,, x", "level4, level4", "a b", "level4; q=1"])
        assert.match(yield* opening(broken, authorization), /^HTTP\/1\.1 426 [^]*upgrade-required/, broken)
      const elsewhere = yield* send("GET", "/markets/1/events", undefined, {
        "sec-websocket-protocol": "level4, bearer.read-of-this-test"
      })
      assertProblem(elsewhere, 401, "unauthorized")
      assert.notMatch(logged.join("\n"), /bearer|operate/)
    })
  )

  it.effect("is not opened for a page of a foreign origin", () =>
    Effect.gen(function* () {
      const authorization = "Bearer read-of-this-test"
      assert.strictEqual(yield* handshake({ authorization, origin: "https://evil.example" }), 403)
      assert.strictEqual(yield* handshake({ authorization, host: "evil.example" }), 403)
    })
  )
})
