// Owns timers for plain synchronous code: each is a fiber of one scope and sleeps on Effect's clock, so that closing
// the scope leaves none and a TestClock reaches all. Not for the frame's way, where a fiber costs more than the work.
// Invariant: what is thrown in a timer is logged, and ends neither the process nor a timer that repeats.
import { Clock, Effect, FiberSet, Schedule, type Scope } from "effect"

/** Ends a timer; nothing if it has rung. */
export type Cancel = () => void

/** All times in milliseconds. */
export interface Timers {
  /** Of a clock that never goes back; only differences mean anything. */
  now(): number
  after(delay: number, ring: () => void): Cancel
  every(interval: number, ring: () => void): Cancel
}

export const makeTimers: Effect.Effect<Timers, never, Scope.Scope> = Effect.gen(function* () {
  const clock = yield* Clock.Clock
  const fork = yield* FiberSet.makeRuntime()
  const rung = (ring: () => void) =>
    Effect.sync(ring).pipe(Effect.catchDefect((defect) => Effect.logError("a timer failed", defect)))
  const run = (timer: Effect.Effect<unknown>): Cancel => {
    const fiber = fork(timer)
    return () => fiber.interruptUnsafe()
  }
  return {
    now: () => Number(clock.monotonicTimeNanosUnsafe()) / 1e6,
    after: (delay, ring) => run(Effect.delay(rung(ring), delay)),
    every: (interval, ring) => run(Effect.delay(Effect.repeat(rung(ring), Schedule.fixed(interval)), interval))
  }
})
