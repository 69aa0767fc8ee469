// Owns colour: what stands out on a terminal, and that nothing is coloured elsewhere. Terminals that show no colour, a
// stdout that is no terminal, and NO_COLOR are known to effect's TerminalCapabilities. Meaning never hangs on colour.
import { Effect } from "effect"
import { TerminalCapabilities } from "effect/cli"
import { styleText } from "node:util"

export interface Style {
  readonly heading: (text: string) => string
  readonly quiet: (text: string) => string
  readonly good: (text: string) => string
  readonly bad: (text: string) => string
}

const painted = (format: Parameters<typeof styleText>[0]) => (text: string) =>
  styleText(format, text, { validateStream: false })

export const plain: Style = {
  heading: (text) => text,
  quiet: (text) => text,
  good: (text) => text,
  bad: (text) => text
}

const coloured: Style = {
  heading: painted("bold"),
  quiet: painted("dim"),
  good: painted("green"),
  bad: painted(["bold", "red"])
}

/** The style of the terminal at hand. */
export const style: Effect.Effect<Style> = Effect.map(TerminalCapabilities.TerminalCapabilities, ({ canColor }) =>
  canColor ? coloured : plain
)
