// Owns how the command line reads a span of time: a number with its unit, such as 250ms, 1.5s, 2m or 1h.
import { Duration, Option } from "effect"
import { Flag } from "effect/cli"

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const
const SPAN = /^(\d+(?:\.\d+)?) ?(ms|s|m|h)$/

export const parseDuration = (text: string): Option.Option<Duration.Duration> => {
  const match = SPAN.exec(text)
  const unit = match?.[2] as keyof typeof UNITS | undefined
  return unit === undefined ? Option.none() : Option.some(Duration.millis(Number(match?.[1]) * UNITS[unit]))
}

/** A flag that takes a span of time. */
export const DurationFlag = (name: string): Flag.Flag<Duration.Duration> =>
  Flag.String(name).pipe(
    Flag.withMetavar("<duration>"),
    Flag.filterMap(parseDuration, () => "Expected a number with its unit, such as 250ms, 1.5s, 2m or 1h")
  )
