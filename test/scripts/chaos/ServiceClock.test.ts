// The clock of the service under trial on a plain process: its wall clock follows, its monotonic one does not, it
// sleeps and wakes.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { spawn, type ChildProcess } from "node:child_process"
import { readFileSync } from "node:fs"
import { ServiceClock } from "../../../scripts/chaos/ServiceClock.ts"
import { until } from "../../support/until.ts"

/** Prints, again and again, how far the wall clock is ahead of the monotonic one, in whole minutes. */
const PROGRAM = `setInterval(() => {
  const steady = performance.timeOrigin + performance.now()
  console.log([Date.now(), new Date().getTime(), steady].map((at) => Math.round((at - steady) / 60_000)).join(" "))
}, 5)`

/** Linux's word for what a process does: `T` for stopped. */
const stateOf = ({ pid }: ChildProcess): string => readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]![0]!

const child = (environment: Readonly<Record<string, string>>) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const process_ = spawn(process.execPath, ["-e", PROGRAM], { env: { ...environment } })
      const said = { newest: "", lines: 0 }
      process_.stdout.on("data", (chunk: Buffer) => {
        const lines = String(chunk).trim().split("\n")
        said.lines += lines.length
        said.newest = lines.at(-1) ?? ""
      })
      return { process_, said }
    }),
    ({ process_ }) => Effect.sync(() => process_.kill("SIGKILL"))
  )

describe("ServiceClock", () => {
  it.live("sets the wall clock back, forward and right again, and leaves the monotonic one alone", () =>
    Effect.gen(function* () {
      const clock = yield* ServiceClock.make
      const { said } = yield* child(clock.environment)
      for (const [offset, expected] of [
        [-3_600_000, "-60 -60 0"],
        [3_600_000, "60 60 0"],
        [0, "0 0 0"]
      ] as const) {
        clock.set(offset)
        yield* until(
          expected,
          Effect.sync(() => said.newest),
          (newest) => newest === expected
        )
      }
    }).pipe(Effect.scoped)
  )

  it.live("stops the process, and after that its wall clock is ahead", () =>
    Effect.gen(function* () {
      const clock = yield* ServiceClock.make
      const { process_, said } = yield* child(clock.environment)
      const lines = Effect.sync(() => said.lines)
      yield* until("its first word", lines, (count) => count > 0)
      clock.rules(process_)
      clock.stop()
      yield* until(
        "the process to be stopped",
        Effect.sync(() => stateOf(process_)),
        (state) => state === "T"
      )
      clock.set(3_600_000)
      clock.go()
      yield* until(
        "its clock to be ahead",
        Effect.sync(() => said.newest),
        (newest) => newest === "60 60 0"
      )
      assert.isNull(process_.exitCode)
    }).pipe(Effect.scoped)
  )
})
