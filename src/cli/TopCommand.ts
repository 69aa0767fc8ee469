// Owns `level4 top` as far as the command line goes: its flags and help. Looking and drawing are top.ts's, loaded only
// then.
import { Duration, Effect } from "effect"
import { Command, Flag, TerminalCapabilities } from "effect/cli"
import { clientFlags, connect } from "./ClientFlags.ts"
import { DurationFlag } from "./DurationFlag.ts"

const flags = {
  interval: DurationFlag("interval").pipe(
    Flag.withDescription("How long between two looks (default and least 1s)"),
    Flag.withDefault(Duration.seconds(1)),
    Flag.filter(
      (interval) => Duration.toMillis(interval) >= 1000,
      () => "Expected at least 1s"
    )
  ),
  once: Flag.Boolean("once").pipe(
    Flag.withDescription("Look twice, print one table, and end"),
    Flag.withDefault(false),
    Flag.withoutNegation
  ),
  ...clientFlags
}

export const topCommand = Command.make(
  "top",
  flags,
  Effect.fnUntraced(function* ({ interval, once, url, json }) {
    const { lookAt, topScreen, topTables } = yield* Effect.promise(() => import("./top.ts"))
    const top = { title: `level4 top  ${url}`, look: lookAt(yield* connect(url)), interval }
    const { canAnimate } = yield* TerminalCapabilities.TerminalCapabilities
    yield* canAnimate && !once && !json ? topScreen(top) : topTables(top, { json, once })
  })
).pipe(
  Command.withDescription(
    "Watch the markets whose switch is on, the worst state first, then the busiest: frames and events a second, the " +
      "age of the book's last change, and its lag from the venue's stamp to its receipt (of two clocks; - where the " +
      "venue stamps nothing). On a terminal the screen follows until q or Ctrl-C; elsewhere a table is printed after " +
      "each interval, or with --json a line."
  ),
  Command.withShortDescription("Watch all running markets"),
  Command.withExamples([
    { command: "level4 top", description: "Until q" },
    { command: "level4 top --once", description: "One table" },
    {
      command: "level4 top --interval 10s --json | jq -c '.markets[] | select(.frames == 0) | .tag'",
      description: "Every ten seconds the markets that received nothing"
    }
  ])
)
