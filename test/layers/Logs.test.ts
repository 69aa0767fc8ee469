// Owns the proof of how log lines look: one entry a line, with date and zone, and nothing foreign in it that steers.
import { assert, it } from "@effect/vitest"
import { Cause, ConfigProvider, Console, Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import { layerLogs } from "../../src/layers/Logs.ts"

const logged = (env: Record<string, string>, entry: Effect.Effect<void>) =>
  Effect.gen(function* () {
    const lines: Array<string> = []
    const print = (line: unknown) => void lines.push(String(line))
    yield* TestClock.setTime(Date.UTC(2026, 10, 28, 19, 30, 0, 123))
    yield* entry.pipe(
      Effect.provide(layerLogs.pipe(Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env }))))),
      Effect.provideService(Console.Console, { ...globalThis.console, log: print, error: print })
    )
    return lines
  })
const FOREIGN = "a\nb\u001b[31m\u202ec\u2028d"

it.effect("text names date, zone, level and what was noted beside", () =>
  Effect.gen(function* () {
    const [line] = yield* logged({}, Effect.logInfo("resumed", 2, FOREIGN).pipe(Effect.annotateLogs({ market: 7 })))
    assert.match(
      line ?? "",
      /^\[2026-11-28T19:30:00\.123Z\] INFO \(#\d+\): resumed 2 a\\u000ab\\u001b\[31m\\u202ec\\u2028d \{ market: 7 \}$/
    )
  })
)

it.effect("text indents the lines of a cause", () =>
  Effect.gen(function* () {
    const [line = ""] = yield* logged({}, Effect.logError("broke", Cause.die(new Error("one\n[2026] INFO two"))))
    const [first, ...rest] = line.split("\n")
    assert.match(first ?? "", /ERROR \(#\d+\): broke Error: one$/)
    assert.isAbove(rest.length, 0)
    for (const further of rest) assert.match(further, /^ {4}/)
  })
)

it.effect("json is one object a line", () =>
  Effect.gen(function* () {
    const [line = ""] = yield* logged(
      { LEVEL4_LOG_FORMAT: "json" },
      Effect.logWarning(FOREIGN).pipe(Effect.annotateLogs({ market: 7 }))
    )
    assert.notMatch(line, /[\p{C}\u2028]/u)
    assert.deepInclude(JSON.parse(line), {
      timestamp: "2026-11-28T19:30:00.123Z",
      level: "WARN",
      message: FOREIGN,
      annotations: { market: 7 }
    })
  })
)

it.effect("any other format is refused", () =>
  Effect.gen(function* () {
    const error = yield* Effect.flip(logged({ LEVEL4_LOG_FORMAT: "xml" }, Effect.logInfo("x")))
    assert.strictEqual(error.message, "LEVEL4_LOG_FORMAT: expected text or json")
  })
)
