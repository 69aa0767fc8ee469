// Owns the life of the benchmarks' venue process: forked with so many levels a side, ended with its scope.
import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { Effect } from "effect"

export interface VenueProcess {
  readonly ws: string
  readonly rest: string
  readonly tell: ChildProcess["send"]
}

export const venueProcess = (levels: number) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const child = fork(join(import.meta.dirname, "venue.ts"), [String(levels)])
      const [{ port }] = (await once(child, "message")) as [{ readonly port: number }]
      return { child, ws: `ws://127.0.0.1:${port}/`, rest: `http://127.0.0.1:${port}` }
    }),
    ({ child }) =>
      Effect.promise(async () => {
        const ended = once(child, "exit")
        child.disconnect()
        await ended
      })
  ).pipe(Effect.map(({ child, ws, rest }): VenueProcess => ({ ws, rest, tell: child.send.bind(child) })))
