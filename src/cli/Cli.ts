// Owns the command line as a whole: the root command, and running it so that every end becomes an exit code and every
// failure a message on stderr. What the commands need besides the HTTP API comes through Seams. Invariant: stdout holds
// data and help that was asked for, and nothing else.
import { Cause, Console, Data, Effect, References, Runtime } from "effect"
import { CliConfig, CliError, CliOutput, Command, GlobalFlag } from "effect/cli"
import { bookCommand } from "./BookCommand.ts"
import { stdoutClosed } from "./ClosedPipe.ts"
import { exchangesCommand } from "./ExchangesCommand.ts"
import { consolidatedCommand } from "./ConsolidatedCommand.ts"
import { ExitCode } from "./ExitCode.ts"
import { helpCommand, versionCommand } from "./HelpCommand.ts"
import { helpPresenter, implicitHelpCode } from "./HelpPresenter.ts"
import { marketsCommand } from "./MarketsCommand.ts"
import { playbackCommand, recordCommand, replayCommand } from "./RecordingCommands.ts"
import { quoteCommand } from "./QuoteCommand.ts"
import type { Seams } from "./Seams.ts"
import { serveCommand } from "./ServeCommand.ts"
import { simulateCommand } from "./SimulateCommand.ts"
import { statusCommand } from "./StatusCommand.ts"
import { wide } from "./Style.ts"
import { symbolsCommand } from "./SymbolsCommand.ts"
import { tailCommand } from "./TailCommand.ts"
import { topCommand } from "./TopCommand.ts"
import { tradesCommand } from "./TradesCommand.ts"
import { treeCommand } from "./TreeCommand.ts"

const description = [
  "Live, normalised level-2 order books, best bid/ask and trades of crypto exchanges.",
  "",
  "Commands for the catalog and its books talk to a running service (start one with 'level4 serve') at LEVEL4_URL, " +
    "with LEVEL4_OPERATOR_TOKEN if that is set. Data goes to stdout, everything else to stderr.",
  "",
  "Exit codes: 0 done, 1 wrong usage, 2 refused by the service or not possible, 3 a replayed book is not live at the " +
    "end, 69 service unreachable, 70 a defect of level4, 130 interrupted. serve, simulate, playback and record end " +
    "with 0 on SIGTERM and SIGHUP."
].join("\n")

/** Of commands that print tables: they take --wide. */
const tabular = Command.withGlobalFlags([wide])

/** The root command. */
export const cli = <R>(seams: Seams<R>, version: string) =>
  Command.make("level4").pipe(
    Command.withDescription(description),
    Command.withExamples([
      { command: "level4 serve", description: "In one terminal: run the service" },
      {
        command: "level4 markets new --exchange Kraken --base BTC --quote USD --type SPOT --create",
        description: "In another: name a market,"
      },
      { command: "level4 markets start KRAKEN.SPOT:BTC-USD", description: "follow it," },
      { command: "level4 book KRAKEN.SPOT:BTC-USD --watch", description: "and watch its book" },
      { command: "level4 tail 'KRAKEN.*' --channels trade", description: "or the trades of all its markets" },
      { command: "source <(level4 --completions bash)", description: "Completions for this shell" }
    ]),
    Command.withSubcommands([
      { group: "Service", commands: [serveCommand(seams), tabular(statusCommand), topCommand, treeCommand] },
      {
        group: "Catalog",
        commands: [tabular(symbolsCommand), tabular(exchangesCommand(seams)), tabular(marketsCommand)]
      },
      {
        group: "Books",
        commands: [bookCommand, tailCommand, tradesCommand, consolidatedCommand, tabular(quoteCommand)]
      },
      { group: "Simulation", commands: [simulateCommand(seams)] },
      { group: "Recordings", commands: [replayCommand(seams), playbackCommand(seams), recordCommand(seams)] },
      {
        group: "Help",
        commands: [helpCommand((): Command.Command.Any => cli(seams, version), version), versionCommand(version)]
      }
    ])
  )

/** The command ended with this code, and everything there was to say has been said. */
export class Ended extends Data.TaggedError("Ended")<{ readonly code: number }> {
  override readonly [Runtime.errorExitCode] = this.code
  override readonly [Runtime.errorReported] = false
}

/**
 * Runs the command line; fails with `Ended` for every exit code but 0, and is interrupted when the user interrupts it.
 */
export const run = <R>(seams: Seams<R>, version: string, args: ReadonlyArray<string>) =>
  Command.runWith(cli(seams, version), { version })(args.map(switched)).pipe(
    Effect.raceFirst(stdoutClosed),
    Effect.catchCause((cause) => (Cause.hasInterruptsOnly(cause) ? Effect.interrupt : ended(cause))),
    Effect.provideService(References.LogToStderr, true),
    Effect.provideService(CliOutput.Presenter, helpPresenter),
    Effect.provideService(
      CliConfig.CliConfig,
      CliConfig.make({ builtIns: [GlobalFlag.Help, GlobalFlag.Version, GlobalFlag.Completions] })
    )
  )

/**
 * A switch that is given is on. Left bare, the parser would take a market's number 1 that follows it for its value, and
 * `markets stop --all 1` would stop everything instead of being refused.
 */
const SWITCHES = new Set([
  "--all",
  "--create",
  "--disabled",
  "--enabled",
  "--json",
  "--once",
  "--require-live",
  "--watch",
  "--wide"
])
const switched = (arg: string): string => (SWITCHES.has(arg) ? `${arg}=true` : arg)

const ended = Effect.fnUntraced(function* (cause: Cause.Cause<Error>): Effect.fn.Return<void, Ended> {
  const error = Cause.findErrorOption(cause)
  if (error._tag === "None") {
    yield* Console.error(`level4: a defect of level4 itself; please report it\n${Cause.pretty(cause)}`)
    return yield* new Ended({ code: ExitCode.defect })
  }
  if (CliError.isCliError(error.value) && error.value._tag === "ShowHelp") {
    const code = error.value.errors.length > 0 ? ExitCode.usage : implicitHelpCode(error.value.commandPath)
    return code === ExitCode.done ? undefined : yield* new Ended({ code })
  }
  yield* Console.error(`level4: ${error.value.message}`)
  return yield* new Ended({ code: Runtime.getErrorExitCode(error.value) })
})
