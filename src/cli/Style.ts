// Owns how output looks on the terminal at hand: what stands out in colour, and how wide a line may be. Terminals that
// show no colour, a stdout that is no terminal, and NO_COLOR are known to effect's TerminalCapabilities. Meaning never
// hangs on colour, and nothing is cut or coloured where stdout is no terminal.
import { Config, Context, Effect, Option } from "effect"
import { Flag, GlobalFlag, TerminalCapabilities } from "effect/cli"
import { styleText } from "node:util"

export interface Style {
  readonly heading: (text: string) => string
  readonly quiet: (text: string) => string
  readonly good: (text: string) => string
  readonly bad: (text: string) => string
  /** Cells that a line may have; Infinity where nothing limits it. */
  readonly width: number
}

const painted = (format: Parameters<typeof styleText>[0]) => (text: string) =>
  styleText(format, text, { validateStream: false })

export const plain: Style = {
  heading: (text) => text,
  quiet: (text) => text,
  good: (text) => text,
  bad: (text) => text,
  width: Infinity
}

const coloured: Style = {
  heading: painted("bold"),
  quiet: painted("dim"),
  good: painted("green"),
  bad: painted(["bold", "red"]),
  width: Infinity
}

/** Columns of the terminal that stdout is; none where it is no terminal. Read again for each output. */
export const TerminalColumns = Context.Reference<() => Option.Option<number>>("level4/cli/TerminalColumns", {
  defaultValue: () => () =>
    process.stdout.isTTY ? Option.some(process.stdout.columns).pipe(Option.filter((n) => n > 0)) : Option.none()
})

/** Of the commands that print tables. */
export const wide = GlobalFlag.Setting("wide")({
  flag: Flag.Boolean("wide").pipe(
    Flag.withDescription("Show tables whole, even where they are wider than the terminal"),
    Flag.withDefault(false),
    Flag.withoutNegation
  )
})

/** COLUMNS is what a person set; it counts only on a terminal. */
const columnsSet = Config.Int("COLUMNS").pipe(
  Config.option,
  Effect.orElseSucceed(() => Option.none<number>()),
  Effect.map(Option.filter((columns) => columns > 0))
)

const width = Effect.gen(function* () {
  const columns = (yield* TerminalColumns)()
  if (Option.isNone(columns) || Option.getOrElse(yield* Effect.serviceOption(wide), () => false)) return Infinity
  return Option.getOrElse(yield* columnsSet, () => columns.value)
})

/** The style of the terminal at hand. */
export const style: Effect.Effect<Style> = Effect.gen(function* () {
  const { canColor } = yield* TerminalCapabilities.TerminalCapabilities
  return { ...(canColor ? coloured : plain), width: yield* width }
})
