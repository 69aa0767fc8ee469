// Owns the promise that closing what talks to a database takes no longer than a limit. A query that hangs takes the
// driver five seconds to give up, and the whole service has three to end in. Invariant: what is left over at the limit
// is already being ended, and ends within the driver's own bound.
import { type Duration, Effect, Fiber, Scope } from "effect"

/** A scope that is closed together with the surrounding one, which waits for that no longer than the limit. */
export const scopeClosedWithin = Effect.fnUntraced(function* (limit: Duration.Input) {
  const scope = yield* Scope.make()
  yield* Effect.addFinalizer((exit) =>
    Scope.close(scope, exit).pipe(
      Effect.forkDetach,
      Effect.flatMap((closing) => Effect.interruptible(Effect.timeoutOption(Fiber.await(closing), limit)))
    )
  )
  return scope
})
