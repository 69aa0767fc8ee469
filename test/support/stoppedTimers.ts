// Owns the proof that something ends in time without measuring time: `setTimeout` stands still while it runs, and only
// the test moves it on. What ends while it stands still has waited for no timer; a machine that is busy changes
// nothing. Timers inside Node, such as those of its sockets, go on.
import { Effect } from "effect"
import { vi } from "vitest"

const standingStill = Effect.acquireRelease(
  Effect.sync(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })),
  () => Effect.sync(() => void vi.useRealTimers())
)

const STEP = 50
const TURNS = 10

/** Moves timers on, no further than `ms`, with turns of the event loop between for what was started by them. */
const movedOn = (ms: number) =>
  Effect.promise(async () => {
    for (let moved = 0; moved < ms; moved += STEP) {
      await vi.advanceTimersByTimeAsync(STEP)
      for (let turn = 0; turn < TURNS; turn++) await new Promise((resolve) => setImmediate(resolve))
    }
  })

/** Runs something that may wait for what happens, and for no timer. */
export const withoutTimers = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.scoped(Effect.andThen(standingStill, effect))

/** Runs something that may wait for timers `ms` long altogether, and not for longer ones. */
export const withTimersOf = <A, E, R>(ms: number, effect: Effect.Effect<A, E, R>) =>
  Effect.scoped(
    Effect.andThen(
      standingStill,
      Effect.map(Effect.all([effect, movedOn(ms)], { concurrency: 2 }), ([ended]) => ended)
    )
  )
