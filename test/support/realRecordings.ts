// Owns the real frames that lie beside a checkout: recordings of venues and captures of faults that users met. They are
// no part of the project, so that a clone alone has none: there each block of cases that needs them is one skipped
// test, which the closing line counts. Invariant: where they are, nothing is skipped.
import { describe, it } from "@effect/vitest"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { gunzipSync } from "node:zlib"
import type { RecordingRow } from "../../src/feeds/recording/Recording.ts"

const SHARED = join(import.meta.dirname, "../../../shared")
export const RECORDINGS = join(SHARED, "recordings")
const CASES = join(SHARED, "cases")

export const HAS_RECORDINGS = existsSync(RECORDINGS)
const HAS_CASES = existsSync(CASES)

const block = (isHere: boolean, folder: string) => (name: string, cases: () => void) =>
  describe(name, isHere ? cases : () => it.skip(`needs the frames of ${folder}`, () => {}))

/** A block of cases over real recordings. */
export const describeRecorded = block(HAS_RECORDINGS, RECORDINGS)
/** A block of cases over captures of faults. */
export const describeCaptured = block(HAS_CASES, CASES)

const linesOf = (file: string): ReadonlyArray<string> =>
  gunzipSync(readFileSync(file)).toString("utf8").trimEnd().split("\n")

const rowsOf = (file: string): ReadonlyArray<RecordingRow> =>
  linesOf(file).map((line) => JSON.parse(line) as RecordingRow)

/** All rows of a recording; none where the recordings are missing. */
export const recorded = (name: string): ReadonlyArray<RecordingRow> =>
  HAS_RECORDINGS ? rowsOf(join(RECORDINGS, `${name}.ndjson.gz`)) : []

/** All rows of a capture, such as `frames/coinbase-20260930`. */
export const captured = (name: string): ReadonlyArray<RecordingRow> => rowsOf(join(CASES, `${name}.ndjson.gz`))

/** The lines of a capture of bare frames. */
export const capturedLines = (name: string): ReadonlyArray<string> => linesOf(join(CASES, `${name}.ndjson.gz`))
