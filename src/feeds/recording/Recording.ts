// Owns the recording format: gzipped NDJSON, one row a frame, in order of arrival. `level4 record` writes it, replay,
// playback and the bench read it, here and batch by batch. Unpacking and its bounds are PackedLines'. Invariant: of a
// recording that is cut off every whole row is read, and what is lost is named; a corrupt one, and a line that is none
// of a recording, end the reading as a failure.
import { Effect, Schema, Stream } from "effect"
import type { TrafficRow } from "../core/TrafficRow.ts"
import { PackedLines } from "./PackedLines.ts"
import { RecordingFailure } from "./RecordingFailure.ts"

/**
 * What passed the feed, as it passed. An `http` row has its full URL; where a protocol has several sockets, the
 * fragment of a URL names the line of its scheme.
 */
export type RecordingRow = TrafficRow

const Row: Schema.Codec<RecordingRow> = Schema.Struct({
  at: Schema.Int,
  kind: Schema.Literals(["open", "sent", "recv", "http", "close"]),
  url: Schema.String,
  text: Schema.String,
  status: Schema.optionalKey(Schema.Int)
})

/** What is missing at the end of a recording. How much more it once held, nobody can know. */
export interface Damage {
  /** One sentence for people, without the file's name. */
  readonly detail: string
  /** Whole rows before that place. */
  readonly rows: number
  /** Bytes of the half row that comes after them. */
  readonly half_row_bytes: number
}

/** Text that is kept where all rows are wanted in memory. */
const MAX_KEPT = 1 << 30

const isRow = Schema.is(Row)

/** Reads the rows of a recording once, in batches. */
export class RecordingReader {
  readonly file: string
  rows = 0
  /** Known when all batches were read; null: the recording is whole. */
  damage: Damage | null = null

  constructor(file: string) {
    this.file = file
  }

  /** The rows, some at a time. */
  readonly batches: Stream.Stream<ReadonlyArray<RecordingRow>, RecordingFailure> = Stream.suspend(() =>
    Stream.fromAsyncIterable(this.read(), (cause) => {
      if (cause instanceof RecordingFailure) return cause
      throw cause
    })
  )

  private async *read(): AsyncGenerator<ReadonlyArray<RecordingRow>, void> {
    const packed = new PackedLines(this.file)
    for await (const lines of packed.batches()) yield lines.map((line) => this.rowOf(line))
    const { rest, cut } = packed
    const last = rest === "" ? null : readRow(rest)
    // JSON that is no row was never the beginning of one
    if (last === "other") this.refuse(rest)
    if (last !== null && last !== "broken") {
      this.rows++
      yield [last]
    }
    const half = last === "broken" ? Buffer.byteLength(rest) : 0
    if (this.rows === 0)
      throw new RecordingFailure({ fault: "unreadable", file: this.file, detail: emptied(cut, rest) })
    if (cut || half > 0) this.damage = damageOf(this.rows, half)
  }

  private rowOf(line: string): RecordingRow {
    const row = readRow(line)
    if (typeof row === "string") return this.refuse(line)
    this.rows++
    return row
  }

  private refuse(line: string): never {
    const detail = `line ${this.rows + 1} is no row of a recording: ${JSON.stringify(line.slice(0, 80))}`
    throw new RecordingFailure({ fault: "unreadable", file: this.file, detail })
  }
}

/** All rows in memory. A damaged recording is refused, unless somebody wants to hear of it. */
export const readRecording = Effect.fn("readRecording")(function* (file: string, tell?: (damage: Damage) => void) {
  const reader = new RecordingReader(file)
  const rows: Array<RecordingRow> = []
  let kept = 0
  yield* Stream.runForEach(reader.batches, (batch) => {
    for (const row of batch) {
      rows.push(row)
      kept += row.text.length
    }
    return kept > MAX_KEPT
      ? new RecordingFailure({ fault: "unreadable", file, detail: "holds more than 1 GiB of text" })
      : Effect.void
  })
  if (reader.damage === null) return rows
  if (tell === undefined)
    return yield* new RecordingFailure({ fault: "unreadable", file, detail: reader.damage.detail })
  tell(reader.damage)
  return rows
})

/** A row, or what stands in its place: JSON of another shape, or no JSON. */
const readRow = (line: string): RecordingRow | "other" | "broken" => {
  try {
    const json: unknown = JSON.parse(line)
    // an opened connection has nothing to say, so its text may be left out
    const row = typeof json === "object" && json !== null ? { text: "", ...json } : json
    return isRow(row) ? row : "other"
  } catch {
    return "broken"
  }
}

const emptied = (cut: boolean, rest: string): string => {
  if (cut) return "is cut off before the end of its first row"
  return rest === "" ? "holds no frames" : `line 1 is no row of a recording: ${JSON.stringify(rest.slice(0, 80))}`
}

const damageOf = (rows: number, half_row_bytes: number): Damage => {
  const left =
    half_row_bytes > 0 ? `${half_row_bytes} bytes of a half row are left out` : "what came after is not in the file"
  return { detail: `is cut off after ${rows} whole ${rows === 1 ? "row" : "rows"}: ${left}`, rows, half_row_bytes }
}
