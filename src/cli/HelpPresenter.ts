// Owns how the command line explains itself: help that was asked for goes to stdout; what is wrong with arguments goes
// to stderr in a few lines, with the command that explains more, so that stdout stays clean for data.
import { Console, Effect } from "effect"
import { CliOutput, TerminalCapabilities } from "effect/cli"
import { ExitCode } from "./ExitCode.ts"
import { style } from "./Style.ts"
import { wrapText } from "./wrapText.ts"

const WIDTH = 100

/** Breaks long lines into lines under each other; the formatter indents the first by two spaces, and that one only. */
const wrapped = (description: string): string =>
  description
    .split("\n")
    .flatMap((line) => wrapText(line, WIDTH))
    .join("\n  ")

const isWholeProgram = (commandPath: ReadonlyArray<string>): boolean => commandPath.length === 1

/** The exit code of help that nobody asked for: the program alone shows what it can do, half a command is a mistake. */
export const implicitHelpCode = (commandPath: ReadonlyArray<string>): number =>
  isWholeProgram(commandPath) ? ExitCode.done : ExitCode.usage

export const helpPresenter: CliOutput.Presenter = {
  present: Effect.fnUntraced(function* (event) {
    const { canColor } = yield* TerminalCapabilities.TerminalCapabilities
    const formatter = CliOutput.defaultFormatter({ colors: canColor })
    if (event._tag === "Version") return yield* Console.log(`${event.name} ${event.version}`)
    const command = event.commandPath.join(" ")
    if (event._tag === "Help") {
      const description = wrapped(event.helpDoc.description)
      const help = formatter.formatHelpDoc({ ...event.helpDoc, description }).replace(/ +$/gm, "")
      if (event.reason === "Requested" || isWholeProgram(event.commandPath)) return yield* Console.log(help)
      return yield* Console.error(`${help}\n\n${command}: say which of its commands`)
    }
    const { bad } = yield* style
    const faults = event.errors.map((error) => `${bad("level4:")} ${formatter.formatCliError(error)}`)
    yield* Console.error([...faults, `Run '${command} --help' for what it takes and for examples.`].join("\n"))
  })
}
