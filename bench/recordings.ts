// Owns the measurement of the way from text to events: every recording of a folder that has a book through its scheme,
// mediator and book, production code without sockets, divided by JSON.parse alone on the same texts.
import { Effect } from "effect"
import { readdirSync } from "node:fs"
import { join } from "node:path"
import { readRecording } from "../src/feeds/recording/Recording.ts"
import { RecordedFrames } from "./fold.ts"
import { recognise, type Recognised } from "./recognise.ts"
import { allocated, Competition } from "./rounds.ts"

/**
 * Each recording is measured several times, the others between: a machine's bad moment is not one venue's bad figure.
 */
const VISITS = 4
const ROUNDS = 21
/** A venue's first half second goes by until the compiler has undone and done again what it made for the one before. */
const WARM = 120
const WARM_AGAIN = 40
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
  /** What of the file could not be read; null: it is whole. */
  readonly damage: string | null
}

export interface RecordingsResult {
  readonly geometric_mean_ratio: number
  readonly recordings: ReadonlyArray<RecordingResult>
  readonly skipped: ReadonlyArray<{ readonly recording: string; readonly reason: string }>
}

export const measureRecordings = async (folder: string, say: (line: string) => void): Promise<RecordingsResult> => {
  const contests: Array<Contest> = []
  const skipped: Array<{ recording: string; reason: string }> = []
  for (const file of readdirSync(folder).sort()) {
    if (!file.endsWith(SUFFIX)) continue
    const contest = await contestOf(folder, file)
    if (typeof contest !== "string") {
      contests.push(contest)
      if (contest.damage !== null) say(`${file} ${contest.damage}`)
    } else {
      skipped.push({ recording: file, reason: contest })
      say(`${file} is left out: ${contest}`)
    }
  }
  for (let visit = 0; visit < VISITS; visit++) {
    say(`visit ${visit + 1} of ${VISITS} to ${contests.length} recordings of ${folder}`)
    for (const { competition } of contests) competition.play({ rounds: ROUNDS, warm: visit === 0 ? WARM : WARM_AGAIN })
  }
  say("ratio   frames    bytes  ns/level  bytes/frame  recording")
  const recordings = contests.map((contest) => {
    const result = resultOf(contest)
    say(line(result))
    return result
  })
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

/** A recording with its two contestants, the production path and JSON.parse alone. */
interface Contest {
  readonly recording: string
  readonly recognised: Recognised
  readonly frames: RecordedFrames
  /** How often a round goes through the recording. */
  readonly repeats: number
  readonly damage: string | null
  readonly competition: Competition<"parse" | "level4">
}

/** Made of a file, or why it can't be. */
const contestOf = async (folder: string, file: string): Promise<Contest | string> => {
  try {
    let damage: string | null = null
    const reading = readRecording(join(folder, file), ({ detail }) => (damage = detail))
    const rows = await Effect.runPromise(reading)
    const recording = file.slice(0, -SUFFIX.length)
    const recognised = recognise(recording, rows)
    if (typeof recognised === "string") return recognised
    const frames = new RecordedFrames(recognised, rows)
    const { texts, steps } = frames
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
    return { recording, recognised, frames, repeats, damage, competition: new Competition({ parse, level4 }) }
  } catch (cause) {
    return `it can't be read: ${cause instanceof Error ? cause.message : String(cause)}`
  }
}

const resultOf = ({ recording, recognised, frames, repeats, damage, competition }: Contest): RecordingResult => {
  const { texts } = frames
  const counting = frames.begin()
  for (const step of frames.steps) counting.count(step)
  const rate = (nanoseconds: number): number => Math.round((texts.length * repeats * 1e9) / nanoseconds)
  return {
    recording,
    exchange: recognised.scheme.exchange,
    protocol: recognised.scheme.protocol,
    symbols: recognised.symbols,
    frames: texts.length,
    bytes: texts.reduce((sum, text) => sum + text.length, 0),
    level_changes: counting.levels,
    json_parse_frames_per_s: rate(competition.time("parse")),
    level4_frames_per_s: rate(competition.time("level4")),
    ratio: competition.ratio("parse", "level4"),
    ns_per_level_change: Math.round(competition.time("level4") / repeats / counting.levels),
    allocated_bytes_per_frame: allocatedPerFrame(frames),
    damage
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
