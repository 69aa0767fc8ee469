// Spans of time on the command line: what is read, and that nothing ambiguous is.
import { assert, describe, it } from "@effect/vitest"
import { Duration, Option, Schema } from "effect"
import { parseDuration } from "../../src/cli/DurationFlag.ts"

const Amount = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1_000_000 }))
const Unit = Schema.Literals(["ms", "s", "m", "h"])
const MILLIS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }

describe("parseDuration", () => {
  it.prop("reads a number with its unit", [Amount, Unit], ([amount, unit]) => {
    assert.deepStrictEqual(parseDuration(`${amount}${unit}`), Option.some(Duration.millis(amount * MILLIS[unit])))
  })

  it.each([
    ["250ms", 250],
    ["1.5s", 1_500],
    ["2 m", 120_000],
    ["0.5h", 1_800_000]
  ])("reads %s", (text, millis) => {
    assert.deepStrictEqual(Option.map(parseDuration(text), Duration.toMillis), Option.some(millis))
  })

  it.each(["", "5", "s", "-1s", "1e3ms", "1 minute", "1.s", "1s2", " 1s", "Infinity"])("refuses %j", (text) => {
    assert.deepStrictEqual(parseDuration(text), Option.none())
  })
})
