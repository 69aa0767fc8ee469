// Owns the reading of captures that lie in test/fixtures, untouched as they were recorded: one JSON value a line, gzipped.
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { gunzipSync } from "node:zlib"
import type { RecordingRow } from "../../src/feeds/recording/Recording.ts"

/** The lines of `fixtures/<name>.ndjson.gz`. */
export const fixtureLines = (name: string): ReadonlyArray<string> =>
  gunzipSync(readFileSync(join(import.meta.dirname, "../fixtures", `${name}.ndjson.gz`)))
    .toString("utf8")
    .trimEnd()
    .split("\n")

/** The same of a recording. */
export const fixtureRows = (name: string): ReadonlyArray<RecordingRow> =>
  fixtureLines(name).map((line) => JSON.parse(line) as RecordingRow)
