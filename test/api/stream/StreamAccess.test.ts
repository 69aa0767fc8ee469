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

const TOKENS = { LEVEL4_READER_TOKEN: "read", LEVEL4_OPERATOR_TOKEN: "operate" }

layer(layerApi(inMemory, TOKENS), { excludeTestServices: true })("a stream with tokens set", (it) => {
  it.effect("is opened with the reader's or the operator's token alone", () =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      assert.strictEqual(yield* handshake({}), 401)
      assert.strictEqual(yield* handshake({ authorization: "Bearer reed" }), 401)
      assert.strictEqual(yield* handshake({ authorization: "Bearer read" }), 101)
      assert.strictEqual(yield* handshake({ authorization: "Bearer operate" }), 101)
      for (const path of ["/markets/1/events", "/consolidated/A-B", "/stream"]) {
        assertProblem(yield* send("GET", path), 401, "unauthorized")
      }
    })
  )

  it.effect("is not opened for a page of a foreign origin", () =>
    Effect.gen(function* () {
      const authorization = "Bearer read"
      assert.strictEqual(yield* handshake({ authorization, origin: "https://evil.example" }), 403)
      assert.strictEqual(yield* handshake({ authorization, host: "evil.example" }), 403)
    })
  )
})
