// Owns timers for plain synchronous code: each is a fiber of one scope and sleeps on Effect's clock, so that closing
// the scope leaves none and a TestClock reaches all. Not for the frame's way, where a fiber costs more than the work.
// Invariants: what is thrown in a timer is logged, and ends neither the process nor a timer that repeats; a wall clock
// that is set moves none.
import { Clock, Effect, FiberSet, type Scope } from "effect"
import { elapsed } from "../feeds/core/Now.ts"

/** Ends a timer; nothing if it has rung. */
export type Cancel = () => void

/** All times in milliseconds. */
export interface Timers {
  /** Of a clock that never goes back; only differences mean anything. */
  now(): number
  after(delay: number, ring: () => void): Cancel
  /** What is late is not caught up. */
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
  const now = (): number => elapsed(clock)
  const every = (interval: number, ring: () => void): Cancel => {
    const begun = now()
    // Schedule.fixed counts by the wall clock, and loses its pace when that is set back
    const next = Effect.suspend(() => {
      const passed = now() - begun
      return Effect.delay(rung(ring), (Math.round(passed / interval) + 1) * interval - passed)
    })
    return run(Effect.forever(next))
  }
  return { now, after: (delay, ring) => run(Effect.delay(rung(ring), delay)), every }
})
