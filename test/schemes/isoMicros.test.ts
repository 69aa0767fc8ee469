// Owns the proof of times to the microsecond: every number of fraction digits that venues send, and what is no time.
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { isoMicros } from "../../src/schemes/isoMicros.ts"

const SECONDS = Date.parse("2021-04-17T16:43:37Z") * 1000

describe("isoMicros", () => {
  it("reads and cuts each number of fraction digits", () => {
    for (const [fraction, micros] of [
      ["", 0],
      [".5", 500_000],
      [".07", 70_000],
      [".075", 75_000],
      [".0756", 75_600],
      [".075687", 75_687],
      [".0873229", 87_322],
      [".999999999", 999_999]
    ] as const) {
      assert.strictEqual(isoMicros(`2021-04-17T16:43:37${fraction}Z`), SECONDS + micros)
    }
  })
  it("gives null for what is no time after 1970", () => {
    for (const text of ["", "soon", "0001-01-01T00:00:00.000000Z", "2021-13-17T16:43:37Z"]) {
      assert.isNull(isoMicros(text))
    }
  })
  const Micros = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 4_000_000_000_000_000 }))
  it.prop("reads back any microsecond", [Micros], ([micros]) => {
    const text = new Date(Math.floor(micros / 1000)).toISOString()
    const tail = String(micros % 1000).padStart(3, "0")
    assert.strictEqual(isoMicros(text.replace("Z", `${tail}Z`)), micros)
  })
})
