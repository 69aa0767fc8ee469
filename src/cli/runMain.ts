// Owns the running of the main effect as the process: the first signal interrupts it, and the process ends when it has
// closed everything, with the exit code of its failure, or the one that the signal means to the command.
import { Cause, type Effect, Exit, Runtime } from "effect"
import { codeAfter, type EndingSignal, SIGNALS } from "./Signals.ts"

/** `command`: the name of what runs, as `serve`. */
export const runMain = <A, E>(main: Effect.Effect<A, E>, command: string | undefined): void => {
  let ended: EndingSignal | null = null
  const run = Runtime.makeRunMain(({ fiber, teardown }) => {
    const end = (signal: EndingSignal): void => {
      ended ??= signal
      fiber.interruptUnsafe(fiber.id)
    }
    for (const signal of SIGNALS) process.removeAllListeners(signal).on(signal, end)
    fiber.addObserver((exit) => {
      for (const signal of SIGNALS) process.off(signal, end)
      teardown(exit, (code) => {
        // what ended by itself may still have output to write
        if (ended !== null || code !== 0) process.exit(code)
      })
    })
  })
  run(main, {
    teardown: (exit, onExit) => {
      const interrupted = Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause)
      if (interrupted && ended !== null) onExit(codeAfter(ended, command))
      else Runtime.defaultTeardown(exit, onExit)
    }
  })
}
