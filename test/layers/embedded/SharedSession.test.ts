// Owns the proof that connections can share the embedded database's one session: each finds it clean, none ends it, and
// a database that died, hangs or broke inside is started again for the next one, with all that was stored.
import * as PgClient from "@effect/sql-pg/PgClient"
import { assert, describe, it, layer } from "@effect/vitest"
import { Context, Effect, Exit, Layer, Schedule, Scope } from "effect"
import { once } from "node:events"
import { join } from "node:path"
import { SharedSession, sharedSession } from "../../../src/layers/embedded/SharedSession.ts"
import { embeddedDatabase } from "../../support/Databases.ts"

class Session extends Context.Service<Session, SharedSession>()("test/Session") {
  static readonly layer = Layer.effect(Session)(
    Effect.gen(function* () {
      const { LEVEL4_DATA_DIR } = yield* embeddedDatabase
      const session = yield* sharedSession(String(LEVEL4_DATA_DIR))
      yield* Effect.promise(() => session.opened())
      return session
    })
  )
}

/** Uses a client with connections of its own over the session. */
const onClient = <A, E>(use: (sql: PgClient.PgClient) => Effect.Effect<A, E>) =>
  Effect.gen(function* () {
    const stream = (yield* Session).connect
    const options = { username: "postgres", database: "postgres", ssl: false, stream, maxConnections: 1 }
    return yield* Effect.provide(PgClient.PgClient.use(use), Layer.fresh(PgClient.layer(options)))
  })
const eventually = Effect.retry(Schedule.max([Schedule.spaced("50 millis"), Schedule.recurs(200)]))
/** The wire protocol's message for something that no client ever says; PGlite spins on it for ever. */
const NONSENSE = Buffer.from([63, 0, 0, 0, 4])
const BEGIN = Buffer.concat([Buffer.from([81, 0, 0, 0, 10]), Buffer.from("BEGIN\0")])
/** Two farewells at once, which are not taken for the driver's one: PGlite answers them with nothing at all. */
const FAREWELLS = Buffer.from([88, 0, 0, 0, 4, 88, 0, 0, 0, 4])

layer(Session.layer)("SharedSession", (it) => {
  it.effect("outlives its connections", () =>
    Effect.gen(function* () {
      for (const value of [1, 2, 3]) {
        assert.deepStrictEqual(yield* onClient((sql) => sql`SELECT ${value}::int AS value`), [{ value }])
      }
    })
  )
  it.effect("gives a new connection a clean session: no open transaction, no settings, no prepared statements", () =>
    Effect.gen(function* () {
      yield* onClient((sql) =>
        Effect.all([sql`CREATE TABLE kept ()`, sql`SET statement_timeout = 77`, sql`BEGIN`, sql`CREATE TABLE lost ()`])
      )
      const seen = yield* onClient(
        (sql) => sql`SELECT to_regclass('kept') IS NOT NULL AS kept, to_regclass('lost') IS NOT NULL AS lost,
          current_setting('statement_timeout') AS timeout,
          (SELECT count(*)::int FROM pg_prepared_statements) AS prepared`
      )
      assert.deepStrictEqual(seen, [{ kept: true, lost: false, timeout: "0", prepared: 1 }])
    })
  )
  it.effect(
    "ends a connection that lost the session to another, which could not know that its transaction is gone",
    () =>
      Effect.gen(function* () {
        const [loser, other] = [(yield* Session).connect(), (yield* Session).connect()]
        loser.write(BEGIN)
        yield* Effect.promise(() => once(loser, "data"))
        const ended = once(loser, "error")
        other.write(BEGIN)
        assert.include(String((yield* Effect.promise(() => ended))[0]), "another connection took the session")
        yield* Effect.promise(() => once(other, "data"))
      })
  )
  it.effect("goes on after errors, in a transaction and outside of one", () =>
    onClient((sql) =>
      Effect.gen(function* () {
        assert.strictEqual((yield* Effect.flip(sql`SELECT nonsense`)).reason._tag, "SqlSyntaxError")
        const failed = sql.withTransaction(Effect.andThen(sql`CREATE TABLE lost ()`, sql`SELECT 1/0`))
        assert.strictEqual((yield* Effect.flip(failed)).reason._tag, "UnknownError")
        assert.deepStrictEqual(yield* sql`SELECT to_regclass('lost')::text AS lost`, [{ lost: null }])
      })
    )
  )
  it.effect("carries answers of megabytes", () =>
    Effect.gen(function* () {
      const rows = yield* onClient((sql) => sql`SELECT repeat('x', 1000) AS x FROM generate_series(1, 3000)`)
      assert.strictEqual(rows.length, 3000)
    })
  )
})

describe("SharedSession, when its database fails", () => {
  it.live("starts it again when it broke inside, and tells the call that met it", () =>
    Effect.gen(function* () {
      yield* onClient((sql) => sql`CREATE TABLE kept AS SELECT 42 AS value`)
      const wire = (yield* Session).connect()
      const failed = once(wire, "error")
      wire.write(FAREWELLS)
      assert.include(String((yield* Effect.promise(() => failed))[0]), "it broke off its answer")
      assert.deepStrictEqual(yield* eventually(onClient((sql) => sql`SELECT value FROM kept`)), [{ value: 42 }])
    }).pipe(Effect.provide(Session.layer))
  )
  it.live("starts it again when it hangs and the driver gave up", () =>
    Effect.gen(function* () {
      yield* onClient((sql) => sql`CREATE TABLE kept AS SELECT 42 AS value`)
      const wire = (yield* Session).connect()
      wire.write(NONSENSE)
      wire.destroy()
      yield* Effect.promise(() => once(wire, "close"))
      assert.deepStrictEqual(yield* eventually(onClient((sql) => sql`SELECT value FROM kept`)), [{ value: 42 }])
    }).pipe(Effect.provide(Session.layer))
  )
  it.live("closes in bounded time although it hangs, and although nobody listens to its connections any more", () =>
    Effect.gen(function* () {
      const { LEVEL4_DATA_DIR } = yield* embeddedDatabase
      const scope = yield* Scope.make()
      const session = yield* Scope.provide(sharedSession(String(LEVEL4_DATA_DIR)), scope)
      yield* Effect.promise(() => session.opened())
      session.connect().write(NONSENSE)
      yield* Scope.close(scope, Exit.void)
    })
  )
  it.live("says so when there is no database to open", () =>
    Effect.gen(function* () {
      const { LEVEL4_DATA_DIR } = yield* embeddedDatabase
      const session = new SharedSession(join(String(LEVEL4_DATA_DIR), "postgres", "PG_VERSION"))
      const error = yield* Effect.flip(Effect.tryPromise(() => session.opened()))
      assert.include(String(error.cause), "the embedded database stopped")
      yield* Effect.promise(() => session.close())
    })
  )
})
