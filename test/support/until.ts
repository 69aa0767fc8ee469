// Owns waiting in tests: looks at a condition every few milliseconds until it holds, and fails with what it saw last
// when it does not within a bound. Never a fixed sleep.
import { Data, Effect, Schedule } from "effect"

/** What was waited for did not come. */
class NotSeen extends Data.TaggedError("NotSeen")<{ readonly message: string }> {}

/** Waits until `look` gives something `good`; fails after ten seconds with the last thing seen. */
export const until = <A, E, R>(what: string, look: Effect.Effect<A, E, R>, good: (seen: A) => boolean) =>
  look.pipe(
    Effect.filterOrFail(good, (seen) => new NotSeen({ message: `${what}: last seen ${JSON.stringify(seen)}` })),
    Effect.retry({ schedule: Schedule.spaced("5 millis"), times: 2_000 })
  )
