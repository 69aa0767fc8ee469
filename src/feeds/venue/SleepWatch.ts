// Owns the one place that notices a sleep of the machine: connections from before it are dead without a word, and books
// on them old. During a sleep the wall clock runs and the monotonic one mostly does not; where it does, as after a
// process was stopped, the look itself comes far too late. A wall clock that is set forward looks the same, and fresh
// connections do no harm then; one that is set back is no sleep. Invariant: one look a second, whatever happened.
import { Clock, Effect } from "effect"
import { ConnectionLost } from "../core/ConnectionLost.ts"
import { Slept } from "../core/LossCause.ts"
import { elapsed } from "../core/Now.ts"

const LOOK_EVERY = 1_000
/** Milliseconds. A shorter sleep costs no connection that its own silence would not show as well. */
const JUMP = 10_000
/** More than a busy process is ever late. */
const LATE = 30_000

/** Calls back after each sleep, with what every connection then is; never ends. */
export const watchSleep = (woken: (lost: ConnectionLost) => void): Effect.Effect<never> =>
  Clock.clockWith((clock) =>
    Effect.gen(function* () {
      const wall = clock.currentTimeMillisUnsafe()
      const run = elapsed(clock)
      yield* Effect.sleep(LOOK_EVERY)
      const passed = elapsed(clock) - run
      const ahead = clock.currentTimeMillisUnsafe() - wall - passed
      const late = passed - LOOK_EVERY
      if (ahead < JUMP && late < LATE) return
      const who = ahead < JUMP ? "process" : "machine"
      const lost = new ConnectionLost({ cause: new Slept({ for: Math.max(ahead, late), who }) })
      yield* Effect.logWarning(`${lost.detail}: every market takes a fresh connection`)
      woken(lost)
    }).pipe(Effect.forever)
  )
