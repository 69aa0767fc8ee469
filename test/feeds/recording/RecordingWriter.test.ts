// Owns the proof that a recording survives: what was written is in the file a second later, whatever happens to the
// process, and a disk that takes no more is told as what it is.
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Runtime } from "effect"
import { TestClock } from "effect/testing"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { Writable } from "node:stream"
import { type Damage, readRecording, type RecordingRow } from "../../../src/feeds/recording/Recording.ts"
import { recordingWriter } from "../../../src/feeds/recording/RecordingWriter.ts"
import { temporaryFolder } from "../../support/Recordings.ts"
import { until } from "../../support/until.ts"

const rowOf = (at: number): RecordingRow => ({ at, kind: "recv", url: "wss://venue", text: `frame ${at}` })

/** Waits until the file that is still being written holds these rows. */
const holds = (file: string, rows: ReadonlyArray<RecordingRow>) =>
  TestClock.withLive(
    until(
      `${rows.length} rows in the file`,
      Effect.gen(function* () {
        const damages: Array<Damage> = []
        const read = yield* readRecording(file, (damage) => damages.push(damage)).pipe(
          Effect.catch(() => Effect.succeed<ReadonlyArray<RecordingRow>>([]))
        )
        return { read, damages }
      }),
      ({ read }) => read.length === rows.length
    )
  )

describe("recordingWriter", () => {
  it.effect("has every row in the file within a second, and a whole file at the end", () =>
    Effect.gen(function* () {
      const file = join(yield* temporaryFolder, "some.gz")
      const rows = [rowOf(1), rowOf(2), rowOf(3)]
      yield* Effect.gen(function* () {
        const writer = yield* recordingWriter(file)
        writer.write(rows[0]!)
        writer.write(rows[1]!)
        yield* TestClock.adjust("1 second")
        const first = yield* holds(file, rows.slice(0, 2))
        assert.deepStrictEqual(first.read, rows.slice(0, 2))
        assert.deepStrictEqual(first.damages, [
          { detail: "is cut off after 2 whole rows: what came after is not in the file", rows: 2, half_row_bytes: 0 }
        ])
        writer.write(rows[2]!)
        yield* TestClock.adjust("1 second")
        yield* holds(file, rows)
      }).pipe(Effect.scoped)
      assert.deepStrictEqual(yield* readRecording(file), rows)
    })
  )

  it.effect("says that the disk is full, when it fills up and when only the last bytes find no room", () =>
    Effect.gen(function* () {
      const file = join(yield* temporaryFolder, "some.gz")
      const full = () =>
        Promise.resolve(
          new Writable({
            write: (_chunk, _encoding, done) => done(Object.assign(new Error("write failed"), { code: "ENOSPC" }))
          })
        )
      const words = "can't be written: the disk is full; what came before the last 1 second is kept and can be read"
      const midway = yield* Effect.gen(function* () {
        const writer = yield* recordingWriter(file, full)
        writer.write(rowOf(1))
        yield* TestClock.adjust("1 second")
        return yield* TestClock.withLive(Effect.flip(writer.failed))
      }).pipe(Effect.scoped)
      assert.strictEqual(midway.message, `${file}: ${words}`)
      assert.strictEqual(Runtime.getErrorExitCode(midway), 2)
      const atTheEnd = yield* Effect.gen(function* () {
        const writer = yield* recordingWriter(file, full)
        writer.write(rowOf(1))
        return yield* Effect.flip(writer.end)
      }).pipe(Effect.scoped)
      assert.strictEqual(atTheEnd.detail, words)
    })
  )

  it.effect("leaves no file without a row", () =>
    Effect.gen(function* () {
      const file = join(yield* temporaryFolder, "some.gz")
      const exit = yield* recordingWriter(file).pipe(
        Effect.flatMap(({ end }) => end),
        Effect.scoped,
        Effect.exit
      )
      assert.isTrue(Exit.isSuccess(exit))
      assert.isFalse(existsSync(file))
    })
  )
})
