// Owns one life of the database's thread: questions out, answers back in the same order. Who asks, and what follows
// when the thread dies, is SharedSession's. Invariant: every question is answered or rejected, once.
import { extname } from "node:path"
import { Worker } from "node:worker_threads"
import type { Question } from "./pglite.worker.ts"

interface Pending {
  readonly resolve: (answer: Uint8Array) => void
  readonly reject: (error: Error) => void
}

/** The source, or beside a bundle the other one. */
const WORKER = new URL(`./pglite.worker${extname(import.meta.filename)}`, import.meta.url)

export class PgliteThread {
  readonly startedAt = performance.now()
  /** Resolves when the database is open. */
  readonly opened: Promise<unknown>
  /** Resolves when the thread is gone, with the reason. */
  readonly ended: Promise<Error>
  private readonly worker: Worker
  private readonly pending: Array<Pending> = []
  private reason: Error | undefined

  constructor(directory: string) {
    this.worker = new Worker(WORKER, { workerData: directory })
    this.worker.on("message", (answer: Uint8Array) => this.pending.shift()?.resolve(answer))
    this.opened = new Promise((resolve, reject) => this.pending.push({ resolve, reject }))
    // whoever waits hears it from `opened` itself
    this.opened.catch(() => {})
    this.worker.on("error", (error: Error) => this.end(error.message))
    this.ended = new Promise((resolve) => {
      this.worker.on("exit", (code) => resolve(this.end(`its thread ended with code ${code}`)))
    })
  }

  /** Why the thread is gone or about to go; undefined while it lives. */
  get gone(): Error | undefined {
    return this.reason
  }

  ask(question: Question): Promise<Uint8Array> {
    if (this.reason !== undefined) return Promise.reject(this.reason)
    return new Promise((resolve, reject) => {
      this.pending.push({ resolve, reject })
      this.worker.postMessage(question, [])
    })
  }

  /** Ends the thread whatever it does, as a crash would: the database recovers when it is opened again. */
  kill(cause: string): Error {
    void this.worker.terminate()
    return this.end(cause)
  }

  /** Closes the database in order; over at once when the thread is killed. */
  async close(): Promise<void> {
    await this.ask(null).catch(() => {})
    await this.worker.terminate()
  }

  private end(cause: string): Error {
    this.reason ??= new Error(`the embedded database stopped: ${cause}`)
    for (const { reject } of this.pending.splice(0)) reject(this.reason)
    return this.reason
  }
}
