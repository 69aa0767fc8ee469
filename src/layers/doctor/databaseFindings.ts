// Owns the look at the catalog's database: whether it answers, how far its tables are, and which service holds it.
// Opening and migrating it are Database's and CatalogSchema's. Invariants: it is only read; an embedded one is not even
// opened, because it would be taken from a service that starts at the same moment; bounded in time.
import * as PgClient from "@effect/sql-pg/PgClient"
import { Duration, Effect, Option, type Redacted, Result } from "effect"
import { SqlClient } from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import { accessSync, constants, existsSync } from "node:fs"
import { join } from "node:path"
import { type Finding, fail, ok, warn } from "../../domain/Finding.ts"
import { migrations } from "../CatalogSchema.ts"
import { isSchemaMissing, unavailable } from "../DatabaseFault.ts"
import { isDirectoryHeld } from "../embedded/DataDirLock.ts"
import { usableDirectory } from "../embedded/usableDirectory.ts"
import type { InvalidSetting, Settings } from "../Settings.ts"
import { nearestDirectory } from "./machineFindings.ts"

const CONNECT_LIMIT = Duration.seconds(5)
const LIMIT = Duration.seconds(10)

export const databaseFindings = (
  settings: Result.Result<Settings["Service"], InvalidSetting>
): Effect.Effect<ReadonlyArray<Finding>> => {
  if (Result.isFailure(settings)) {
    return Effect.succeed([warn("database", "not looked at", "Correct the settings first; then ask again.")])
  }
  const { databaseUrl, dataDir } = settings.success
  return Option.isSome(databaseUrl) ? ofServer(databaseUrl.value) : Effect.sync(() => [ofDirectory(dataDir)])
}

const ofDirectory = (path: string): Finding => {
  const parent = nearestDirectory(path)
  if (parent !== path) {
    try {
      accessSync(parent, constants.W_OK | constants.X_OK)
    } catch {
      const fix = `Make ${parent} writable, or set LEVEL4_DATA_DIR to another directory.`
      return fail("database", `the data directory ${path} is not there and can't be made`, fix)
    }
    return ok("database", `embedded; the first start makes its data directory ${path}`)
  }
  try {
    // what is there is only looked at
    usableDirectory(path)
    if (!existsSync(join(path, "postgres"))) return ok("database", `embedded; the first start makes it in ${path}`)
    return ok("database", `embedded in ${path}; ${isDirectoryHeld(path) ? "a service uses it" : "no service uses it"}`)
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    return fail("database", `the data directory ${path} can't be used`, said)
  }
}

const ofServer = (url: Redacted.Redacted): Effect.Effect<ReadonlyArray<Finding>> =>
  Effect.gen(function* () {
    const [took, version] = yield* Effect.timed(serverVersion)
    return [
      version === null
        ? []
        : ok("database", `Postgres ${version} answers in ${Math.round(Duration.toMillis(took))} ms`),
      yield* tablesFinding,
      yield* holderFinding
    ].flat()
  }).pipe(
    Effect.provide(
      PgClient.layer({ url, applicationName: "level4 doctor", maxConnections: 1, connectTimeout: CONNECT_LIMIT })
    ),
    Effect.catchTag("SqlError", (error) => Effect.succeed([unanswered(unavailable(error).said)])),
    Effect.timeoutOrElse({
      duration: LIMIT,
      orElse: () => Effect.succeed([unanswered(`no answer within ${Duration.format(LIMIT)}`)])
    })
  )

const unanswered = (said: string): Finding =>
  fail("database", `the server does not answer: ${said}`, "Start it, or correct LEVEL4_DATABASE_URL.")

const serverVersion = Effect.gen(function* () {
  const sql = yield* SqlClient
  const [row] = yield* sql<{ server_version: string }>`SHOW server_version`
  return row?.server_version ?? null
})

/** Null: the table is not there. */
const unlessMissing = <A, R>(rows: Effect.Effect<A, SqlError, R>): Effect.Effect<A | null, SqlError, R> =>
  Effect.catchIf(rows, isSchemaMissing, () => Effect.succeed(null))

const tablesFinding = Effect.gen(function* () {
  const sql = yield* SqlClient
  const rows = yield* unlessMissing(
    sql<{ id: number; name: string }>`SELECT migration_id AS id, name FROM level4_migrations ORDER BY migration_id`
  )
  const known = Object.keys(migrations).length
  const done = rows ?? []
  const last = done.at(-1)
  if (last !== undefined && last.id > known) {
    const detail = `its tables are of a newer level4 (migration ${last.id}, ${last.name})`
    return fail("database", detail, "Run that level4, or give this one a database of its own.")
  }
  if (done.length === known) return ok("database", `its tables are there, with all ${known} migrations`)
  const [right] = yield* sql<{ may: boolean }>`SELECT has_schema_privilege(current_schema(), 'CREATE') AS may`
  const detail =
    done.length === 0 ? "it has no tables yet" : `${known - done.length} of ${known} migrations are still to run`
  return right?.may === true
    ? ok("database", `${detail}; the next start of the service does that by itself`)
    : fail("database", `${detail}, and this user may not create any`, "GRANT CREATE ON SCHEMA public TO this user.")
})

const holderFinding = Effect.gen(function* () {
  const sql = yield* SqlClient
  const rows = yield* unlessMissing(sql<{ host: string; pid: number; since: string }>`
    SELECT host, pid, to_char(since AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS since
    FROM level4_lease WHERE expires >= clock_timestamp()`)
  const holder = rows?.[0]
  return holder === undefined
    ? ok("database", "no service holds it")
    : ok("database", `held by the service with process ${holder.pid} on ${holder.host}, since ${holder.since}`)
})
