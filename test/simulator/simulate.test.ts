// `level4 simulate` below its flags: which venues, what it prints, the settings it names, and faults at their time.
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Console, Effect, Fiber, FileSystem, Option } from "effect"
import { simulate, type SimulateOptions } from "../../src/simulator/simulate.ts"
import { until } from "../support/until.ts"

const OPTIONS: SimulateOptions = {
  exchanges: ["binance"],
  host: "127.0.0.1",
  port: 0,
  seed: "7",
  rate: 1,
  markets: 2,
  faults: Option.none(),
  json: false
}

/** Runs it until the test ends; gives what it printed first. */
const running = Effect.fnUntraced(function* (options: SimulateOptions) {
  const printed: Array<string> = []
  const log = (...words: ReadonlyArray<string>) => void printed.push(words.join(" "))
  const console: Console.Console = { ...globalThis.console, log }
  const fiber = yield* simulate(options).pipe(Effect.provideService(Console.Console, console), Effect.forkScoped)
  yield* until(
    "the first words",
    Effect.sync(() => printed),
    ({ length }) => length > 0
  )
  return { printed, fiber }
})

interface Summary {
  readonly simulated: boolean
  readonly url: string
  readonly environment: Readonly<Record<string, string>>
  readonly venues: ReadonlyArray<{ readonly symbols: ReadonlyArray<string> }>
}

describe("simulate", () => {
  it.live("prints the settings that point a service at it, and nothing else that is no comment", () =>
    Effect.gen(function* () {
      const { printed, fiber } = yield* running(OPTIONS)
      const lines = printed.join("\n").split("\n")
      assert.match(lines[0]!, /^# SIMULATED exchanges at http:\/\/127\.0\.0\.1:\d+, seed 7/)
      const settings = lines.filter((line) => !line.startsWith("#"))
      assert.strictEqual(settings.length, 6)
      assert.match(settings[0]!, /^LEVEL4_BINANCE_SPOT_WS_URL=ws:\/\/127\.0\.0\.1:\d+\/binance\/spot\/$/)
      assert.match(settings[1]!, /^LEVEL4_BINANCE_SPOT_REST_URL=http:\/\/127\.0\.0\.1:\d+\/binance\/spot$/)
      yield* Fiber.interrupt(fiber)
    }).pipe(Effect.provide(NodeServices.layer), Effect.scoped)
  )

  it.live("prints one JSON object if asked, and strikes with the faults of a file at their time", () =>
    Effect.gen(function* () {
      const files = yield* FileSystem.FileSystem
      const path = yield* files.makeTempFileScoped({ suffix: ".json" })
      const late = { after_ms: 100, exchange: "Binance", market_type: "SPOT", fault: "refuse" }
      yield* files.writeFileString(path, JSON.stringify([late, { ...late, after_ms: 600_000 }]))
      const { printed } = yield* running({ ...OPTIONS, json: true, faults: Option.some(path) })
      const summary = JSON.parse(printed.join("\n")) as Summary
      assert.isTrue(summary.simulated)
      assert.include(summary.venues[0]!.symbols, "S001USDT")
      const faults = Effect.promise(async () => {
        const answer = await fetch(`${summary.url}/faults`)
        return ((await answer.json()) as { readonly faults: ReadonlyArray<{ readonly fault: string }> }).faults
      })
      const seen = yield* until("the fault", faults, ({ length }) => length > 0)
      assert.deepStrictEqual(
        seen.map(({ fault }) => fault),
        ["refuse"]
      )
    }).pipe(Effect.provide(NodeServices.layer), Effect.scoped)
  )

  it.effect("refuses an exchange that it does not know, and names those that it does", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(simulate({ ...OPTIONS, exchanges: ["binance", "Nowhere"] }))
      assert.match(error.message, /^Nowhere is not simulated; these are: Binance/)
    }).pipe(Effect.provide(NodeServices.layer))
  )
})
