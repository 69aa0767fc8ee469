// Owns the measurement of the way from text to events: every recording of a folder that has a book through its scheme,
// mediator and book, production code without sockets, divided by JSON.parse alone on the same texts.
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { gunzipSync } from "node:zlib"
import type { RecordingRow } from "../src/feeds/recording/Recording.ts"
import { RecordedFrames } from "./fold.ts"
import { recognise, type Recognised } from "./recognise.ts"
import { allocated, compete } from "./rounds.ts"

const ROUNDS = 61
/** A venue's first half second goes by until the compiler has undone and done again what it made for the one before. */
const WARM = 120
/** A round repeats a recording until about so many frames went through. */
const FRAMES_A_ROUND = 1_500
const SUFFIX = ".ndjson.gz"

export interface RecordingResult {
  readonly recording: string
  readonly exchange: string
  readonly protocol: string
  readonly symbols: ReadonlyArray<string>
  /** Frames and REST answers. */
  readonly frames: number
  readonly bytes: number
  /** Levels set or removed in the books, snapshots included. */
  readonly level_changes: number
  readonly json_parse_frames_per_s: number
  readonly level4_frames_per_s: number
  /** Of the two rates. */
  readonly ratio: number
  /** All that is done, from text to events, by level. */
  readonly ns_per_level_change: number
  readonly allocated_bytes_per_frame: number
}

export interface RecordingsResult {
  readonly geometric_mean_ratio: number
  readonly recordings: ReadonlyArray<RecordingResult>
  readonly skipped: ReadonlyArray<{ readonly recording: string; readonly reason: string }>
}

export const measureRecordings = (folder: string, say: (line: string) => void): RecordingsResult => {
  const recordings: Array<RecordingResult> = []
  const skipped: Array<{ recording: string; reason: string }> = []
  say(`ratio   frames    bytes  ns/level  bytes/frame  recording, of ${folder}`)
  for (const file of readdirSync(folder).sort()) {
    const result = file.endsWith(SUFFIX) ? measureFile(folder, file) : null
    if (result === null) continue
    if (typeof result === "string") {
      skipped.push({ recording: file, reason: result })
      say(`${file} is left out: ${result}`)
    } else {
      recordings.push(result)
      say(line(result))
    }
  }
  const logs = recordings.reduce((sum, { ratio }) => sum + Math.log(ratio), 0)
  const geometric_mean_ratio = recordings.length === 0 ? 0 : Math.exp(logs / recordings.length)
  say(`${geometric_mean_ratio.toFixed(2)}   geometric mean of ${recordings.length}, as a share of JSON.parse alone`)
  return { geometric_mean_ratio, recordings, skipped }
}

const line = (row: RecordingResult): string =>
  [
    row.ratio.toFixed(2).padEnd(5),
    String(row.frames).padStart(8),
    String(row.bytes).padStart(8),
    String(row.ns_per_level_change).padStart(9),
    String(row.allocated_bytes_per_frame).padStart(12),
    ` ${row.recording} (${row.exchange}: ${row.symbols.join(", ")})`
  ].join(" ")

const measureFile = (folder: string, file: string): RecordingResult | string => {
  try {
    const rows = rowsOf(join(folder, file))
    const name = file.slice(0, -SUFFIX.length)
    const recognised = recognise(name, rows)
    return typeof recognised === "string" ? recognised : measure(name, recognised, rows)
  } catch (cause) {
    return `it can't be read: ${String(cause)}`
  }
}

const rowsOf = (file: string): ReadonlyArray<RecordingRow> =>
  gunzipSync(readFileSync(file))
    .toString("utf8")
    .trimEnd()
    .split("\n")
    .map((row) => Object.assign({ text: "" }, JSON.parse(row)) as RecordingRow)

const measure = (
  recording: string,
  recognised: Recognised,
  rows: ReadonlyArray<RecordingRow>
): RecordingResult | string => {
  const frames = new RecordedFrames(recognised, rows)
  const { texts, steps } = frames
  const counting = frames.begin()
  for (const step of steps) counting.count(step)
  const repeats = Math.max(1, Math.round(FRAMES_A_ROUND / texts.length))
  const parse = (): void => {
    for (let i = 0; i < repeats; i++) for (const text of texts) JSON.parse(text)
  }
  const level4 = (): void => {
    for (let i = 0; i < repeats; i++) {
      const pass = frames.begin()
      for (const step of steps) pass.step(step)
    }
  }
  const took = compete({ parse, level4 }, { rounds: ROUNDS, warm: WARM })
  const rate = (nanoseconds: number): number => Math.round((texts.length * repeats * 1e9) / nanoseconds)
  return {
    recording,
    exchange: recognised.scheme.exchange,
    protocol: recognised.scheme.protocol,
    symbols: recognised.symbols,
    frames: texts.length,
    bytes: texts.reduce((sum, text) => sum + text.length, 0),
    level_changes: counting.levels,
    json_parse_frames_per_s: rate(took.time("parse")),
    level4_frames_per_s: rate(took.time("level4")),
    ratio: took.ratio("parse", "level4"),
    ns_per_level_change: Math.round(took.time("level4") / repeats / counting.levels),
    allocated_bytes_per_frame: allocatedPerFrame(frames)
  }
}

/** Frames between two looks at the heap: few enough that it is seldom collected meanwhile. */
const CHUNK = 32

const allocatedPerFrame = (frames: RecordedFrames): number => {
  const { steps } = frames
  const chunks = Math.floor(steps.length / CHUNK)
  let pass = frames.begin()
  const bytes = allocated(chunks * 8, (call) => {
    const begin = (call % chunks) * CHUNK
    if (begin === 0) pass = frames.begin()
    for (let i = begin; i < begin + CHUNK; i++) pass.step(steps[i]!)
  })
  return Math.round(bytes / CHUNK)
}
