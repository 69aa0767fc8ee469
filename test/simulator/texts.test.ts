// Proves the small texts that several simulated venues share: times, decimals, ids, and what a client says.
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { clientText } from "../../src/simulator/clientText.ts"
import { decimalStep } from "../../src/simulator/decimalStep.ts"
import { isoTime } from "../../src/simulator/isoTime.ts"
import { randomOf } from "../../src/simulator/Random.ts"
import { seededUuid } from "../../src/simulator/seededUuid.ts"
import { unpadded } from "../../src/simulator/unpadded.ts"

describe("texts of simulated venues", () => {
  it("writes times with six digits, or three", () => {
    assert.strictEqual(isoTime(1618677817075687, 6), "2021-04-17T16:43:37.075687Z")
    assert.strictEqual(isoTime(1618677817075007, 6), "2021-04-17T16:43:37.075007Z")
    assert.strictEqual(isoTime(1618677817075987, 3), "2021-04-17T16:43:37.075Z")
  })

  it("takes the padding of a decimal away, and nothing else", () => {
    const texts = { "104.50": "104.5", "104.00": "104", "0.00": "0", "100": "100", "0.00000355": "0.00000355" }
    for (const [padded, bare] of Object.entries(texts)) assert.strictEqual(unpadded(padded), bare)
  })

  it("writes ticks and steps as so many units of the last decimal", () => {
    assert.deepStrictEqual(
      [
        decimalStep(2),
        decimalStep(1, 5),
        decimalStep(8, 5_000),
        decimalStep(0),
        decimalStep(0, 100),
        decimalStep(2, 250)
      ],
      ["0.01", "0.5", "0.00005", "1", "100", "2.5"]
    )
  })

  it("makes the same ids of the same seed, each another", () => {
    const ids = (seed: string) => {
      const rand = randomOf(seed)
      return Array.from({ length: 100 }, () => seededUuid(rand))
    }
    assert.deepStrictEqual(ids("a"), ids("a"))
    assert.strictEqual(new Set([...ids("a"), ...ids("b")]).size, 200)
    for (const id of ids("a")) assert.match(id, /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
  })

  it("tells a text that is no JSON from a frame of another shape", () => {
    const read = clientText(Schema.Struct({ op: Schema.String }))
    assert.deepStrictEqual(read('{"op":"ping"}'), { op: "ping" })
    assert.isNull(read('{"op":1}'))
    assert.isUndefined(read("{op"))
  })
})
