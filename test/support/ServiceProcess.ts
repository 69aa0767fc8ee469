// Owns the real service as a process of its own: `bin/level4 serve` on a free port, an embedded database in a temporary
// folder (or the server given), and the environment the test adds. Its stop is the one a person would use.
import { Effect, type Scope } from "effect"
import { spawn, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"

export interface ServiceProcess {
  readonly url: string
  readonly child: ChildProcess
  /** Everything printed so far. */
  readonly log: () => string
  readonly json: (method: string, path: string, body?: unknown) => Effect.Effect<{ status: number; body: unknown }>
}

const ENTRY = join(import.meta.dirname, "../../bin/level4")

export const serviceProcess = (env: Record<string, string>): Effect.Effect<ServiceProcess, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const child = spawn(ENTRY, ["serve"], {
        env: { PATH: process.env["PATH"], HOME: process.env["HOME"], LEVEL4_PORT: "0", ...env },
        stdio: ["ignore", "pipe", "pipe"]
      })
      let log = ""
      const url = await new Promise<string>((resolve, reject) => {
        const read = (chunk: Buffer): void => {
          log += String(chunk)
          const found = /listening on (http:\S+)/.exec(log)?.[1]
          if (found !== undefined) resolve(found)
        }
        child.stdout.on("data", read)
        child.stderr.on("data", read)
        child.once("exit", (code) => reject(new Error(`the service ended with ${code}:\n${log}`)))
      })
      const json = (method: string, path: string, body?: unknown) =>
        Effect.promise(async () => {
          const headers = { "content-type": "application/json" }
          const init = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) }
          const response = await fetch(`${url}${path}`, init)
          const answer: unknown = await response.json()
          return { status: response.status, body: answer }
        })
      return { url, child, log: () => log, json }
    }),
    ({ child }) =>
      Effect.promise(async () => {
        if (child.exitCode !== null || child.signalCode !== null) return
        const ended = once(child, "exit")
        child.kill("SIGTERM")
        await ended
      })
  )
