// Owns the recording format: gzipped NDJSON, one row a frame, in order of arrival. `level4 record` writes it, replay and
// playback read it. Invariant: a recording that is cut off, not gzip or not of this shape is told as such with the line,
// never read as a shorter one.
import { Effect, Runtime, Schema } from "effect"
import { readFile } from "node:fs/promises"
import { promisify } from "node:util"
import { gunzip } from "node:zlib"

/**
 * `at`: microseconds since 1970, the receiver's clock. `http` rows are REST answers with their full URL, and their status
 * where it is not 200. Where a protocol has several sockets, the fragment of a URL names the line of its scheme.
 */
export const RecordingRow = Schema.Struct({
  at: Schema.Int,
  kind: Schema.Literals(["open", "sent", "recv", "http", "close"]),
  url: Schema.String,
  text: Schema.String,
  status: Schema.optionalKey(Schema.Int)
})
export type RecordingRow = typeof RecordingRow.Type

/** A file is no whole recording, or none of what was asked for; `detail` says where and why. */
export class BadRecording extends Schema.TaggedError<BadRecording>()("BadRecording", {
  file: Schema.String,
  detail: Schema.String
}) {
  /** The command line's code for what was refused. */
  override get [Runtime.errorExitCode](): number {
    return 2
  }
  override get message(): string {
    return `${this.file}: ${this.detail}`
  }
}

/** An unpacked recording is refused beyond this. */
const MAX_BYTES = 1 << 30

const unpack = promisify(gunzip)
const isRow = Schema.is(RecordingRow)

/** All rows of a recording. */
export const readRecording = Effect.fn("readRecording")(function* (file: string) {
  const packed = yield* Effect.tryPromise({
    try: () => readFile(file),
    catch: (cause) => new BadRecording({ file, detail: `can't be read: ${String(cause)}` })
  })
  const bytes = yield* Effect.tryPromise({
    try: () => unpack(packed, { maxOutputLength: MAX_BYTES }),
    catch: (cause) => new BadRecording({ file, detail: `is no whole gzip file (cut off or corrupt): ${String(cause)}` })
  })
  const lines = bytes.toString("utf8").split("\n")
  const tail = lines.pop()
  if (tail !== "" && tail !== undefined) lines.push(tail)
  const rows: Array<RecordingRow> = []
  for (const [index, line] of lines.entries()) {
    const row = parseLine(line)
    if (row === null) {
      return yield* new BadRecording({
        file,
        detail: `line ${index + 1} is no row of a recording: ${line.slice(0, 80)}`
      })
    }
    rows.push(row)
  }
  if (rows.length === 0) return yield* new BadRecording({ file, detail: "holds no frames" })
  return rows
})

const parseLine = (line: string): RecordingRow | null => {
  try {
    const json: unknown = JSON.parse(line)
    // an opened connection has nothing to say, so its text may be left out
    const row = typeof json === "object" && json !== null ? { text: "", ...json } : json
    return isRow(row) ? row : null
  } catch {
    return null
  }
}
