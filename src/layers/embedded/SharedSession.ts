// Owns the way from the Postgres driver to the one session of the embedded database: a byte stream for each connection
// that the driver opens, as if it were a socket. The database is PgliteThread's. Invariant: the session has one owner at a
// time, the connection that spoke last, and a new owner finds it clean: no open transaction, no prepared statement.
// A thread that dies ends the owner's stream, and the next connection starts another thread, at most one a second.
import { Duplex } from "node:stream"
import { PgliteThread } from "./PgliteThread.ts"

const RESTART_MILLIS = 1000
const CLOSE_LIMIT_MILLIS = 2000

export class SharedSession {
  private readonly directory: string
  private thread: PgliteThread
  private owner: Duplex | undefined
  private closed = false

  constructor(directory: string) {
    this.directory = directory
    this.thread = this.start()
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
      }
    })
    return wire
  }

  async close(): Promise<void> {
    this.closed = true
    await this.thread.close(CLOSE_LIMIT_MILLIS)
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
    this.restartIfGone()
    if (this.owner !== wire) {
      this.owner = wire
      for (const statement of CLEAN) this.thread.ask(statement).catch(() => {})
    }
    return this.thread.ask(chunk)
  }

  private restartIfGone(): void {
    const { gone, startedAt } = this.thread
    if (gone === undefined) return
    if (this.closed || performance.now() - startedAt < RESTART_MILLIS) throw gone
    this.thread = this.start()
  }

  private start(): PgliteThread {
    const thread = new PgliteThread(this.directory)
    thread.opened.catch(() => {})
    void thread.ended.then((reason) => {
      this.owner?.destroy(reason)
      this.owner = undefined
    })
    return thread
  }
}

const CANCEL_REQUEST = 80_877_102
const TERMINATE = 0x58

const isCancelRequest = (chunk: Buffer): boolean => chunk.length === 16 && chunk.readInt32BE(4) === CANCEL_REQUEST
const isTerminate = (chunk: Buffer): boolean => chunk[0] === TERMINATE && chunk.length === 5

/** A simple query message of the wire protocol. */
const query = (text: string): Buffer => {
  const message = Buffer.from(`Q\0\0\0\0${text}\0`)
  message.writeInt32BE(message.length - 1, 1)
  return message
}
const CLEAN = [query("ROLLBACK"), query("DISCARD ALL")]
