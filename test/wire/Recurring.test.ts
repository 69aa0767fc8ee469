// Owns the proof that a text that comes again is told from every other one: few letters, so that texts differ by one of
// them, in any place, and all texts of some lengths, so that many take each other's places.
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { loadText } from "../../src/wire/JsonBytes.ts"
import { recurring } from "../../src/wire/Recurring.ts"

const Text = Schema.String.check(Schema.isPattern(/^[ab/]{0,40}$/))

const LENGTHS = [4, 5, 8, 9, 12, 13]
/** All texts of a length, those one after another that differ in the middle alone. */
const all = (length: number): ReadonlyArray<string> => {
  const texts = Array.from({ length: 2 ** length }, (_, i) =>
    i.toString(2).padStart(length, "0").replaceAll("0", "a").replaceAll("1", "b")
  )
  const ends = (text: string): string => text.slice(0, 4) + text.slice(-4)
  return texts.toSorted((one, other) => ends(one).localeCompare(ends(other)))
}

const check = (text: string): void => {
  assert.isTrue(loadText(`{"s":"${text}"}`))
  assert.strictEqual(recurring(6, 6 + text.length), text)
}

describe("a recurring text", () => {
  it("is told from those that take its place", () => {
    for (const length of LENGTHS) for (const text of all(length)) check(text)
  })
  it.prop("is the one that stands there", [Schema.Array(Text)], ([texts]) => {
    for (const text of [...texts, ...texts]) check(text)
  })
})
