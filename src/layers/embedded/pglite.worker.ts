// Owns PGlite, in a thread of its own so that a query never holds up a feed. Answers each chunk of the Postgres wire
// protocol in the order they come; everything else about connections is SharedSession's. Invariant: `postgres` in the
// data directory is always a whole database: a new one is made beside it and renamed into place.
import { PGlite } from "@electric-sql/pglite"
import { existsSync, renameSync, rmSync } from "node:fs"
import { join } from "node:path"
import { parentPort, workerData } from "node:worker_threads"

/** To the worker: a chunk to execute, or null: close the database. */
export type Question = Uint8Array | null
/** From the worker, one for each question, in order; the first one, unasked, says that the database is open. */
export type Answer = Uint8Array

/** Postgres takes 128 MB for its pages unless set otherwise; a catalog has a few hundred, and less is sooner made. */
const OPTIONS = { startParams: [...PGlite.defaultStartParams, "-c", "shared_buffers=8MB"] }

const open = async (directory: string): Promise<PGlite> => {
  const path = join(directory, "postgres")
  if (!existsSync(path)) {
    const unfinished = `${path}.new`
    rmSync(unfinished, { recursive: true, force: true })
    const fresh = await PGlite.create(unfinished, OPTIONS)
    await fresh.close()
    renameSync(unfinished, path)
  }
  return PGlite.create(path, OPTIONS)
}

const port = parentPort
if (port !== null) {
  const database = await open(String(workerData))
  const answer = async (question: Question): Promise<Answer> => {
    if (question !== null) return database.execProtocolRaw(question)
    await database.close()
    return new Uint8Array()
  }
  let last = Promise.resolve()
  port.on("message", (question: Question) => {
    last = last.then(async () => port.postMessage(await answer(question), []))
  })
  port.postMessage(new Uint8Array(), [])
}
