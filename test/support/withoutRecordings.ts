// Owns what happens to a test run where the recordings of real exchanges are missing, which are no part of the project:
// the test files that read them are left out, and it is said. Invariant: with the recordings nothing is left out.
import { existsSync, globSync, readFileSync } from "node:fs"
import { resolve } from "node:path"

const ROOT = resolve(import.meta.dirname, "../..")
const FOLDER = resolve(ROOT, "../shared/recordings")
/** What a test file imports that reads them. */
const READERS = /support\/(SchemeBench|Recordings|naiveBooks)\.ts"/

/** Test files that can't be run here. */
export const withoutRecordings = (): ReadonlyArray<string> => {
  if (existsSync(FOLDER)) return []
  const files = globSync("test/**/*.test.ts", { cwd: ROOT }).filter((file) =>
    READERS.test(readFileSync(resolve(ROOT, file), "utf8"))
  )
  process.stderr.write(`No recordings of real exchanges at ${FOLDER}: ${files.length} test files are left out.\n`)
  return files
}
