// Owns the end that comes from outside: when whoever reads stdout has had enough (`| head`), nothing is left to do, and
// the command ends quietly. Node ignores such a write of the console, so that a watch would go on for nobody.
import { Effect } from "effect"

/** Succeeds when stdout has no reader any more; never otherwise. */
export const stdoutClosed: Effect.Effect<void> = Effect.callback((resume) => {
  const onError = (error: NodeJS.ErrnoException) => {
    resume(error.code === "EPIPE" ? Effect.void : Effect.die(error))
  }
  process.stdout.on("error", onError)
  return Effect.sync(() => process.stdout.off("error", onError))
})
