// Owns the proof of the words that a listing's channel says of instruments: of frames of its shape alone, row by row.
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { pushedWords } from "../../../src/schemes/rules/pushedWords.ts"

const read = pushedWords(
  Schema.Struct({ channel: Schema.Literal("listing"), data: Schema.Array(Schema.Unknown) }),
  ({ data }) => data,
  Schema.Struct({ name: Schema.String, state: Schema.String, tick: Schema.optionalKey(Schema.Number) }),
  ({ name, state, tick }) => [name, state, tick]
)

describe("words of a listing's channel", () => {
  it("are one an instrument, of all that matters of its row", () => {
    const data = [
      { name: "A", state: "on", tick: 0.5, volume: 7 },
      { name: "B", state: "off" }
    ]
    assert.deepStrictEqual(
      [...read(JSON.stringify({ channel: "listing", data }))],
      [
        ["A", "on 0.5"],
        ["B", "off "]
      ]
    )
  })

  it("are none of another frame, and a row that can't be read costs itself", () => {
    for (const text of ["", "pong", "null", "[]", '{"channel":"book","data":[]}', '{"channel":"listing","data":{}}'])
      assert.strictEqual(read(text).size, 0, text)
    const data = [null, 7, { name: "A" }, { name: "B", state: 1 }, { name: "C", state: "on" }]
    assert.deepStrictEqual([...read(JSON.stringify({ channel: "listing", data })).keys()], ["C"])
  })
})
