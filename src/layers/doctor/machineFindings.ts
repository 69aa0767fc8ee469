// Owns the look at the machine: the room where the embedded database lives, the runtime, and how many files it may have
// open. Invariant: nothing is made or changed.
import { Option, Result } from "effect"
import { existsSync, statfsSync } from "node:fs"
import { dirname } from "node:path"
import { type Finding, fail, ok, warn } from "../../domain/Finding.ts"
import type { InvalidSetting, Settings } from "../Settings.ts"

const MB = 2 ** 20
/** A new database takes 40 MB; a catalog of thousands of markets stays far below this. */
const LEAST_ROOM = 64 * MB
const ROOM = 1024 * MB

/** The directory itself, or what it would be made in. */
export const nearestDirectory = (path: string): string => {
  let at = path
  while (!existsSync(at) && dirname(at) !== at) at = dirname(at)
  return at
}

/** Of the data directory; nothing where the catalog is on a server, or no setting can be read. */
export const diskFinding = (
  settings: Result.Result<Settings["Service"], InvalidSetting>,
  freeBytes = freeBytesOf
): ReadonlyArray<Finding> => {
  if (Result.isFailure(settings) || Option.isSome(settings.success.databaseUrl)) return []
  const { dataDir } = settings.success
  const free = freeBytes(nearestDirectory(dataDir))
  if (free === null) return [ok("disk", `the file system of ${dataDir} does not say what is free`)]
  const detail = `${Math.floor(free / MB)} MB are free for ${dataDir}`
  const fix = "Make room there, or set LEVEL4_DATA_DIR to a directory elsewhere."
  if (free < LEAST_ROOM) return [fail("disk", detail, fix)]
  return [free < ROOM ? warn("disk", detail, fix) : ok("disk", detail)]
}

/** Null: some file systems know no sizes. */
const freeBytesOf = (path: string): number | null => {
  try {
    const { bavail, blocks, bsize } = statfsSync(path)
    return blocks > 0 ? bavail * bsize : null
  } catch {
    return null
  }
}

/** What the sources are written for: it runs them as they are. */
const NODE = 24
/** A client address alone may hold 1000 connections (LEVEL4_CLIENT_CONNECTIONS), beside those to the exchanges. */
const OPEN_FILES = 4_096

export const runtimeFindings = (version = process.versions.node, openFiles = openFilesLimit()): Array<Finding> => {
  const node =
    Number(version.split(".")[0]) >= NODE
      ? ok("runtime", `Node ${version}`)
      : warn("runtime", `Node ${version} is older than what level4 is tested with`, `Run it with Node ${NODE}.`)
  if (openFiles === null) return [node]
  const detail = `${openFiles === Infinity ? "any number of" : openFiles} files and sockets may be open (ulimit -n)`
  const raise = "Raise it with 'ulimit -n 65536', or LimitNOFILE=65536 in its systemd unit."
  return [node, openFiles < OPEN_FILES ? warn("runtime", detail, raise) : ok("runtime", detail)]
}

interface Limits {
  readonly userLimits?: { readonly open_files?: { readonly soft: number | "unlimited" } }
}

/** Null: this system knows no such limit. */
const openFilesLimit = (): number | null => {
  // else it looks up the names of all peers
  const report = Object.assign(process.report, { excludeNetwork: true })
  const soft = (report.getReport() as Limits).userLimits?.open_files?.soft
  return soft === undefined ? null : soft === "unlimited" ? Infinity : soft
}
