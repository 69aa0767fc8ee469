// Owns the way from the Postgres driver to the one session of the embedded database: a byte stream for each connection
// that the driver opens, as if it were a socket. The database is PgliteThread's. Invariant: the session has one owner
// at a time: a connection that speaks takes it from the one before, whose stream ends, and finds it clean: no open
// transaction, no prepared statement.
// A database that answers no more is killed, a dead one ends its owner's stream, and the next connection starts
// another, at most one a second.
import { Duration, Effect, Fiber, Option } from "effect"
import { Duplex } from "node:stream"
import { PgliteThread } from "./PgliteThread.ts"

const RESTART_MILLIS = 1000

export class SharedSession {
  private readonly directory: string
  private thread: PgliteThread
  private owner: Duplex | undefined
  private busy = false
  private closed = false

  constructor(directory: string) {
    this.directory = directory
    this.thread = this.adopt(new PgliteThread(directory))
  }

  /** Resolves when the database is open, rejects when it can't be opened. */
  async opened(): Promise<void> {
    await this.thread.opened
  }

  /** A new connection; it becomes the session's owner with the first message that it sends. */
  readonly connect = (): Duplex => {
    const wire: Duplex = new Duplex({
      read: () => {},
      write: (chunk: Buffer, _encoding, done) => {
        if (isCancelRequest(chunk)) {
          // comes over a connection of its own; the statement that runs can't be interrupted, so there is nothing to do
          wire.push(null)
          done()
        } else if (isTerminate(chunk)) {
          // would end the session, which outlives its connections
          done()
        } else {
          void this.answer(wire, chunk, done)
        }
      },
      destroy: (error, done) => {
        // the driver gave up waiting: without a new thread the next connection would wait behind the same question
        if (this.owner === wire && this.busy) this.thread.kill("it did not answer")
        done(error)
      }
    })
    // the driver listens no more once it has said goodbye; a database that dies after that must not take the service
    // along
    wire.on("error", () => {})
    return wire
  }

  /** Closes the database in order, however long that takes. */
  async close(): Promise<void> {
    this.closed = true
    await this.thread.close()
  }

  /** Ends the database whatever it does, for whoever has waited for that long enough. */
  kill(cause: string): void {
    this.closed = true
    this.thread.kill(cause)
  }

  private async answer(wire: Duplex, chunk: Uint8Array, done: (error?: Error) => void): Promise<void> {
    try {
      const answer = await this.execute(wire, chunk)
      if (!wire.destroyed) wire.push(answer)
      done()
    } catch (cause) {
      done(cause instanceof Error ? cause : new Error(String(cause)))
    }
  }

  private async execute(wire: Duplex, chunk: Uint8Array): Promise<Uint8Array> {
    this.restartIfGone(wire)
    const { thread } = this
    const before = this.owner
    if (before !== wire) {
      this.owner = wire
      before?.destroy(new Error("another connection took the session of the embedded database"))
      for (const statement of CLEAN) thread.ask(statement).catch(() => {})
    }
    this.busy = true
    const answer = await thread.ask(chunk)
    if (this.owner === wire) this.busy = false
    // whatever the driver writes at once ends a question, so that anything but this is a database that broke inside
    if (!endsReady(answer)) throw thread.kill("it broke off its answer")
    return answer
  }

  private restartIfGone(wire: Duplex): void {
    const { gone, startedAt } = this.thread
    if (gone === undefined) return
    // the owner's transaction died with the thread: it may not go on in the next one as if nothing had happened
    if (this.closed || this.owner === wire || performance.now() - startedAt < RESTART_MILLIS) throw gone
    this.owner?.destroy(gone)
    this.thread = this.adopt(new PgliteThread(this.directory))
  }

  private adopt(thread: PgliteThread): PgliteThread {
    this.busy = false
    this.owner = undefined
    void thread.ended.then((reason) => {
      if (this.thread === thread) this.owner?.destroy(reason)
    })
    return thread
  }
}

/** A session that is closed with the scope. */
export const sharedSession = (directory: string) =>
  Effect.acquireRelease(
    Effect.sync(() => new SharedSession(directory)),
    closeInTime
  )

/** The whole service has three seconds to end in. */
const CLOSE_LIMIT = Duration.seconds(2)

/** Closes the database in order, or kills its thread when that takes too long; it recovers when it is opened again. */
const closeInTime = (session: SharedSession) =>
  Effect.promise(() => session.close()).pipe(
    Effect.forkDetach,
    Effect.flatMap((closing) =>
      Effect.interruptible(Effect.timeoutOption(Fiber.await(closing), CLOSE_LIMIT)).pipe(
        Effect.flatMap((closed) =>
          Option.isSome(closed)
            ? Effect.void
            : Effect.andThen(
                Effect.sync(() => session.kill("it took too long to close")),
                Fiber.await(closing)
              )
        )
      )
    )
  )

const CANCEL_REQUEST = 80_877_102
const TERMINATE = 0x58
const READY_FOR_QUERY = 0x5a

const isCancelRequest = (chunk: Buffer): boolean => chunk.length === 16 && chunk.readInt32BE(4) === CANCEL_REQUEST
const isTerminate = (chunk: Buffer): boolean => chunk[0] === TERMINATE && chunk.length === 5
const endsReady = (answer: Uint8Array): boolean => answer.at(-6) === READY_FOR_QUERY

/** A simple query message of the wire protocol. */
const query = (text: string): Buffer => {
  const message = Buffer.from(`Q\0\0\0\0${text}\0`)
  message.writeInt32BE(message.length - 1, 1)
  return message
}
const CLEAN = [query("ROLLBACK"), query("DISCARD ALL")]
