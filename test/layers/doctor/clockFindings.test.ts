// Owns the proof that a clock is called wrong only by what is beyond the comparison's uncertainty, and the right one.
import { assert, describe, it } from "@effect/vitest"
import { clockFindings } from "../../../src/layers/doctor/clockFindings.ts"

/** An answer after `trip` ms of an exchange whose clock is `ahead` ms ahead of ours. */
const dated = (exchange: string, ahead: number, trip = 100) => {
  const sentAt = 1_795_000_000_000
  return { exchange, sentAt, receivedAt: sentAt + trip, venue: sentAt + trip / 2 + ahead - 500 }
}
const levels = (...answers: ReadonlyArray<ReturnType<typeof dated>>) =>
  clockFindings(answers).map(({ level, check }) => `${level} ${check}`)

describe("the clock", () => {
  it("is right within half a second, half the trip, and one second more", () => {
    assert.deepStrictEqual(levels(dated("Kraken", 1_500)), ["ok clock"])
    assert.deepStrictEqual(levels(dated("Kraken", -2_400, 2_000)), ["ok clock"])
  })

  it("is behind or ahead by what is beyond that, and harmfully so from ten seconds", () => {
    assert.deepStrictEqual(levels(dated("Kraken", 2_000)), ["warn clock"])
    assert.deepStrictEqual(levels(dated("Kraken", -11_000)), ["fail clock"])
    assert.match(clockFindings([dated("Kraken", 2_000)])[0]!.detail, /^this clock is 2\.0 s behind that of Kraken/)
    assert.match(clockFindings([dated("Kraken", -9_000)])[0]!.detail, /^this clock is 9\.0 s ahead of that of Kraken/)
  })

  it("is right where most exchanges say so, and one of theirs is wrong", () => {
    const found = clockFindings([dated("Kraken", 0), dated("Bybit", -60_000), dated("Gemini", 200)])
    assert.deepStrictEqual(
      found.map(({ level, check, detail }) => [level, check, detail]),
      [
        ["ok", "clock", "this clock is 0.0 s ahead of that of 3 addresses of exchanges, give or take 0.6 s"],
        ["warn", "Bybit", "its clock is 60.0 s behind those of the other exchanges"]
      ]
    )
  })

  it("is not spoken of where nobody said what time it is", () => {
    assert.deepStrictEqual(levels(), [])
  })
})
