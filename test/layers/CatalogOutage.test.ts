// Owns the proof that a Postgres server may be down at the start, go away, hang, or come back empty: calls say so in
// bounded time, and everything recovers by itself. It has a server of its own, since it takes it down.
import { assert, describe, it } from "@effect/vitest"
import * as PgClient from "@effect/sql-pg/PgClient"
import { Context, Duration, Effect, Exit, Fiber, Layer, Redacted, Schedule, Scope } from "effect"
import { SymbolCode } from "../../src/domain/Asset.ts"
import { Catalog } from "../../src/layers/Catalog.ts"
import { administer, layerCatalog } from "../support/Databases.ts"
import { PostgresServer } from "../support/Postgres.ts"
import { tcpProxy } from "../support/TcpProxy.ts"

const postgres = Effect.acquireRelease(
  Effect.promise(() => PostgresServer.start()),
  (server) => Effect.promise(() => server.dispose())
)
const stop = (server: PostgresServer) => Effect.promise(() => server.stop())
const start = (server: PostgresServer) => Effect.promise(() => server.start())

const BTC = SymbolCode.make("BTC")
const ETH = SymbolCode.make("ETH")
/** The catalog's limit is 4 s; the rest is for a busy machine. Without it a hanging server is waited for far longer. */
const ANSWERED_MILLIS = 8000
/** Tries until it succeeds: recovery is nobody's call, so there is no event to wait for. */
const eventually = Effect.retry(Schedule.max([Schedule.spaced("50 millis"), Schedule.recurs(200)]))
/** The catalog's answer, which must come within the promised time, and be that it is unavailable. */
const unavailable = <A, E extends { readonly _tag: string }>(call: Effect.Effect<A, E>) =>
  Effect.gen(function* () {
    const [duration, error] = yield* Effect.timed(Effect.flip(call))
    assert.strictEqual(error._tag, "CatalogUnavailable")
    assert.isBelow(Duration.toMillis(duration), ANSWERED_MILLIS)
    return error
  })

describe("Catalog while its server is away", () => {
  it.live("builds without the server, says so, and works as soon as the server comes", () =>
    Effect.gen(function* () {
      const server = yield* postgres
      yield* stop(server)
      yield* Effect.gen(function* () {
        const catalog = yield* Catalog
        const error = yield* unavailable(catalog.createSymbol(BTC))
        assert.propertyVal(
          error,
          "detail",
          `The catalog's database does not answer (connect ECONNREFUSED 127.0.0.1:${server.port}). ` +
            "It is tried again by itself; running feeds go on."
        )
        yield* unavailable(catalog.ready)
        yield* start(server)
        yield* eventually(catalog.ready)
        assert.deepInclude(yield* catalog.createSymbol(BTC), { symbol: "BTC" })
      }).pipe(Effect.provide(layerCatalog({ LEVEL4_DATABASE_URL: server.url() })))
    })
  )
  it.live("waits for its database to be made on the server", () =>
    Effect.gen(function* () {
      const server = yield* postgres
      yield* Effect.gen(function* () {
        const catalog = yield* Catalog
        const error = yield* unavailable(catalog.symbols)
        assert.include(error.detail, 'database "level4" does not exist')
        yield* administer(server.url(), "CREATE DATABASE level4")
        yield* eventually(catalog.ready)
        assert.deepStrictEqual(yield* catalog.symbols, [])
      }).pipe(Effect.provide(layerCatalog({ LEVEL4_DATABASE_URL: server.url("level4") })))
    })
  )
  it.live("answers every call while the server is gone, and goes on with the same data when it is back", () =>
    Effect.gen(function* () {
      const server = yield* postgres
      yield* Effect.gen(function* () {
        const catalog = yield* Catalog
        const made = yield* catalog.createSymbol(BTC)
        for (let outage = 0; outage < 3; outage++) {
          yield* stop(server)
          const errors = yield* Effect.all(
            Array.from({ length: 20 }, () => unavailable(catalog.symbols)),
            { concurrency: "unbounded" }
          )
          assert.strictEqual(errors.length, 20)
          yield* unavailable(catalog.createSymbol(ETH))
          yield* unavailable(catalog.symbol(made.id))
          yield* unavailable(catalog.ready)
          yield* start(server)
          yield* eventually(catalog.ready)
          assert.deepStrictEqual(yield* catalog.symbols, [made])
        }
      }).pipe(Effect.provide(layerCatalog({ LEVEL4_DATABASE_URL: server.url() })))
    })
  )
  it.live("answers in time when the server hangs, and goes on when it wakes", () =>
    Effect.gen(function* () {
      const server = yield* postgres
      const proxy = yield* tcpProxy(server.port)
      const url = new URL(server.url())
      url.port = `${proxy.port}`
      yield* Effect.gen(function* () {
        const catalog = yield* Catalog
        const made = yield* catalog.createSymbol(BTC)
        proxy.freeze()
        yield* Effect.all(
          Array.from({ length: 20 }, () => unavailable(catalog.symbols)),
          { concurrency: "unbounded" }
        )
        yield* unavailable(catalog.ready)
        proxy.thaw()
        yield* eventually(catalog.ready)
        assert.deepStrictEqual(yield* catalog.symbols, [made])
      }).pipe(Effect.provide(layerCatalog({ LEVEL4_DATABASE_URL: url.href })))
    })
  )
  it.live("makes its tables anew when the server comes back without them", () =>
    Effect.gen(function* () {
      const server = yield* postgres
      yield* Effect.gen(function* () {
        const catalog = yield* Catalog
        yield* catalog.createSymbol(BTC)
        yield* administer(server.url(), "DROP SCHEMA public CASCADE")
        yield* administer(server.url(), "CREATE SCHEMA public")
        const error = yield* unavailable(catalog.symbols)
        assert.include(error.detail, "tables are gone")
        yield* eventually(catalog.ready)
        assert.deepStrictEqual(yield* catalog.symbols, [])
      }).pipe(Effect.provide(layerCatalog({ LEVEL4_DATABASE_URL: server.url() })))
    })
  )
  it.live("says that a password is wrong, without the password", () =>
    Effect.gen(function* () {
      const server = yield* postgres
      const url = new URL(server.url())
      url.password = "s3cret"
      yield* Effect.gen(function* () {
        const error = yield* unavailable((yield* Catalog).ready)
        assert.include(error.detail, 'password authentication failed for user "level4"')
        assert.notInclude(error.detail, "s3cret")
      }).pipe(Effect.provide(layerCatalog({ LEVEL4_DATABASE_URL: url.href })))
    })
  )
  it.live("ends within three seconds, also when the server hangs in the middle of a query", () =>
    Effect.gen(function* () {
      const server = yield* postgres
      const proxy = yield* tcpProxy(server.port)
      const url = new URL(server.url())
      url.port = `${proxy.port}`
      const scope = yield* Scope.make()
      const catalog = Context.get(
        yield* Layer.buildWithScope(layerCatalog({ LEVEL4_DATABASE_URL: url.href }), scope),
        Catalog
      )
      const closing = yield* Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        yield* sql`LOCK TABLE symbols`
        const call = yield* Effect.forkChild(Effect.exit(catalog.symbols))
        yield* eventually(Effect.filterOrFail(sql`SELECT FROM pg_locks WHERE NOT granted`, (rows) => rows.length > 0))
        proxy.freeze()
        const [closing] = yield* Effect.timed(Scope.close(scope, Exit.void))
        yield* Fiber.await(call)
        return closing
      }).pipe(
        Effect.scoped,
        (holdingTheTable) => PgClient.PgClient.use((sql) => sql.withTransaction(holdingTheTable)),
        Effect.provide(PgClient.layer({ url: Redacted.make(server.url()) }))
      )
      assert.isBelow(Duration.toMillis(closing), 3000)
    })
  )
})
