// Owns the look at a data directory before anything is written there: whether it can be had at all, is level4's own or
// empty, has room, and holds a database that this level4 can open.
// Invariant: nothing is changed in a directory that holds something else; each refusal is one sentence with what to do.
import { accessSync, constants, existsSync, mkdirSync, readdirSync, readFileSync, statfsSync, statSync } from "node:fs"
import { dirname, join } from "node:path"

/** What the bundled PGlite is made of; a test holds it against a new database. */
export const POSTGRES_VERSION = "18"

const LOCK = "level4.lock"
/** What may be in a directory that no level4 has used: a file system's own, and a first start that was cut off. */
const NOTHING: ReadonlySet<string> = new Set(["lost+found", ".DS_Store", "postgres.new"])
/** A new database takes 40 MB; what is there needs room to write at all. */
const ROOM_FOR_NEW = 64 << 20
const ROOM = 1 << 20

const ELSEWHERE = "set LEVEL4_DATA_DIR to another directory"

/** Makes the directory if need be; throws an error whose message says what is wrong with it and what to do. */
export const usableDirectory = (path: string, room = freeBytes): void => {
  makeDirectory(path)
  try {
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (cause) {
    throw refusal(`it can't be written to (${codeOf(cause)}). Make it writable, or ${ELSEWHERE}.`, cause)
  }
  const entries = readdirSync(path)
  const ours = (entry: string) => NOTHING.has(entry) || (entry === "postgres" && isEmbedded(join(path, entry)))
  const foreign = entries.includes(LOCK) ? undefined : entries.find((entry) => !ours(entry))
  if (foreign !== undefined) {
    throw refusal(
      `it holds something else, such as ${JSON.stringify(foreign)}. Give level4 an empty directory: ${ELSEWHERE}.`
    )
  }
  const database = join(path, "postgres")
  const exists = existsSync(database)
  const free = room(path)
  if (free < (exists ? ROOM : ROOM_FOR_NEW)) {
    throw refusal(
      `its file system is full (${Math.floor(free / 2 ** 20)} MB are free). Make room there, or ${ELSEWHERE}.`
    )
  }
  if (exists) refuseOtherVersion(database)
}

/** A database that was copied without the lock beside it; one that a server has run says so itself. */
const isEmbedded = (database: string): boolean =>
  existsSync(join(database, "PG_VERSION")) && !existsSync(join(database, "postmaster.opts"))

const freeBytes = (path: string): number => {
  const { bavail, blocks, bsize } = statfsSync(path)
  // some file systems know no sizes
  return blocks > 0 ? bavail * bsize : Infinity
}

/** Step by step: Node's own recursive way never ends where a directory can't be made, as in /proc. */
const makeDirectory = (path: string): void => {
  const missing: Array<string> = []
  try {
    for (let at = path; !existsSync(at) && dirname(at) !== at; at = dirname(at)) missing.push(at)
    for (const directory of missing.toReversed()) mkdirSync(directory, { mode: 0o700 })
    if (statSync(path).isDirectory()) return
  } catch (cause) {
    throw refusal(`it can't be made (${codeOf(cause)}). Make its parent writable, or ${ELSEWHERE}.`, cause)
  }
  throw refusal(`it is no directory. Move that file away, or ${ELSEWHERE}.`)
}

const refuseOtherVersion = (database: string): void => {
  let version: string
  try {
    version = readFileSync(join(database, "PG_VERSION"), "utf8").trim()
  } catch (cause) {
    throw refusal(brokenDatabase(`PG_VERSION can't be read, ${codeOf(cause)}`), cause)
  }
  if (version === POSTGRES_VERSION) return
  if (!/^\d+(\.\d+)?$/.test(version)) throw refusal(brokenDatabase("PG_VERSION names no version"))
  throw refusal(
    `its database is one of Postgres ${version}, and this level4 has ${POSTGRES_VERSION}. ` +
      `Run the level4 that made it, or ${ELSEWHERE}.`
  )
}

/** What is said of a database that can't be opened; `detail` is why. */
export const brokenDatabase = (detail: string): string =>
  `its database is damaged (${detail}). Put a backup in its place, or begin with an empty catalog: ${ELSEWHERE}.`

const codeOf = (cause: unknown): string =>
  cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : String(cause)

const refusal = (message: string, cause?: unknown): Error => new Error(message, { cause })
