// Owns the writing of a recording: rows are packed as they come and reach the file every second, so that whatever ends
// the process, at most the last second is lost; the end of the scope leaves a whole gzip file. Invariants: no existing
// file is touched; what waits for the disk is bounded, and beyond the bound, or when the disk refuses, the recording
// ends as a failure instead of having a hole.
import { Deferred, Effect, Schedule, type Scope } from "effect"
import { createWriteStream } from "node:fs"
import { open, rm } from "node:fs/promises"
import type { Writable } from "node:stream"
import { finished } from "node:stream/promises"
import { constants, createGzip, type Gzip } from "node:zlib"
import type { Tap } from "../core/TrafficRow.ts"
import { RecordingFailure } from "./RecordingFailure.ts"

export interface RecordingWriter {
  /** Never waits. After a failure or the end it does nothing. */
  readonly write: Tap
  /** Fails when the file can't take any more; never succeeds. */
  readonly failed: Effect.Effect<never, RecordingFailure>
  /** Ends the file, and fails if not all of it could be written. The end of the scope does the same in silence. */
  readonly end: Effect.Effect<void, RecordingFailure>
  /** Rows and bytes of text taken so far. */
  readonly taken: { readonly rows: number; readonly bytes: number }
}

/** Unpacked rows that may wait for the disk, in bytes; the largest books are a few megabytes. */
const MAX_WAITING = 64 << 20
const FLUSH_EVERY = "1 second"

/** `target`: opens what the file's bytes go to. */
export const recordingWriter = Effect.fn("recordingWriter")(function* (
  file: string,
  target: (file: string) => Promise<Writable> = newFile
): Effect.fn.Return<RecordingWriter, RecordingFailure, Scope.Scope> {
  const failure = yield* Deferred.make<never, RecordingFailure>()
  const taken = { rows: 0, bytes: 0 }
  const fail = (detail: string): void => {
    const kept = taken.rows === 0 ? "" : `; what came before the last ${FLUSH_EVERY} is kept and can be read`
    Deferred.doneUnsafe(failure, new RecordingFailure({ fault: "unwritable", file, detail: detail + kept }))
  }
  const { gzip, written } = yield* Effect.acquireRelease(packing(file, target, fail), ({ gzip, written }) => {
    gzip.end()
    // a file without a row is no recording, and would only stand in the way of the next try
    return Effect.promise(() => written.then(() => (taken.rows === 0 ? rm(file, { force: true }) : undefined)))
  })
  let flushed = 0
  const flush = Effect.sync(() => {
    if (!gzip.writable || flushed === taken.rows) return
    flushed = taken.rows
    gzip.flush(constants.Z_SYNC_FLUSH)
  })
  yield* Effect.forkScoped(Effect.repeat(flush, Schedule.spaced(FLUSH_EVERY)))
  const write: Tap = (row) => {
    if (!gzip.writable) return
    if (gzip.writableLength > MAX_WAITING) {
      gzip.end()
      return fail("the disk is slower than the exchange")
    }
    taken.rows++
    taken.bytes += row.text.length
    gzip.write(`${JSON.stringify(row)}\n`)
  }
  const ended = Effect.promise(() => {
    gzip.end()
    return written
  })
  const failed = Deferred.await(failure)
  const end = Effect.andThen(
    ended,
    Effect.suspend(() => (Deferred.isDoneUnsafe(failure) ? failed : Effect.void))
  )
  return { write, failed, end, taken }
})

interface Packing {
  readonly gzip: Gzip
  /** Resolves when the end, or a failure that `fail` was called with, is behind it. */
  readonly written: Promise<void>
}

const packing = (file: string, target: (file: string) => Promise<Writable>, fail: (detail: string) => void) =>
  Effect.tryPromise({
    try: async (): Promise<Packing> => {
      const out = await target(file)
      const gzip = createGzip()
      gzip.pipe(out)
      const broken = (cause: Error): void => {
        fail(refusal(cause))
        gzip.destroy()
        out.destroy()
      }
      out.on("error", broken)
      gzip.on("error", broken)
      return { gzip, written: finished(out).catch(broken) }
    },
    catch: (cause) => new RecordingFailure({ fault: "unwritable", file, detail: refusal(cause) })
  })

const newFile = async (file: string): Promise<Writable> => createWriteStream(file, { fd: await open(file, "wx") })

/** What the system's codes mean to somebody who records. */
const MEANINGS: Readonly<Record<string, string>> = {
  EEXIST: "exists already; a recording is never written over another file",
  ENOSPC: "can't be written: the disk is full",
  EDQUOT: "can't be written: the disk quota is used up",
  EFBIG: "can't be written: it has the largest size that the system allows it"
}

const refusal = (cause: unknown): string => {
  const meaning = cause instanceof Error && "code" in cause ? MEANINGS[String(cause.code)] : undefined
  return meaning ?? `can't be written: ${cause instanceof Error ? cause.message : String(cause)}`
}
