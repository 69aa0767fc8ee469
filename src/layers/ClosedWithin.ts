// Owns the promise that closing a scope takes no longer than a limit. A query that hangs takes the driver five seconds
// to give up, and the whole service has three to end in. Invariant: what is left over at the limit is already being
// ended, and goes on ending by itself.
import { type Duration, Effect, Exit, Fiber, Option, Scope } from "effect"

/** Closes a scope and waits for that no longer than the limit; false where it was not over by then. */
export const closeWithin = (
  scope: Scope.Closeable,
  limit: Duration.Input,
  exit: Exit.Exit<unknown, unknown> = Exit.void
): Effect.Effect<boolean> =>
  Scope.close(scope, exit).pipe(
    Effect.forkDetach,
    Effect.flatMap((closing) => Effect.interruptible(Effect.timeoutOption(Fiber.await(closing), limit))),
    Effect.map(Option.isSome)
  )

/** A scope that is closed together with the surrounding one, which waits for that no longer than the limit. */
export const scopeClosedWithin = Effect.fnUntraced(function* (limit: Duration.Input) {
  const scope = yield* Scope.make()
  yield* Effect.addFinalizer((exit) => closeWithin(scope, limit, exit))
  return scope
})
