// Owns the embedded database's place behind the ordinary client: the catalog's one repository runs on it unchanged. The
// lock on the directory is DataDirLock's, the sharing of the session SharedSession's. Invariant: the directory is held
// for as long as the client lives. It survives a killed process; it does not force its writes through a power failure
// (PGlite has no fsync), so production belongs on a Postgres server.
import * as PgClient from "@effect/sql-pg/PgClient"
import { Duration, Effect } from "effect"
import { DataDirRefused } from "./DataDirRefused.ts"
import { DataDirLock } from "./embedded/DataDirLock.ts"
import { sharedSession } from "./embedded/SharedSession.ts"
import { brokenDatabase } from "./embedded/usableDirectory.ts"

const refused = (path: string) => (cause: unknown) =>
  new DataDirRefused({ path, detail: cause instanceof Error ? cause.message : String(cause) })

const broken = (path: string) => (cause: unknown) =>
  new DataDirRefused({ path, detail: brokenDatabase(cause instanceof Error ? cause.message : String(cause)) })

/** Long enough for a new database on a machine that is busy with other things. */
const OPEN_LIMIT = Duration.minutes(2)
/** Opens the database in this directory, making one there first if there is none (some seconds, once). */
const open = (path: string) =>
  Effect.gen(function* () {
    const { directory } = yield* Effect.acquireRelease(
      Effect.try({ try: () => new DataDirLock(path), catch: refused(path) }),
      (lock) => Effect.sync(() => lock.release())
    )
    const session = yield* sharedSession(directory)
    yield* Effect.tryPromise({ try: () => session.opened(), catch: broken(path) }).pipe(
      Effect.timeoutOrElse({ duration: OPEN_LIMIT, orElse: () => broken(path)("it does not open") })
    )
    return yield* PgClient.make({
      username: "postgres",
      database: "postgres",
      ssl: false,
      stream: session.connect,
      // there is one session; more connections would only take it from each other
      maxConnections: 1,
      connectTimeout: Duration.seconds(30)
    })
  })

export const EmbeddedPostgres = {
  /** The client of the embedded database in this directory. */
  layer: (path: string) => PgClient.layerFrom(open(path))
}
