// Owns the head start of the embedded database: its thread opens it while this one still loads its libraries, which
// take as long. Whoever opens the database takes the lock and the thread over. Invariant: nothing is made here: a
// directory without a database, or one that can't be had, is left to the ordinary way, which knows all settings and
// says what is wrong.
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
  if ((environment["LEVEL4_DATABASE_URL"] ?? "") !== "") return
  const path = dataDirOf(environment["LEVEL4_DATA_DIR"])
  if (!existsSync(join(path, "postgres"))) return
  let lock: DataDirLock | null = null
  try {
    lock = new DataDirLock(path)
    begun = { path, lock, thread: new PgliteThread(lock.directory) }
  } catch {
    // the ordinary way will meet the same hindrance, and tell it
    lock?.release()
  }
}

/** What was begun for this path, once; null: nothing was. What was begun for another is given up. */
export const takeHeadStart = (path: string): HeadStart | null => {
  const start = begun
  begun = null
  if (start === null || start.path === path) return start
  // another process may not have the directory before the thread has left it
  void start.thread.ended.then(() => start.lock.release())
  start.thread.kill("another directory was opened")
  return null
}
