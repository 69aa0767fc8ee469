// Owns the proof of RFC 3339 reading: digits of every length, offsets, texts that are no time, and that the quick way
// for the common form agrees with the slow one.
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { rfc3339Micros } from "../../src/wire/rfc3339Micros.ts"

const SECONDS = Date.parse("2021-04-17T16:43:37Z") * 1000
const between = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }))

describe("rfc3339Micros", () => {
  it("keeps microseconds and cuts nanoseconds", () => {
    assert.strictEqual(rfc3339Micros("2023-10-06T17:35:55.440295Z"), 1_696_613_755_440_295)
    assert.strictEqual(rfc3339Micros("2023-10-06T17:35:55.440295999Z"), 1_696_613_755_440_295)
  })
  it("reads and cuts each number of fraction digits", () => {
    for (const [fraction, micros] of [
      ["", 0],
      [".5", 500_000],
      [".07", 70_000],
      [".075", 75_000],
      [".0756", 75_600],
      [".075687", 75_687],
      [".0873229", 87_322],
      [".999999999", 999_999],
      [".999999999999", 999_999]
    ] as const) {
      assert.strictEqual(rfc3339Micros(`2021-04-17T16:43:37${fraction}Z`), SECONDS + micros)
    }
  })
  it("takes short and missing fractions, and offsets", () => {
    assert.strictEqual(rfc3339Micros("2021-07-22T22:45:25.1+00:00"), 1_626_993_925_100_000)
    assert.strictEqual(rfc3339Micros("2021-07-22T22:45:25Z"), 1_626_993_925_000_000)
    assert.strictEqual(rfc3339Micros("2021-07-23T00:45:25+02:00"), 1_626_993_925_000_000)
  })
  it("gives null for what is no time, and for a time before 1971", () => {
    for (const text of [
      "",
      "soon",
      "yesterday",
      "2021-13-41T99:00:00Z",
      "2021-13-17T16:43:37Z",
      "1970-01-01T00:00:00Z",
      "0001-01-01T00:00:00.000000Z",
      "0099-01-01T00:00:00.000000Z"
    ]) {
      assert.isNull(rfc3339Micros(text))
    }
  })
  it("gives null for a time without a zone, and for a broken common form", () => {
    for (const text of [
      "2021-07-22 22:45:25",
      "2021-07-22T22:45:25",
      "2021-07-22T22:45:25.440295",
      "2021-07-22T22:45:25.Z",
      "2021-07-22T22:45:25.44x295Z",
      "2021-07-22T22:45:25.4402950000000Z",
      "2021-07-22T22:45:60.440295Z",
      "2021-07-32T22:45:25.440295Z",
      "2021-07-22T22-45:25.440295Z"
    ]) {
      assert.isNull(rfc3339Micros(text), text)
    }
  })
  it.prop("agrees with Date to the millisecond", [between(4e10, 4e12)], ([ms]) => {
    assert.strictEqual(rfc3339Micros(new Date(ms).toISOString()), ms * 1000)
  })
  it.prop("reads back any microsecond, in both ways", [between(4e13, 4e15)], ([micros]) => {
    const tail = String(micros % 1000).padStart(3, "0")
    const text = new Date(Math.floor(micros / 1000)).toISOString().replace("Z", `${tail}Z`)
    assert.strictEqual(rfc3339Micros(text), micros)
    assert.strictEqual(rfc3339Micros(text.replace("Z", "+00:00")), micros)
  })
})
