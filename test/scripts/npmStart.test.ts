// The commands that last, as whoever keeps them alive meets them: ended by a signal to npm, for that is the process a
// supervisor, a container or a script has started. npm hands the signal to its shell alone, so the shell must be gone
// by then (`exec` in package.json), or the service would live on, with its port and its data.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { type ChildProcess, spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

const root = join(import.meta.dirname, "../..")

/** npm in a process group of its own, so that nothing of it outlives the test. */
const npmStart = Effect.acquireRelease(
  Effect.sync(() => {
    const data = mkdtempSync(join(tmpdir(), "level4-npm-"))
    const env = { PATH: process.env["PATH"], HOME: process.env["HOME"], LEVEL4_PORT: "0", LEVEL4_DATA_DIR: data }
    const child = spawn("npm", ["start"], { cwd: root, detached: true, env, stdio: ["ignore", "pipe", "pipe"] })
    return { child, data }
  }),
  ({ child, data }) =>
    Effect.sync(() => {
      try {
        process.kill(-child.pid!, "SIGKILL")
      } catch {
        // the whole group has ended, as it should
      }
      rmSync(data, { recursive: true, force: true })
    })
)

const listening = (child: ChildProcess) =>
  Effect.callback<string>((resume) => {
    let log = ""
    const read = (chunk: Buffer): void => {
      log += String(chunk)
      const url = /listening on (http:\S+)/.exec(log)?.[1]
      if (url !== undefined) resume(Effect.succeed(url))
    }
    child.stdout?.on("data", read)
    child.stderr?.on("data", read)
    child.once("exit", (code) => resume(Effect.die(new Error(`npm start ended with ${code}:\n${log}`))))
  })

describe("npm start", () => {
  it.live(
    "ends the service when npm is told to end",
    () =>
      Effect.gen(function* () {
        const { child } = yield* npmStart
        const url = yield* listening(child)
        assert.isTrue((yield* Effect.promise(() => fetch(`${url}/livez`))).ok)
        // `close`, not `exit`: it waits for whoever else holds the output, and so for an orphan too
        yield* Effect.callback<void>((resume) => {
          child.once("close", () => resume(Effect.void))
          child.kill("SIGTERM")
        })
        yield* Effect.flip(Effect.tryPromise(() => fetch(`${url}/livez`)))
      }).pipe(Effect.scoped),
    60_000
  )
})
