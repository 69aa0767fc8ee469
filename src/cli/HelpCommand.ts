// Owns `level4 help`, which is `--help` by the word that people try first, and `level4 version`.
import { Console, Effect } from "effect"
import { Argument, CliConfig, CliError, Command, GlobalFlag } from "effect/cli"
import { nearestName } from "../domain/editDistance.ts"
import { json } from "./ClientFlags.ts"

/** `root`: the whole command line, which this command is a part of. */
export const helpCommand = (root: () => Command.Command.Any, version: string) =>
  Command.make(
    "help",
    {
      path: Argument.String("command").pipe(
        Argument.withDescription("The command to explain, e.g. markets start; none: all there are"),
        Argument.variadic({ max: 8 })
      )
    },
    Effect.fnUntraced(function* ({ path }) {
      let command = root()
      const commandPath = [command.name]
      for (const name of path) {
        const below = command.subcommands.flatMap(({ commands }) => commands)
        const found = below.find((sub) => sub.name === name)
        if (found === undefined) return yield* unknown(name, commandPath, below)
        command = found
        commandPath.push(name)
      }
      const { builtIns } = yield* CliConfig.CliConfig
      yield* GlobalFlag.Help.run(true, { builtIns, command: root(), commandPath, version })
    })
  ).pipe(
    Command.withDescription("Explain a command, as its --help does, or list them all"),
    Command.withShortDescription("Explain a command"),
    Command.withExamples([
      { command: "level4 help", description: "What there is" },
      { command: "level4 help markets start", description: "The same as: level4 markets start --help" }
    ])
  )

const unknown = (name: string, commandPath: ReadonlyArray<string>, below: ReadonlyArray<Command.Command.Any>) => {
  const nearest = nearestName(
    name,
    below.map((sub) => sub.name)
  )
  const suggestions = nearest === null ? [] : [nearest]
  const error = new CliError.UnknownSubcommand({ subcommand: name, parent: commandPath, suggestions })
  return Effect.fail(new CliError.ShowHelp({ commandPath, errors: [error] }))
}

export const versionCommand = (version: string) =>
  Command.make("version", { json }, ({ json }) =>
    Console.log(
      json ? JSON.stringify({ name: "level4", version, node: process.version }, null, 2) : `level4 ${version}`
    )
  ).pipe(
    Command.withDescription("Print the version of this level4, as --version does; that of a service: level4 status"),
    Command.withShortDescription("Print the version"),
    Command.withExamples([
      { command: "level4 version", description: "For people" },
      { command: "level4 version --json", description: "With the version of Node, for a script" }
    ])
  )
