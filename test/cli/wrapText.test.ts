// Sentences over lines that fit.
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { CliOutput } from "effect/cli"
import { wrapText } from "../../src/cli/wrapText.ts"

describe("wrapText", () => {
  it("breaks at blanks, and inside a word only where it is longer than a line", () => {
    assert.deepStrictEqual(wrapText("one two three", 100), ["one two three"])
    assert.deepStrictEqual(wrapText("one two three", 8), ["one two", "three"])
    assert.deepStrictEqual(wrapText("a looooooong word", 5), ["a", "loooo", "ooong", "word"])
  })

  it.prop("loses nothing, and fits", [Schema.String], ([text]) => {
    const lines = wrapText(text, 10)
    assert.strictEqual(lines.join("").replaceAll(" ", ""), text.replaceAll(" ", ""))
    for (const line of lines) assert.isAtMost(CliOutput.displayWidth(line), 10)
  })
})
