// A Postgres server that is down at the start, comes, goes away and comes back: the API says so each time, the books
// and feeds go on, and nothing has to be restarted.
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { type Answer, ApiClient, layerApi } from "../support/ApiClient.ts"
import { newMarket, newSymbol } from "../support/apiRows.ts"
import { assertProblem } from "../support/assertProblem.ts"
import { onPostgres } from "../support/Catalogs.ts"
import { FeedControl } from "../support/FakeFeeds.ts"
import { PostgresServer } from "../support/Postgres.ts"

const ownServer = Effect.acquireRelease(
  Effect.promise(() => PostgresServer.start()),
  (server) => Effect.promise(() => server.dispose())
)

/** Asks until the answer has this status; the test's own time limit bounds it. */
const until = (status: number, method: string, path: string) =>
  Effect.gen(function* () {
    const { send } = yield* ApiClient
    let answer: Answer
    do answer = yield* send(method, path)
    while (answer.status !== status)
    return answer
  })

it.live("outlives its database, and recovers by itself", () =>
  Effect.gen(function* () {
    const postgres = yield* ownServer
    yield* Effect.promise(() => postgres.stop())

    const steps = Effect.gen(function* () {
      const { send } = yield* ApiClient
      const { asked } = yield* FeedControl
      assertProblem(yield* send("GET", "/symbols"), 503, "catalog-unavailable")
      assert.strictEqual((yield* send("GET", "/livez")).status, 200)
      assertProblem(yield* send("GET", "/readyz"), 503, "not-ready")

      yield* Effect.promise(() => postgres.start())
      yield* until(200, "GET", "/readyz")
      const id = yield* newMarket()
      const on = yield* send("PATCH", `/markets/${id}`, { level4_feed_enabled: true })
      assert.strictEqual(on.status, 200, on.text)

      yield* Effect.promise(() => postgres.stop())
      assertProblem(yield* until(503, "GET", `/markets/${id}`), 503, "catalog-unavailable")
      const off = yield* send("PATCH", `/markets/${id}`, { level4_feed_enabled: false })
      assertProblem(off, 503, "catalog-unavailable")
      assert.notInclude(asked, `stop ${id}`)
      const book = yield* send("GET", `/markets/${id}/book?require=live`)
      assert.strictEqual(book.status, 200, book.text)

      yield* Effect.promise(() => postgres.start())
      yield* until(200, "GET", "/readyz")
      yield* newSymbol()
      assert.deepStrictEqual((yield* send("GET", `/markets/${id}`)).json, on.json)
      const stopped = yield* send("PATCH", `/markets/${id}`, { level4_feed_enabled: false })
      assert.deepInclude(stopped.json, { level4_feed_enabled: false })
    })
    yield* steps.pipe(Effect.provide(layerApi(onPostgres, { LEVEL4_DATABASE_URL: postgres.url() })))
  }).pipe(Effect.scoped)
)
