// Owns the proof of what is said of the catalog's database: a server's tables and holder, an embedded one's directory.
// Nothing of it may be changed by being looked at.
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, type Scope } from "effect"
import { SqlClient } from "effect/sql/SqlClient"
import { mkdirSync, readdirSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import { join } from "node:path"
import { Catalog } from "../../../src/layers/Catalog.ts"
import { databaseFindings } from "../../../src/layers/doctor/databaseFindings.ts"
import { DataDirLock } from "../../../src/layers/embedded/DataDirLock.ts"
import { Settings } from "../../../src/layers/Settings.ts"
import {
  administer,
  embeddedDatabase,
  type Environment,
  layerCatalog,
  layerSettings,
  serverDatabase,
  temporaryFolder
} from "../../support/Databases.ts"
import { listening } from "../../feeds/venue/loopback.ts"

const found = (environment: Environment) =>
  Effect.gen(function* () {
    const settings = yield* Effect.result(Effect.provide(Settings, layerSettings(environment)))
    return yield* databaseFindings(settings)
  })
const details = (environment: Environment) =>
  Effect.map(found(environment), (findings) => findings.map(({ level, detail }) => `${level} ${detail}`))

describe("a Postgres server", () => {
  const migrated = <A, E>(test: (environment: Environment) => Effect.Effect<A, E, SqlClient | Scope.Scope>) =>
    Effect.gen(function* () {
      const environment = yield* serverDatabase
      const body = Effect.andThen(
        Effect.flatMap(Catalog, ({ ready }) => ready),
        test(environment)
      )
      return yield* body.pipe(Effect.provide(Layer.fresh(layerCatalog(environment))))
    }).pipe(Effect.scoped)

  it.live("that is empty has its tables to come, and none are made", () =>
    Effect.gen(function* () {
      const environment = yield* serverDatabase
      for (let time = 0; time < 2; time++) {
        const [version, ...rest] = yield* details(environment)
        assert.match(version!, /^ok Postgres \d+\S*.* answers in \d+ ms$/)
        assert.deepStrictEqual(rest, [
          "ok it has no tables yet; the next start of the service does that by itself",
          "ok no service holds it"
        ])
      }
    }).pipe(Effect.scoped)
  )

  it.live("says how far its tables are, and who holds it", () =>
    migrated((environment) =>
      Effect.gen(function* () {
        const sql = yield* SqlClient
        yield* sql`
          INSERT INTO level4_lease (holder, host, machine, pid, since, expires)
          VALUES ('x', 'desk', '', 4711, '2026-11-29T01:02:03Z', clock_timestamp() + interval '1 minute')`
        assert.deepStrictEqual((yield* details(environment)).slice(1), [
          "ok its tables are there, with all 5 migrations",
          "ok held by the service with process 4711 on desk, since 2026-11-29T01:02:03Z"
        ])
        yield* sql`UPDATE level4_lease SET expires = clock_timestamp() - interval '1 second'`
        yield* sql`DELETE FROM level4_migrations WHERE migration_id > 3`
        assert.deepStrictEqual((yield* details(environment)).slice(1), [
          "ok 2 of 5 migrations are still to run; the next start of the service does that by itself",
          "ok no service holds it"
        ])
        yield* sql`INSERT INTO level4_migrations (migration_id, name) VALUES (99, 'fly')`
        assert.include(yield* details(environment), "fail its tables are of a newer level4 (migration 99, fly)")
      })
    )
  )

  it.live("where the user may make no tables has none to come", () =>
    Effect.gen(function* () {
      const { LEVEL4_DATABASE_URL: url = "" } = yield* serverDatabase
      const role = `reader_${process.pid}`
      yield* administer(url, `CREATE ROLE ${role} LOGIN PASSWORD 'hunter2hunter2'`)
      yield* Effect.addFinalizer(() => administer(url, `DROP ROLE ${role}`))
      yield* administer(url, "REVOKE CREATE ON SCHEMA public FROM PUBLIC")
      const asReader = Object.assign(new URL(url), { username: role, password: "hunter2hunter2" })
      const findings = yield* found({ LEVEL4_DATABASE_URL: asReader.href })
      assert.include(
        findings.map(({ level, detail }) => `${level} ${detail}`),
        "fail it has no tables yet, and this user may not create any"
      )
      assert.notInclude(JSON.stringify(findings), "hunter2")
    }).pipe(Effect.scoped)
  )

  it.live("that does not listen is named with the setting, and without its password", () =>
    Effect.gen(function* () {
      const gone = yield* Effect.scoped(listening(createServer()))
      const findings = yield* found({ LEVEL4_DATABASE_URL: `postgres://me:hunter2@${gone}/level4` })
      assert.strictEqual(findings.length, 1)
      assert.match(findings[0]!.detail, /^the server does not answer: .*(refused|connect)/i)
      assert.strictEqual(findings[0]!.fix, "Start it, or correct LEVEL4_DATABASE_URL.")
      assert.notInclude(JSON.stringify(findings), "hunter2")
    })
  )
})

describe("an embedded database", () => {
  it.live("says whether a service uses it, and takes it from none", () =>
    Effect.gen(function* () {
      const environment = yield* embeddedDatabase
      const folder = environment.LEVEL4_DATA_DIR!
      const before = readdirSync(folder)
      assert.deepStrictEqual(yield* details(environment), [`ok embedded in ${folder}; no service uses it`])
      assert.deepStrictEqual(readdirSync(folder), before)
      const lock = new DataDirLock(folder)
      assert.deepStrictEqual(yield* details(environment), [`ok embedded in ${folder}; a service uses it`])
      lock.release()
      assert.deepStrictEqual(yield* details(environment), [`ok embedded in ${folder}; no service uses it`])
      new DataDirLock(folder).release()
    }).pipe(Effect.scoped)
  )

  it.live("that is to be made is not made, and a directory of somebody else's is refused", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const path = join(folder, "a", "b")
      assert.deepStrictEqual(yield* details({ LEVEL4_DATA_DIR: path }), [
        `ok embedded; the first start makes its data directory ${path}`
      ])
      assert.deepStrictEqual(readdirSync(folder), [])
      mkdirSync(path, { recursive: true })
      writeFileSync(join(path, "thesis.txt"), "")
      const [finding] = yield* found({ LEVEL4_DATA_DIR: path })
      assert.strictEqual(finding!.level, "fail")
      assert.match(finding!.fix!, /holds something else, such as "thesis\.txt".*set LEVEL4_DATA_DIR/)
    }).pipe(Effect.scoped)
  )
})
