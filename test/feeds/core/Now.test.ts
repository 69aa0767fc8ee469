// The clock that stamps frames, under a hand that sets the wall clock and lets time pass.
import { assert, describe, it } from "@effect/vitest"
import { WallClock } from "../../../src/feeds/core/Now.ts"

const HOUR = 3_600_000

const setUp = () => {
  const time = { wall: 1_700_000_000_000, elapsed: 500 }
  const clock = new WallClock(
    () => Math.floor(time.wall),
    () => time.elapsed,
    time.wall - time.elapsed
  )
  const pass = (ms: number) => {
    time.wall += ms
    time.elapsed += ms
  }
  /** Microseconds by which it differs from the wall clock. */
  const off = () => clock.micros() - time.wall * 1000
  clock.micros()
  return { time, clock, pass, off }
}

describe("nowMicros", () => {
  it("runs evenly, finer than the wall clock is read", () => {
    const { pass, off } = setUp()
    for (let i = 0; i < 5_000; i++) {
      pass(0.75)
      assert.isAtMost(Math.abs(off()), 1)
    }
  })

  it("follows an hour's step of the wall clock within a second, forward and back", () => {
    for (const step of [HOUR, -HOUR]) {
      const { time, pass, off } = setUp()
      pass(400)
      time.wall += step
      assert.isAbove(Math.abs(off()), 3_000_000_000, "not looked at yet")
      pass(600)
      assert.isAtMost(Math.abs(off()), 1_000, `after ${step} ms`)
      pass(HOUR)
      assert.isAtMost(Math.abs(off()), 1_000)
    }
  })

  it("measures what passed between two stamps, whatever the wall clock was set to meanwhile", () => {
    for (const step of [HOUR, -HOUR]) {
      const { time, clock, pass } = setUp()
      const before = clock.steady(clock.micros())
      time.wall += step
      pass(30_000)
      assert.isAtMost(Math.abs(clock.steady(clock.micros()) - before - 30_000_000), 1_000)
    }
  })

  it("waits a small step back out instead of going back", () => {
    const { time, clock, pass, off } = setUp()
    pass(2_000)
    let last = clock.micros()
    time.wall -= 700
    for (let i = 0; i < 40; i++) {
      pass(50)
      const now = clock.micros()
      assert.isAtLeast(now, last)
      last = now
    }
    assert.isAtMost(Math.abs(off()), 1_000)
  })

  it("believes no reading that was interrupted", () => {
    const time = { wall: 1_000_000, elapsed: 0, torn: false }
    const clock = new WallClock(
      () => {
        // a pause between the two readings looks like a step
        if (time.torn) {
          time.wall += 400
          time.elapsed += 400
        }
        return time.wall
      },
      () => time.elapsed,
      1_000_000
    )
    time.torn = true
    assert.strictEqual(clock.micros(), 1_000_000_000)
    time.torn = false
    assert.strictEqual(clock.micros(), 1_000_400_000)
    assert.strictEqual(clock.micros(), 1_000_400_000)
  })
})
