// Owns how the service's own log lines look: text for people, or a JSON object each for programs, by LEVEL4_LOG_FORMAT;
// both with date and zone. What goes to a collector is Telemetry's. Invariant: one entry is one line, and a causing
// error's further lines are indented, so that nothing foreign in a message can pass for an entry or steer a terminal.
import { Cause, Config, Console, Effect, Layer, Logger, References } from "effect"
import { inspect } from "node:util"
import { InvalidSetting, LOG_FORMAT } from "./Settings.ts"

const FORMATS = ["text", "json"] as const

/** Installs the log lines of the service in place of the runtime's own. */
export const layerLogs = Layer.unwrap(
  Effect.gen(function* () {
    const format = yield* Config.Literals(FORMATS, LOG_FORMAT).pipe(
      Config.withDefault("text"),
      Effect.mapError(() => new InvalidSetting({ variable: LOG_FORMAT, detail: `expected ${FORMATS.join(" or ")}` }))
    )
    return Logger.layer([format === "json" ? json : text, Logger.tracerLogger])
  })
)

// controls, line and paragraph separators, and marks that turn the order of what follows them
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const STEERING = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g
const escaped = (raw: string): string =>
  raw.replace(STEERING, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`)

const shown = (part: unknown): string =>
  escaped(typeof part === "string" ? part : inspect(part, { breakLength: Infinity, depth: 4 }))

/** An entry as a line of text, e.g. `[2026-11-28T19:30:00.123Z] INFO (#6): resumed 2 feeds`. */
const textLine = Logger.make(({ cause, date, fiber, logLevel, message }): string => {
  const annotations = fiber.getRef(References.CurrentLogAnnotations)
  const parts = (Array.isArray(message) ? message : [message]).map(shown)
  if (Object.keys(annotations).length > 0) parts.push(shown(annotations))
  const lines = cause.reasons.length === 0 ? [] : Cause.pretty(cause).split("\n").map(escaped)
  const said = [...parts, lines.join("\n    ")].join(" ").trimEnd()
  return `[${date.toISOString()}] ${logLevel.toUpperCase()} (#${fiber.id}): ${said}`
})

/** An entry as a JSON object on one line. */
const jsonLine = Logger.map(Logger.formatJson, (line) => escaped(line))

const printed = (line: Logger.Logger<unknown, string>): Logger.Logger<unknown, void> =>
  Logger.make((options) => {
    const console = options.fiber.getRef(Console.Console)
    const text = line.log(options)
    if (options.fiber.getRef(Logger.LogToStderr)) console.error(text)
    else console.log(text)
  })
const text = printed(textLine)
const json = printed(jsonLine)
