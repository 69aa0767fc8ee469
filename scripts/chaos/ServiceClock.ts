// Owns the clock and the sleep of the service under trial: sets its wall clock back and forward by clockHook.mjs, and
// lets it sleep by stopping its process, after which its wall clock is far ahead of its monotonic one, as after a
// machine's sleep. Invariant: the end of the scope leaves the process running and its clock right.
import { Effect, type Scope } from "effect"
import type { ChildProcess } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"

const HOOK = pathToFileURL(join(import.meta.dirname, "clockHook.mjs")).href

export class ServiceClock {
  /** What the service's process needs to be under this clock. */
  readonly environment: Readonly<Record<string, string>>
  private readonly file: string
  private child: ChildProcess | null = null

  private constructor(folder: string) {
    this.file = join(folder, "offset")
    writeFileSync(this.file, "0")
    this.environment = { NODE_OPTIONS: `--import=${HOOK}`, CHAOS_CLOCK_FILE: this.file }
  }

  static readonly make: Effect.Effect<ServiceClock, never, Scope.Scope> = Effect.gen(function* () {
    const folder = yield* Effect.acquireRelease(
      Effect.sync(() => mkdtempSync(join(tmpdir(), "level4-chaos-clock-"))),
      (made) => Effect.sync(() => rmSync(made, { recursive: true, force: true }))
    )
    return new ServiceClock(folder)
  })

  /** The process whose clock this is. */
  rules(child: ChildProcess): void {
    this.child = child
  }

  /** Milliseconds that the service's wall clock is ahead. */
  set(offset: number): void {
    writeFileSync(this.file, String(offset))
  }

  stop(): void {
    this.child?.kill("SIGSTOP")
  }

  go(): void {
    this.child?.kill("SIGCONT")
  }
}
