// Owns the writing of a recording: rows are packed and written as they come, and the end of the scope, whatever ends it,
// leaves a whole gzip file. Invariants: no existing file is touched; what waits for the disk is bounded, and beyond the
// bound the recording ends as a failure instead of having a hole.
import { Deferred, Effect, Runtime, Schema, type Scope } from "effect"
import { createWriteStream } from "node:fs"
import { open, rm } from "node:fs/promises"
import { finished } from "node:stream/promises"
import { createGzip } from "node:zlib"
import type { RecordingRow } from "./Recording.ts"

/** The file can't be written, or not any more. */
export class CannotWrite extends Schema.TaggedError<CannotWrite>()("CannotWrite", {
  file: Schema.String,
  detail: Schema.String
}) {
  /** The command line's code for what was refused. */
  override get [Runtime.errorExitCode](): number {
    return 2
  }
  override get message(): string {
    return `${this.file}: ${this.detail}`
  }
}

export interface RecordingWriter {
  /** Never waits. After a failure or the end it does nothing. */
  readonly write: (row: RecordingRow) => void
  /** Fails when the file can't take any more; never succeeds. */
  readonly failed: Effect.Effect<never, CannotWrite>
  /** Rows and bytes of text taken so far. */
  readonly taken: { readonly rows: number; readonly bytes: number }
}

/** Unpacked rows that may wait for the disk, in bytes; the largest books are a few megabytes. */
const MAX_WAITING = 64 << 20

export const recordingWriter = Effect.fn("recordingWriter")(function* (
  file: string
): Effect.fn.Return<RecordingWriter, CannotWrite, Scope.Scope> {
  const failure = yield* Deferred.make<never, CannotWrite>()
  const fail = (detail: string): void => void Deferred.doneUnsafe(failure, new CannotWrite({ file, detail }))
  const taken = { rows: 0, bytes: 0 }
  const { gzip } = yield* Effect.acquireRelease(create(file, fail), ({ gzip, written }) => {
    gzip.end()
    // a file without a row is no recording, and would only stand in the way of the next try
    return Effect.promise(() => written.then(() => (taken.rows === 0 ? rm(file, { force: true }) : undefined)))
  })
  const write = (row: RecordingRow): void => {
    if (!gzip.writable) return
    if (gzip.writableLength > MAX_WAITING) {
      gzip.end()
      return fail("the disk is slower than the exchange; what came before is whole")
    }
    taken.rows++
    taken.bytes += row.text.length
    gzip.write(`${JSON.stringify(row)}\n`)
  }
  return { write, failed: Deferred.await(failure), taken }
})

const create = (file: string, fail: (detail: string) => void) =>
  Effect.tryPromise({
    try: async () => {
      const handle = await open(file, "wx")
      const target = createWriteStream(file, { fd: handle })
      const gzip = createGzip()
      gzip.pipe(target)
      const broken = (cause: Error): void => {
        fail(`can't be written: ${cause.message}`)
        gzip.destroy()
        target.destroy()
      }
      target.on("error", broken)
      gzip.on("error", broken)
      return { gzip, written: finished(target).catch(broken) }
    },
    catch: (cause) => new CannotWrite({ file, detail: refusal(cause) })
  })

const refusal = (cause: unknown): string =>
  cause instanceof Error && "code" in cause && cause.code === "EEXIST"
    ? "exists already; a recording is never written over another file"
    : `can't be written: ${cause instanceof Error ? cause.message : String(cause)}`
