// What a market's own tempo tells: a silence is strange only where it is strange for this market.
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { Tempo } from "../../../src/feeds/truth/Tempo.ts"

const SECOND = 1_000_000
const Rest = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 60 }))

/** So many changes, so far apart, of both sides in turn; the tempo and the time of the last. */
const learnt = (count: number, apart: number) => {
  const tempo = new Tempo()
  for (let n = 0; n < count; n++) tempo.beat(n * apart, n % 2 === 0, n % 2 === 1)
  return { tempo, last: (count - 1) * apart }
}

describe("Tempo", () => {
  it("suspects a busy market within seconds, and a quiet one only after minutes", () => {
    const busy = learnt(1_000, SECOND / 10)
    assert.isNull(busy.tempo.silent(busy.last + 5.9 * SECOND))
    assert.strictEqual(
      busy.tempo.silent(busy.last + 6 * SECOND),
      "no change for 6.0 s, where 0.1 s is the longest of late"
    )
    const quiet = learnt(1_000, 20 * SECOND)
    assert.isNull(quiet.tempo.silent(quiet.last + 319 * SECOND))
    assert.isNotNull(quiet.tempo.silent(quiet.last + 320 * SECOND))
  })

  it.prop(
    "never suspects a rest of a length that is usual here",
    [Schema.Array(Rest).check(Schema.isMinLength(20))],
    ([rests]) => {
      const tempo = new Tempo()
      let at = 0
      for (let round = 0; round < 20; round++) {
        for (const rest of rests) {
          if (round > 0) assert.isNull(tempo.silent(at + rest * SECOND))
          at += rest * SECOND
          tempo.beat(at, true, true)
        }
      }
    }
  )

  it("suspects a market that it hardly knows after a minute, if that is very long there, and one that it does not know never", () => {
    const glimpsed = learnt(30, SECOND / 10)
    assert.isNull(glimpsed.tempo.silent(glimpsed.last + 59 * SECOND))
    assert.isNotNull(glimpsed.tempo.silent(glimpsed.last + 60 * SECOND))
    const slow = learnt(30, 2 * SECOND)
    assert.isNull(slow.tempo.silent(slow.last + 127 * SECOND))
    assert.isNotNull(slow.tempo.silent(slow.last + 128 * SECOND))
    const unknown = learnt(29, SECOND / 10)
    assert.isNull(unknown.tempo.silent(unknown.last + 3_600 * SECOND))
  })

  it("learns nothing from the pause of a repair", () => {
    const { tempo, last } = learnt(1_000, SECOND / 10)
    tempo.rest(last + 60 * SECOND)
    tempo.beat(last + 60.1 * SECOND, true, true)
    assert.isNotNull(tempo.silent(last + 70 * SECOND))
  })

  it("suspects a side that stands still while the other moves on and on, unless that is its way", () => {
    const { tempo, last } = learnt(1_000, SECOND / 10)
    for (let n = 1; n < 500; n++) tempo.beat(last + n, true, false)
    assert.isNull(tempo.frozen())
    tempo.beat(last + 500, true, false)
    assert.strictEqual(tempo.frozen(), "500 changes of the bids and none of the other side")
    const lopsided = new Tempo()
    for (let n = 0; n < 3_000; n++) lopsided.beat(n, n % 300 === 0, true)
    for (let n = 0; n < 4_000; n++) lopsided.beat(n, false, true)
    assert.isNull(lopsided.frozen())
  })
})
