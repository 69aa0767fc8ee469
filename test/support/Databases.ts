// Owns fresh, empty databases for tests, of both kinds: the embedded one and one on the run's Postgres server. The
// suites that must hold on both loop over `databases`. Invariant: no two tests share a database, and none outlives its
// scope.
import * as PgClient from "@effect/sql-pg/PgClient"
import { ConfigProvider, Effect, Layer, Redacted, type Scope } from "effect"
import { randomBytes } from "node:crypto"
import { cpSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { inject } from "vitest"
import { Catalog } from "../../src/layers/Catalog.ts"
import { Database } from "../../src/layers/Database.ts"
import { Settings } from "../../src/layers/Settings.ts"

/** LEVEL4_ variables that lead to a database; they serve this process and a child process alike. */
export type Environment = Readonly<Record<string, string>>

/** A folder that is removed with the scope. */
export const temporaryFolder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "level4-test-"))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
)

/** A data directory with an empty database in it, copied from the run's template, since making one takes seconds. */
export const embeddedDatabase: Effect.Effect<Environment, never, Scope.Scope> = Effect.map(
  temporaryFolder,
  (folder) => {
    cpSync(inject("embeddedTemplate"), folder, { recursive: true })
    return { LEVEL4_DATA_DIR: folder }
  }
)

/** An empty database on the run's server. */
export const serverDatabase: Effect.Effect<Environment, never, Scope.Scope> = Effect.suspend(() => {
  const name = `test_${randomBytes(6).toString("hex")}`
  const admin = inject("postgresUrl")
  const url = new URL(admin)
  url.pathname = `/${name}`
  return Effect.acquireRelease(
    Effect.as(administer(admin, `CREATE DATABASE ${name}`), { LEVEL4_DATABASE_URL: url.href }),
    () => administer(admin, `DROP DATABASE ${name} WITH (FORCE)`)
  )
})

/** Runs one statement on a database, by its address. */
export const administer = (url: string, statement: string) =>
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    return yield* sql.unsafe(statement)
  }).pipe(Effect.provide(PgClient.layer({ url: Redacted.make(url) })), Effect.orDie)

/** Both kinds: every suite about the catalog holds on each. */
export const databases = [
  { name: "embedded Postgres", fresh: embeddedDatabase },
  { name: "a Postgres server", fresh: serverDatabase }
] as const

/** The service's settings, read from these variables alone. */
export const layerSettings = (environment: Environment) =>
  Settings.layer.pipe(Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env: { ...environment } }))))

/** A catalog as the service builds it, on the database that these variables lead to. */
export const layerCatalog = (environment: Environment) =>
  Catalog.layer.pipe(Layer.provideMerge(Database.layer), Layer.provide(layerSettings(environment)))

/** A catalog on a fresh database of this kind; the database's client comes with it. */
export const layerFreshCatalog = (fresh: Effect.Effect<Environment, never, Scope.Scope>) =>
  Layer.unwrap(Effect.map(fresh, layerCatalog))
