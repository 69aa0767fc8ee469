// Owns the right to a data directory: one process at a time, since PGlite itself checks nothing and two of them would
// destroy the data. The lock is SQLite's exclusive transaction on a file in the directory: an operating system lock on
// every platform, also between containers that share a volume, and gone with its process however that ends.
import { existsSync, readFileSync, realpathSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { usableDirectory } from "./usableDirectory.ts"

export class DataDirLock {
  /** The real path of the directory. */
  readonly directory: string
  private readonly file: DatabaseSync

  /** Makes the directory if need be and holds it; throws an error that says what to do if it can't be had. */
  constructor(path: string) {
    usableDirectory(path)
    try {
      this.directory = realpathSync(path)
      this.file = lock(this.directory)
    } catch (cause) {
      throw new Error(explain(path, cause), { cause })
    }
  }

  release(): void {
    this.file.close()
  }
}

const lock = (directory: string): DatabaseSync => {
  const file = new DatabaseSync(join(directory, "level4.lock"), { timeout: 0 })
  try {
    file.exec("BEGIN EXCLUSIVE")
    writeFileSync(join(directory, "level4.pid"), `${process.pid}\n`)
    return file
  } catch (cause) {
    file.close()
    throw cause
  }
}

/** True while a process holds the lock. It is looked at for an instant; nothing is written. */
export const isDirectoryHeld = (directory: string): boolean => {
  const path = join(directory, "level4.lock")
  if (!existsSync(path)) return false
  const file = new DatabaseSync(path, { readOnly: true, timeout: 0 })
  try {
    file.exec("SELECT count(*) FROM sqlite_schema")
    return false
  } catch (cause) {
    if (isHeld(cause)) return true
    throw cause
  } finally {
    file.close()
  }
}

/**
 * SQLite's result code for a lock that another connection holds, the low byte of all that say more of it:
 * https://sqlite.org/rescode.html#pve (2026-11).
 */
const SQLITE_BUSY = 5

const isHeld = (cause: unknown): boolean =>
  cause instanceof Error && "errcode" in cause && (Number(cause.errcode) & 0xff) === SQLITE_BUSY

const explain = (path: string, cause: unknown): string => {
  if (!isHeld(cause)) {
    const said = cause instanceof Error ? cause.message : String(cause)
    return (
      `its level4.lock can't be held (${said}). Make it writable and its file system roomy, ` +
      "or set LEVEL4_DATA_DIR to another directory."
    )
  }
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
