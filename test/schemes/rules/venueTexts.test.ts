// Owns the proof that a sentence means what the row of the table says that is the whole of it, and nothing by a part.
import { assert, describe, it } from "@effect/vitest"
import { venueTexts } from "../../../src/schemes/rules/venueTexts.ts"

const source = "made for this test"
const read = venueTexts([
  { text: "Rate limit exceeded, retry in * seconds.", means: "wait", source },
  { text: "Couldn't subscribe to invalid product `*`", means: "unknown", source },
  { text: "Currency pair not supported *", means: "unknown pair", source },
  { text: "a.b (c)", means: "signs", source }
])

describe("a sentence of a venue", () => {
  it("means what its row says, with what stands in it", () => {
    assert.deepStrictEqual(read("Rate limit exceeded, retry in 29 seconds."), { means: "wait", parts: ["29"] })
    const unknown = read("couldn't subscribe to INVALID product `PF_X`")
    assert.deepStrictEqual(unknown, { means: "unknown", parts: ["PF_X"] })
    assert.deepStrictEqual(read("Currency pair not supported A/B"), { means: "unknown pair", parts: ["A/B"] })
  })
  it("may end in a full stop or without", () => {
    assert.deepStrictEqual(read("Rate limit exceeded, retry in 1 seconds"), { means: "wait", parts: ["1"] })
    assert.deepStrictEqual(read("Currency pair not supported A/B."), { means: "unknown pair", parts: ["A/B"] })
  })
  it("means nothing by a part of it, or by signs that only look alike", () => {
    for (const other of [
      "We say: Rate limit exceeded, retry in 1 seconds.",
      "Currency pair not supported ",
      "aXb (c)",
      ""
    ])
      assert.isNull(read(other), other)
    assert.deepStrictEqual(read("a.b (c)"), { means: "signs", parts: [] })
  })
})
