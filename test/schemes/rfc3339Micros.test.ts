// Owns the proof of RFC 3339 reading: digits of every length, offsets, and texts that are no time.
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { rfc3339Micros } from "../../src/schemes/rfc3339Micros.ts"

describe("rfc3339Micros", () => {
  it("keeps microseconds and cuts nanoseconds", () => {
    assert.strictEqual(rfc3339Micros("2023-10-06T17:35:55.440295Z"), 1_696_613_755_440_295)
    assert.strictEqual(rfc3339Micros("2023-10-06T17:35:55.440295999Z"), 1_696_613_755_440_295)
  })
  it("takes short and missing fractions, and offsets", () => {
    assert.strictEqual(rfc3339Micros("2021-07-22T22:45:25.1+00:00"), 1_626_993_925_100_000)
    assert.strictEqual(rfc3339Micros("2021-07-22T22:45:25Z"), 1_626_993_925_000_000)
    assert.strictEqual(rfc3339Micros("2021-07-23T00:45:25+02:00"), 1_626_993_925_000_000)
  })
  it("gives null for what is no time, and for a time before 1971", () => {
    for (const text of ["", "yesterday", "2021-13-41T99:00:00Z", "1970-01-01T00:00:00Z", "2021-07-22 22:45:25"]) {
      assert.isNull(rfc3339Micros(text))
    }
  })
  it.prop(
    "agrees with Date to the millisecond",
    [Schema.Int.check(Schema.isBetween({ minimum: 4e10, maximum: 4e12 }))],
    ([ms]) => {
      assert.strictEqual(rfc3339Micros(new Date(ms).toISOString()), ms * 1000)
    }
  )
})
