// Owns the proof that a recording is read whole or refused with the reason and the line.
import { assert, describe, it } from "@effect/vitest"
import { Effect, Runtime } from "effect"
import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { readRecording } from "../../../src/feeds/recording/Recording.ts"
import { recordingFile, temporaryFolder } from "../../support/Recordings.ts"

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

const row = { at: 1, kind: "recv", url: "wss://venue", text: "{}" }
const packed = (...lines: ReadonlyArray<string>) => gzipSync(lines.join("\n"))

describe("readRecording", () => {
  it.effect("reads every row, and an opened connection without a text", () =>
    Effect.gen(function* () {
      const file = join(yield* temporaryFolder, "some.ndjson.gz")
      const opened = { at: 1, kind: "open", url: "wss://venue" }
      yield* Effect.promise(() => writeFile(file, packed(JSON.stringify(opened), JSON.stringify(row))))
      assert.deepStrictEqual(yield* readRecording(file), [{ ...opened, text: "" }, row] as never)
      assert.lengthOf(yield* readRecording(recordingFile("binance-spot")), 228)
    })
  )

  it.effect("refuses a recording cut off anywhere, and one with a broken byte", () =>
    Effect.gen(function* () {
      const whole = yield* Effect.promise(() => readFile(recordingFile("binance-spot")))
      for (const part of [1, 0.99, 0.5, 0.01]) {
        const cut = whole.subarray(0, Math.floor((whole.length - 1) * part))
        assert.include(yield* refusal(cut), "no whole gzip file")
      }
      const broken = Uint8Array.from(whole)
      broken[broken.length >> 1]! ^= 0xff
      assert.include(yield* refusal(broken), "no whole gzip file")
    })
  )

  it.effect("refuses what is no recording, with the line", () =>
    Effect.gen(function* () {
      assert.include(yield* refusal(Buffer.from("plain text")), "no whole gzip file")
      assert.include(yield* refusal(new Uint8Array()), "no")
      assert.include(yield* refusal(packed('{"hello":"world"}')), "line 1 is no row of a recording")
      assert.include(yield* refusal(packed(JSON.stringify(row), "[1,2]")), "line 2 is no row of a recording: [1,2]")
      assert.include(yield* refusal(packed(JSON.stringify(row), '{"at":1,"ki')), "line 2")
      assert.include(yield* refusal(packed(JSON.stringify({ ...row, at: "now" }))), "line 1")
      assert.include(yield* refusal(packed("")), "holds no frames")
    })
  )

  it.effect("refuses a file that is not there", () =>
    Effect.gen(function* () {
      const refused = yield* Effect.flip(readRecording(join(yield* temporaryFolder, "none.gz")))
      assert.include(refused.message, "can't be read")
    })
  )
})
