// Owns what a signal means to a command: which ones end it, and with what exit code. Imports nothing that takes time to
// load, because a signal may come before anything else is loaded, and as the first process of a container nobody else
// heeds it.
import { ExitCode } from "./ExitCode.ts"

export const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const
export type EndingSignal = (typeof SIGNALS)[number]

/** Commands that run until they are ended: for them, to be ended by a supervisor or a closed terminal is success. */
const LASTING: ReadonlySet<string | undefined> = new Set(["serve", "simulate", "playback", "record"])

/** The exit code of a command that ended because of a signal. */
export const codeAfter = (signal: EndingSignal, command: string | undefined): number =>
  signal !== "SIGINT" && LASTING.has(command) ? ExitCode.done : ExitCode.interrupted
