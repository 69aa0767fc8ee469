// Owns looking at something again and again: the flags for it, and how each look is printed: on a terminal in the place
// of the last, else below it, and with --json one line a look. What is looked at is the command's.
import { Console, Duration, Effect, Schedule } from "effect"
import { Flag, TerminalCapabilities } from "effect/cli"
import { DurationFlag } from "./DurationFlag.ts"
import { printData } from "./Output.ts"

const DEFAULT_DEPTH = 10

/** Cursor home, and nothing left of what the terminal showed. */
const CLEAR = "\u{1b}[H\u{1b}[2J"

export const depth = Flag.Int("depth").pipe(
  Flag.withMetavar("<levels>"),
  Flag.withDescription(`Levels a side, 1 to 5000 (default ${DEFAULT_DEPTH})`),
  Flag.withDefault(DEFAULT_DEPTH),
  Flag.filter(
    (depth) => depth >= 1 && depth <= 5000,
    () => "Expected 1 to 5000 levels"
  )
)

export const watchFlags = {
  watch: Flag.Boolean("watch").pipe(
    Flag.withDescription("Look again and again until Ctrl-C; with --json one line a look"),
    Flag.withDefault(false),
    Flag.withoutNegation
  ),
  interval: DurationFlag("interval").pipe(
    Flag.withDescription("With --watch: how long between two looks (default 1s, at least 50ms)"),
    Flag.withDefault(Duration.seconds(1)),
    Flag.filter(
      (interval) => Duration.toMillis(interval) >= 50,
      () => "Expected at least 50ms"
    )
  )
}

interface Looking {
  readonly watch: boolean
  readonly interval: Duration.Duration
  readonly json: boolean
}

/** Prints one look, or one every interval until it is interrupted. */
export const printLooks = <A, E, R>(
  { interval, json, watch }: Looking,
  look: Effect.Effect<A, E, R>,
  draw: (seen: A) => Effect.Effect<string>
) => {
  const print = Effect.fnUntraced(function* (seen: A) {
    if (!watch) {
      const picture = yield* draw(seen)
      return yield* printData(json, seen, () => picture)
    }
    if (json) return yield* Console.log(JSON.stringify(seen))
    const { canAnimate } = yield* TerminalCapabilities.TerminalCapabilities
    yield* Console.log(canAnimate ? CLEAR + (yield* draw(seen)) : `${yield* draw(seen)}\n`)
  })
  const once = Effect.flatMap(look, print)
  return watch ? Effect.asVoid(Effect.repeat(once, Schedule.spaced(interval))) : once
}
