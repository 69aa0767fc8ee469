// Runs the real root command inside the test, and hands back what a shell would see: exit code, stdout, stderr.
import { NodeServices } from "@effect/platform-node"
import { Cause, ConfigProvider, Console, Effect, Exit, Option } from "effect"
import { Ended, run } from "../../src/cli/Cli.ts"
import type { Seams } from "../../src/cli/Seams.ts"
import { TerminalColumns } from "../../src/cli/Style.ts"
import { seams as sayingSeams } from "./cliSeams.ts"

export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface Surroundings {
  readonly seams?: Seams
  /** The whole environment: nothing of the test's own process is seen. */
  readonly env?: Record<string, string>
  /** As wide as this is the terminal; left out: stdout is none. */
  readonly columns?: number
  /** Called with each line of stderr when it is written. */
  readonly onError?: (line: string) => void
  /** Called with each line of stdout when it is written. */
  readonly onOutput?: (line: string) => void
}

export const level4 = (args: ReadonlyArray<string>, around: Surroundings = {}): Effect.Effect<Ran> =>
  Effect.suspend(() => {
    const out: Array<string> = []
    const err: Array<string> = []
    const console: Console.Console = {
      ...globalThis.console,
      log: (...words: ReadonlyArray<string>) => {
        out.push(words.join(" "))
        around.onOutput?.(words.join(" "))
      },
      error: (...words: ReadonlyArray<string>) => {
        err.push(words.join(" "))
        around.onError?.(words.join(" "))
      }
    }
    return run(around.seams ?? sayingSeams, "1.2.3", args).pipe(
      Effect.provide(NodeServices.layer),
      Effect.provideService(Console.Console, console),
      Effect.provideService(TerminalColumns, () => Option.fromUndefinedOr(around.columns)),
      Effect.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env: around.env ?? {} }))),
      Effect.exit,
      Effect.map((exit) => ({ code: codeOf(exit), stdout: out.join("\n"), stderr: err.join("\n") }))
    )
  })

const codeOf = (exit: Exit.Exit<void, Ended>): number => {
  if (Exit.isSuccess(exit)) return 0
  if (Cause.hasInterruptsOnly(exit.cause)) return 130
  const error = Cause.squash(exit.cause)
  if (error instanceof Ended) return error.code
  throw error
}
