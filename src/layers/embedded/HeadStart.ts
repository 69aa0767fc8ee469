// Owns the head start of the embedded database: its thread opens it while this one still loads its libraries, which take as
// long. Whoever opens the database takes the lock and the thread over. Invariant: nothing is made here: a directory without
// a database, or one that can't be had, is left to the ordinary way, which knows all settings and says what is wrong.
import { existsSync } from "node:fs"
import { join } from "node:path"
import { DataDirLock } from "./DataDirLock.ts"
import { dataDirOf } from "./dataDir.ts"
import { PgliteThread } from "./PgliteThread.ts"

export interface HeadStart {
  readonly lock: DataDirLock
  readonly thread: PgliteThread
}

let begun: (HeadStart & { readonly path: string }) | null = null

/** Begins, if the environment means an embedded database that exists already. */
export const beginHeadStart = (environment: NodeJS.ProcessEnv): void => {
  if (environment["LEVEL4_DATABASE_URL"] !== undefined) return
  const path = dataDirOf(environment["LEVEL4_DATA_DIR"])
  if (!existsSync(join(path, "postgres"))) return
  try {
    const lock = new DataDirLock(path)
    begun = { path, lock, thread: new PgliteThread(lock.directory) }
  } catch {
    // the ordinary way will meet the same hindrance, and tell it
  }
}

/** What was begun for this path, once; null: nothing was. */
export const takeHeadStart = (path: string): HeadStart | null => {
  const taken = begun?.path === path ? begun : null
  if (taken !== null) begun = null
  return taken
}
