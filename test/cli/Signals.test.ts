// The commands that last, as processes of their own: what a supervisor or a closed terminal sends them ends them with
// 0, Ctrl-C with 130, and a recording is whole whatever ended it, or but for its last second where nothing could be
// done.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { statSync } from "node:fs"
import { join } from "node:path"
import { text } from "node:stream/consumers"
import { fileURLToPath } from "node:url"
import { type Damage, readRecording } from "../../src/feeds/recording/Recording.ts"
import { temporaryFolder } from "../support/Recordings.ts"
import { until } from "../support/until.ts"

const LEVEL4 = fileURLToPath(new URL("../../bin/level4", import.meta.url))
const FIXTURE = fileURLToPath(new URL("../fixtures/simulated/binance-spot.ndjson.gz", import.meta.url))

/** A test that fails leaves no process behind. */
const start = (args: ReadonlyArray<string>, env: Record<string, string> = {}) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const child = spawn(LEVEL4, args, {
        env: { PATH: process.env["PATH"], HOME: process.env["HOME"], ...env },
        stdio: ["ignore", "pipe", "pipe"]
      })
      return { child, ended: once(child, "exit"), stderr: text(child.stderr) }
    }),
    ({ child }) => Effect.sync(() => child.kill("SIGKILL"))
  )

type Started = Effect.Success<ReturnType<typeof start>>

const firstOutput = ({ child }: Started) =>
  Effect.promise(async () => {
    const [chunk] = (await once(child.stdout, "data")) as [Buffer]
    return chunk.toString()
  })

/** Ends it, and gives its exit code and the signal that killed it, if one did. */
const endedBy = ({ child, ended }: Started, signal: NodeJS.Signals) =>
  Effect.promise(async () => {
    child.kill(signal)
    return (await ended) as [number | null, NodeJS.Signals | null]
  })

interface Told {
  readonly environment: Readonly<Record<string, string>>
}

const simulated = Effect.gen(function* () {
  const simulator = yield* start(["simulate", "--exchange", "Kraken", "--port", "0", "--rate", "50", "--json"])
  const { environment } = JSON.parse(yield* firstOutput(simulator)) as Told
  return { simulator, environment }
})

const KRAKEN = ["--exchange", "Kraken", "--market-type", "SPOT", "--base", "BTC", "--quote", "USD"]

/** Records from the simulator until the file holds some rows. */
const recording = Effect.fnUntraced(function* (environment: Told["environment"]) {
  const file = join(yield* temporaryFolder, "kraken.ndjson.gz")
  const recorder = yield* start(["record", ...KRAKEN, "--out", file, "--for", "10m"], environment)
  const size = Effect.sync(() => statSync(file, { throwIfNoEntry: false })?.size ?? 0)
  yield* until("rows in the file", size, (bytes) => bytes > 2_000)
  return { file, recorder }
})

describe("a command that lasts", { timeout: 120_000 }, () => {
  it.live.each([
    ["SIGTERM", 0],
    ["SIGHUP", 0],
    ["SIGINT", 130]
  ] as const)("ends on %s with %d", ([signal, code]) =>
    Effect.gen(function* () {
      const playback = yield* start(["playback", FIXTURE])
      yield* firstOutput(playback)
      assert.deepStrictEqual(yield* endedBy(playback, signal), [code, null])
      const { simulator, environment } = yield* simulated
      const { file, recorder } = yield* recording(environment)
      assert.deepStrictEqual(yield* endedBy(recorder, signal), [code, null])
      assert.match(yield* Effect.promise(() => recorder.stderr), /kraken\.ndjson\.gz: \d+ rows, .* BTC\/USD is live/)
      const rows = yield* readRecording(file)
      assert.isAbove(rows.length, 3)
      assert.deepStrictEqual(yield* endedBy(simulator, signal), [code, null])
    }).pipe(Effect.scoped)
  )

  it.live("leaves a recording that replays even where it was killed", () =>
    Effect.gen(function* () {
      const { environment } = yield* simulated
      const { file, recorder } = yield* recording(environment)
      assert.deepStrictEqual(yield* endedBy(recorder, "SIGKILL"), [null, "SIGKILL"])
      const damages: Array<Damage> = []
      const rows = yield* readRecording(file, (damage) => damages.push(damage))
      assert.include(damages[0]?.detail, `is cut off after ${rows.length} whole rows`)
      const replay = yield* start(["replay", file, ...KRAKEN, "--json"])
      const printed = yield* Effect.promise(() => text(replay.child.stdout))
      assert.strictEqual((yield* Effect.promise(() => replay.ended))[0], 0)
      const summary = JSON.parse(printed.trimEnd().split("\n").pop()!) as { damage: Damage; state: string }
      assert.deepStrictEqual([summary.state, summary.damage], ["live", damages[0]!])
    }).pipe(Effect.scoped)
  )

  it.live("is refused an exchange that it does not know with 2, and told which there are", () =>
    Effect.gen(function* () {
      const out = join(yield* temporaryFolder, "none.gz")
      for (const args of [
        ["simulate", "--exchange", "Nowhere", "--port", "0"],
        ["record", ...KRAKEN.with(1, "Nowhere"), "--out", out],
        ["replay", FIXTURE, ...KRAKEN.with(1, "Nowhere")]
      ]) {
        const refused = yield* start(args)
        assert.deepStrictEqual(yield* Effect.promise(() => refused.ended), [2, null])
        const complaint = yield* Effect.promise(() => refused.stderr)
        assert.match(complaint, /Nowhere.*Binance, .*Kraken/, args[0])
      }
    }).pipe(Effect.scoped)
  )
})
