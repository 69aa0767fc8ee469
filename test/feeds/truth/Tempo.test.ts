// Owns the proof of a market's own tempo: how long its book may rest before the venue has to be asked.
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { Tempo } from "../../../src/feeds/truth/Tempo.ts"

const SECOND = 1_000_000
const Rest = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 60_000 }))

/** So many changes, so far apart, of both sides in turn; the tempo and the time of the last. */
const learnt = (count: number, apart: number) => {
  const tempo = new Tempo()
  for (let n = 0; n < count; n++) tempo.beat(n * apart, n % 2 === 0, n % 2 === 1)
  return { tempo, last: (count - 1) * apart }
}
const patience = (count: number, apart: number): number => learnt(count, apart).tempo.patience / SECOND

describe("Tempo", () => {
  it("is patient for seconds with a busy market, half a minute with an unknown one, minutes with a quiet one", () => {
    assert.strictEqual(patience(1_000, SECOND / 10), 6)
    assert.strictEqual(patience(1_000, SECOND), 16)
    assert.strictEqual(patience(199, SECOND / 10), 30)
    assert.strictEqual(patience(0, SECOND), 30)
    assert.strictEqual(patience(1_000, 20 * SECOND), 30)
    assert.strictEqual(patience(1_000, 36 * SECOND), 45)
    assert.strictEqual(patience(1_000, 59 * SECOND), 50)
    assert.strictEqual(patience(1_000, 60 * SECOND), 120)
    assert.strictEqual(patience(3, 60 * SECOND), 120)
    assert.strictEqual(patience(3, 3_600 * SECOND), 540)
  })

  it.prop(
    "never lets a market that changes at least once a minute rest unasked for more than 50 s",
    [Schema.Array(Rest)],
    ([rests]) => {
      const tempo = new Tempo()
      let at = 0
      tempo.beat(at, true, true)
      for (const rest of rests) {
        at += Math.min(rest, 59_999) * 1_000
        tempo.beat(at, true, true)
        assert.isAtMost(tempo.patience, 50 * SECOND)
      }
    }
  )

  it("forgets a quiet night within minutes of a busy morning", () => {
    const tempo = new Tempo()
    tempo.beat(0, true, true)
    let at = 28_800 * SECOND
    tempo.beat(at, true, true)
    assert.strictEqual(tempo.patience, 540 * SECOND)
    for (let n = 1; n <= 31; n++) tempo.beat((at += 10 * SECOND), true, true)
    assert.strictEqual(tempo.patience, 50 * SECOND)
  })

  it("learns nothing from the pause of a repair", () => {
    const { tempo, last } = learnt(1_000, SECOND / 10)
    tempo.rest(last + 60 * SECOND)
    tempo.beat(last + 60.1 * SECOND, true, true)
    assert.strictEqual(tempo.patience, 6 * SECOND)
    assert.strictEqual(tempo.resting(last + 70.1 * SECOND), 10 * SECOND)
  })

  it("suspects a side that stands still while the other moves on and on, unless that is its way", () => {
    const { tempo, last } = learnt(1_000, SECOND / 10)
    for (let n = 1; n < 500; n++) tempo.beat(last + n, true, false)
    assert.isNull(tempo.frozen())
    tempo.beat(last + 500, true, false)
    assert.strictEqual(tempo.frozen(), "500 changes of the bids and none of the other side")
    tempo.asked()
    assert.isNull(tempo.frozen())
    const lopsided = new Tempo()
    for (let n = 0; n < 3_000; n++) lopsided.beat(n, n % 300 === 0, true)
    for (let n = 0; n < 4_000; n++) lopsided.beat(n, false, true)
    assert.isNull(lopsided.frozen())
  })
})
