// Owns the proof of what is sure to hold no book, whatever a scheme says of its own frames, and of the numbers that go
// on as text since no double carries them.
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { frames, Numeric, Unreadable } from "../../src/wire/Wire.ts"

const Frame = Schema.Struct({ price: Numeric, note: Schema.optionalKey(Schema.String) })
const isControl = (json: unknown): boolean => typeof json === "object" && json !== null && "event" in json
const { judge } = frames(Frame, { exact: true, isControl })

describe("a frame that no schema knows", () => {
  it("holds no book where it is a bare value, a sentence, or a list of control frames", () => {
    for (const text of [
      '{"event":"new"}',
      "[]",
      "null",
      "1",
      '"closing"',
      "Server restarts in 60 s",
      '[{"event":"x"}]'
    ]) {
      const judged = judge(text)
      assert.isTrue(judged instanceof Unreadable && judged.harmless, text)
    }
  })

  it("may hold one otherwise", () => {
    for (const text of ['{"price":[1]}', '[{"event":"x"},{"price":1}]', '{"price":1', 'ice":1}', "[[1,2]]", ""]) {
      const judged = judge(text)
      assert.isTrue(judged instanceof Unreadable && !judged.harmless, text)
    }
  })
})

describe("a number that no double carries", () => {
  it("goes on as its text, wherever it stands, and leaves what stands in quotes alone", () => {
    for (const long of [
      "12345678901234567890",
      "1.2345678901234567",
      "12345678901234567e-3",
      "1e-400",
      "-0.12345678901234567"
    ]) {
      assert.deepStrictEqual(judge(`{"price":${long},"note":"a, ${long}, \\" ${long}]"}`), {
        price: long,
        note: `a, ${long}, " ${long}]`
      })
    }
  })

  it("is no other", () => {
    for (const plain of ["1234567890123456", "0.0000000000000000", "1E+5", "0e-400", "1.5"])
      assert.deepStrictEqual(judge(`{"price":${plain}}`), { price: Number(plain) })
  })
})
