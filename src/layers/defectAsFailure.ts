// Owns how work that the process does by itself outlives a bug: the bug is logged, and is then a failure like any
// other, which the retry around the work answers. Invariant: no fiber ends by a bug without a word.
import { Effect } from "effect"

/** `what` is wrong, for the log. */
export const defectAsFailure =
  (what: string) =>
  <A, E, R>(work: Effect.Effect<A, E, R>): Effect.Effect<A, unknown, R> =>
    Effect.catchDefect(work, (defect) => Effect.andThen(Effect.logError(what, defect), Effect.fail(defect)))
