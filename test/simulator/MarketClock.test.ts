// When markets move: at their rates, fairly when the machine is too slow, and without a pile of what was missed.
import { assert, describe, it } from "@effect/vitest"
import { MarketClock } from "../../src/simulator/MarketClock.ts"

const SECOND = 1_000_000

const turns = (clock: MarketClock, seconds: number, busyMs = () => 0) => {
  for (let at = 10_000; at <= seconds * SECOND; at += 10_000) clock.turn(at, busyMs)
}

describe("MarketClock", () => {
  it("moves each market at its own rate, also after it changed", () => {
    const clock = new MarketClock("1", 0)
    const moves = [0, 0, 0]
    const rates = [10, 0.5, 0].map((rate, n) => clock.add(rate, () => void moves[n]!++))
    turns(clock, 100)
    assert.approximately(moves[0]!, 1_000, 1)
    assert.approximately(moves[1]!, 50, 1)
    assert.strictEqual(moves[2], 0)
    rates[2]!.setRate(100)
    clock.turn(101 * SECOND, () => 0)
    assert.approximately(moves[2]!, 100, 1)
    assert.strictEqual(clock.leftOut, 0)
  })

  it("slows all markets alike when a turn is too short, and leaves out what it cannot do", () => {
    const clock = new MarketClock("1", 0)
    const moves = Array.from({ length: 40 }, () => 0)
    let busy = 0
    for (const n of moves.keys()) {
      clock.add(50, () => {
        moves[n]!++
        busy += 1
      })
    }
    // a move takes a millisecond, and a turn has eight
    turns(clock, 20, () => busy)
    const [least, most] = [Math.min(...moves), Math.max(...moves)]
    assert.isAbove(least, 100)
    assert.isAtMost(most - least, 60)
    assert.isAbove(clock.leftOut, 5_000)
    assert.strictEqual(clock.moves, busy)
  })

  it("makes up for no more than a second of a pause", () => {
    const clock = new MarketClock("1", 0)
    let moves = 0
    clock.add(10, () => void moves++)
    clock.turn(3_600 * SECOND, () => 0)
    assert.isAtMost(moves, 10)
    assert.isAtLeast(clock.leftOut, 35_980)
  })
})
