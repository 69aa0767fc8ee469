// Owns the proof that of a recording every row is read that is whole, that what is lost is told, and that what is none
// is refused with the reason and the line, in little memory.
import { assert, describe, it } from "@effect/vitest"
import { Effect, Runtime, Stream } from "effect"
import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { gunzipSync, gzipSync } from "node:zlib"
import { type Damage, readRecording, RecordingReader } from "../../../src/feeds/recording/Recording.ts"
import { SIMULATED_FILE } from "../../support/naiveSimulated.ts"
import { temporaryFolder } from "../../support/Recordings.ts"

/** What is said of a file of these bytes. */
const refusal = (bytes: Uint8Array) =>
  Effect.gen(function* () {
    const file = join(yield* temporaryFolder, "some.ndjson.gz")
    yield* Effect.promise(() => writeFile(file, bytes))
    const refused = yield* Effect.flip(readRecording(file))
    assert.strictEqual(Runtime.getErrorExitCode(refused), 2)
    assert.isTrue(refused.message.startsWith(`${file}: `))
    return refused.detail
  })

/** What is read of a file of these bytes. */
const salvaged = Effect.fnUntraced(function* (bytes: Uint8Array) {
  const file = join(yield* temporaryFolder, "some.ndjson.gz")
  yield* Effect.promise(() => writeFile(file, bytes))
  const seen: Array<Damage> = []
  const rows = yield* readRecording(file, (damage) => seen.push(damage))
  return { rows, damage: seen[0] ?? null }
}, Effect.scoped)

const row = { at: 1, kind: "recv", url: "wss://venue", text: "{}" }
const packed = (...lines: ReadonlyArray<string>) => gzipSync(lines.join("\n"))

describe("readRecording", () => {
  it.effect("reads every row, and an opened connection without a text", () =>
    Effect.gen(function* () {
      const file = join(yield* temporaryFolder, "some.ndjson.gz")
      const opened = { at: 1, kind: "open", url: "wss://venue" }
      yield* Effect.promise(() => writeFile(file, packed(JSON.stringify(opened), JSON.stringify(row))))
      assert.deepStrictEqual(yield* readRecording(file), [{ ...opened, text: "" }, row] as never)
      assert.lengthOf(yield* readRecording(SIMULATED_FILE), 410)
    })
  )

  it.effect("reads the rows before a cut anywhere in the file, and says what of the next one is left", () =>
    Effect.gen(function* () {
      const whole = yield* Effect.promise(() => readFile(SIMULATED_FILE))
      const text = gunzipSync(whole).toString()
      const all = yield* readRecording(SIMULATED_FILE)
      for (let size = whole.length - 1; size > whole.length / 4; size -= 997) {
        const { rows, damage } = yield* salvaged(whole.subarray(0, size))
        assert.deepStrictEqual(rows, all.slice(0, rows.length))
        assert.isAtLeast(rows.length, 2)
        const before = text.split("\n", rows.length).join("\n").length + 1
        const half = damage!.half_row_bytes
        assert.strictEqual(damage!.rows, rows.length)
        assert.include(damage!.detail, `is cut off after ${rows.length} whole rows`)
        if (half === 0) continue
        assert.include(damage!.detail, `: ${half} bytes of a half row`)
        assert.isBelow(half, text.slice(before).indexOf("\n") + 1)
      }
      assert.include(yield* refusal(whole.subarray(0, whole.length >> 7)), "is cut off before the end of its first row")
    })
  )

  it.effect(
    "refuses a recording whose bytes were altered, wherever: its rows may be wrong long before that shows",
    () =>
      Effect.gen(function* () {
        const whole = yield* Effect.promise(() => readFile(SIMULATED_FILE))
        // the first bytes may be the name of the file
        for (let place = 64; place < whole.length; place += 1_501) {
          const broken = Uint8Array.from(whole)
          broken[place]! ^= 0xff
          assert.match(
            yield* refusal(broken),
            /^is corrupt after byte \d+ \(line \d+\); what was read before .* may be wrong|^line \d+ is no row/
          )
        }
        assert.include(yield* refusal(Buffer.concat([whole, Buffer.from("more")])), "is corrupt after byte")
        assert.include(
          yield* refusal(Buffer.concat([whole, Buffer.alloc(3_000), Buffer.from("x")])),
          "is corrupt after byte"
        )
      })
  )

  it.effect("reads gzip members one after another, the last of them cut off, and zeros that fill the file up", () =>
    Effect.gen(function* () {
      const one = packed(`${JSON.stringify(row)}\n`)
      const twice = yield* salvaged(Buffer.concat([one, one, Buffer.alloc(3_000)]))
      assert.deepStrictEqual([twice.rows.length, twice.damage], [2, null])
      const cut = yield* salvaged(Buffer.concat([one, one.subarray(0, one.length - 9)]))
      assert.isAtLeast(cut.rows.length, 1)
      assert.include(cut.damage!.detail, "is cut off")
    })
  )

  it.effect("takes a half last line for a cut, and refuses what is no recording with the line", () =>
    Effect.gen(function* () {
      const half = yield* salvaged(packed(JSON.stringify(row), '{"at":1,"ki'))
      assert.deepStrictEqual(half.damage, {
        detail: "is cut off after 1 whole row: 11 bytes of a half row are left out",
        rows: 1,
        half_row_bytes: 11
      })
      assert.include(yield* refusal(packed(JSON.stringify(row), '{"at":1,"ki')), "11 bytes of a half row")
      assert.include(yield* refusal(Buffer.from("plain text")), "is no gzip file")
      assert.include(yield* refusal(new Uint8Array()), "is empty")
      assert.include(yield* refusal(packed('{"hello":"world"}')), "line 1 is no row of a recording")
      assert.include(yield* refusal(packed(JSON.stringify(row), "[1,2]")), 'line 2 is no row of a recording: "[1,2]"')
      const middle = packed(JSON.stringify(row), '{"at":1,"ki', JSON.stringify(row))
      assert.include(yield* refusal(middle), "line 2 is no row of a recording")
      assert.include(yield* refusal(packed(JSON.stringify({ ...row, at: "now" }))), "line 1")
      assert.include(yield* refusal(packed("")), "holds no frames")
    })
  )

  it.effect("names bombs for what they are, and stops reading there", () =>
    Effect.gen(function* () {
      const line = `${JSON.stringify({ ...row, text: "x".repeat(4_000) })}\n`
      // 100 MiB each: a line of a gigabyte ends at the same place
      const long = gzipSync(Buffer.concat([Buffer.from(line), Buffer.alloc(100 << 20, 32)]))
      assert.include(yield* refusal(long), "line 2 is longer than 64 MiB, as no row of a recording is")
      const many = gzipSync(Buffer.alloc(100 << 20, line))
      assert.include(yield* refusal(many), "unpacks to more than 300 times its size, as no recording does")
    })
  )

  it.effect("hands rows over as it reads: a whole file is never in memory", () =>
    Effect.gen(function* () {
      const reader = new RecordingReader(SIMULATED_FILE)
      const seen: Array<readonly [rows: number, read: number]> = []
      yield* Stream.runForEach(Stream.take(reader.batches, 3), (batch) =>
        Effect.sync(() => seen.push([batch.length, reader.rows]))
      )
      assert.lengthOf(seen, 3)
      assert.isBelow(seen[2]![1], 410)
      for (const [rows, read] of seen) assert.isTrue(rows > 0 && rows <= read)
    })
  )

  it.effect("refuses a file that is not there", () =>
    Effect.gen(function* () {
      const refused = yield* Effect.flip(readRecording(join(yield* temporaryFolder, "none.gz")))
      assert.include(refused.message, "can't be read")
    })
  )
})
