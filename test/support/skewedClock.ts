// Owns a clock for tests of clocks: the test's own, whose wall and monotonic time can be set against each other, as a
// corrected wall clock or a sleep of the machine does. Sleeps are the test clock's.
import { Clock, Effect } from "effect"

export const skewedClock = Clock.clockWith((test) => {
  /** Milliseconds that each is ahead of the test clock. */
  const skew = { wall: 0, monotonic: 0 }
  const wall = () => test.currentTimeMillisUnsafe() + skew.wall
  const monotonic = () => test.monotonicTimeNanosUnsafe() + BigInt(skew.monotonic) * 1_000_000n
  const clock: Clock.Clock = {
    currentTimeMillisUnsafe: wall,
    currentTimeMillis: Effect.sync(wall),
    currentTimeNanosUnsafe: () => BigInt(wall()) * 1_000_000n,
    currentTimeNanos: Effect.sync(() => BigInt(wall()) * 1_000_000n),
    monotonicTimeNanosUnsafe: monotonic,
    monotonicTimeNanos: Effect.sync(monotonic),
    sleep: (duration) => test.sleep(duration)
  }
  return Effect.succeed({ clock, skew })
})
