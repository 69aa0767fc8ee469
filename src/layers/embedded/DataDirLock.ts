// Owns the right to a data directory: one process at a time, since PGlite itself checks nothing and two of them would
// destroy the data. The lock is SQLite's exclusive transaction on a file in the directory: an operating system lock on
// every platform, also between containers that share a volume, and gone with its process however that ends.
import { Effect } from "effect"
import { mkdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { DataDirRefused } from "../DataDirRefused.ts"

/** Makes the directory if need be and holds it until the scope closes; answers its real path. */
export const lockDataDir = (path: string) =>
  Effect.acquireRelease(
    Effect.try({
      try: () => {
        mkdirSync(path, { recursive: true, mode: 0o700 })
        const directory = realpathSync(path)
        return { directory, lock: takeLock(directory) }
      },
      catch: (cause) => new DataDirRefused({ path, detail: explain(path, cause) })
    }),
    ({ lock }) => Effect.sync(() => lock.close())
  ).pipe(Effect.map(({ directory }) => directory))

const takeLock = (directory: string): DatabaseSync => {
  const lock = new DatabaseSync(join(directory, "level4.lock"), { timeout: 0 })
  try {
    lock.exec("BEGIN EXCLUSIVE")
    writeFileSync(join(directory, "level4.pid"), `${process.pid}\n`)
    return lock
  } catch (cause) {
    lock.close()
    throw cause
  }
}

const explain = (path: string, cause: unknown): string => {
  const said = cause instanceof Error ? cause.message : String(cause)
  if (!said.includes("database is locked"))
    return `${said}. Make it writable, or set LEVEL4_DATA_DIR to another directory.`
  return (
    `another level4${holder(path)} uses it. ` +
    "Stop that one first, give this one a directory of its own with LEVEL4_DATA_DIR, " +
    "or let both share a Postgres server with LEVEL4_DATABASE_URL."
  )
}

// only for the message: the pid may be of a process that has ended, the lock never is
const holder = (path: string): string => {
  try {
    return ` (process ${readFileSync(join(path, "level4.pid"), "utf8").trim()})`
  } catch {
    return ""
  }
}
