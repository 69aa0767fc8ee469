// Owns the sockets of one line of one protocol at one address: which market is on which, and what follows when one
// ends. A failed dial keeps its subscribers and is tried again for ever (PooledSocket), one dial at a time, with pauses
// that all sockets share (Redial) and within the venue's budget, so that a thousand feeds of a venue that is gone knock
// once. A socket that was open and is lost loses its subscribers: each feed answers that by itself. Invariants: no
// socket carries more than `room` subscribers; a socket without subscribers is closed; what is decided after a loss is
// decided by its cause.
import { Effect, Fiber, Semaphore } from "effect"
import type { ConnectionLost } from "../core/ConnectionLost.ts"
import { monotonicMillis } from "../core/Now.ts"
import { PooledSocket, type Dialled } from "./PooledSocket.ts"
import { Redial } from "./Redial.ts"
import type { SharedSocket } from "./SharedSocket.ts"
import type { SocketSubscriber } from "./SocketSubscriber.ts"

/** Starts a fiber that belongs to the process, not to the feed that happened to need the socket first. */
export type Fork = (effect: Effect.Effect<void>) => Fiber.Fiber<void>

interface PoolOptions extends Dialled {
  readonly room: number
  readonly fork: Fork
}

/** A socket that was open for so many milliseconds was healthy. */
const HEALTHY = 30_000

export class SocketPool {
  private readonly options: PoolOptions
  private readonly sockets = new Set<PooledSocket>()
  private readonly turn = Semaphore.makeUnsafe(1)
  private readonly redial: Redial

  constructor(options: PoolOptions) {
    this.options = options
    this.redial = new Redial(options.budget.connects)
  }

  /** Sockets at the moment, open or being dialled. */
  get size(): number {
    return this.sockets.size
  }

  /** Puts a market on any socket but `avoid`. The subscriber hears the rest. */
  join(subscriber: SocketSubscriber, avoid: SharedSocket | null): SharedSocket {
    const pooled = this.withRoom(subscriber, avoid) ?? this.another()
    pooled.socket.join(subscriber)
    if (pooled.waiting !== null) subscriber.waiting(pooled.waiting)
    pooled.fiber ??= this.options.fork(this.carry(pooled))
    return pooled.socket
  }

  /** The market leaves; with the last one the socket is closed, properly and in bounded time. */
  leave(subscriber: SocketSubscriber, socket: SharedSocket): Effect.Effect<void> {
    return Effect.suspend(() => {
      socket.leave(subscriber)
      const pooled = [...this.sockets].find((one) => one.socket === socket)
      if (pooled === undefined || socket.subscribers.size > 0) return Effect.void
      this.sockets.delete(pooled)
      // whoever is switched on again looks again, at once
      if (this.sockets.size === 0) this.forgive()
      return pooled.fiber === null ? Effect.void : Fiber.interrupt(pooled.fiber)
    })
  }

  /** Gives every socket up through no fault of the venue, and dials again at once. */
  renew(lost: ConnectionLost): void {
    this.forgive()
    for (const { giveUp } of this.sockets) giveUp(lost)
  }

  private forgive(): void {
    this.redial.restart()
    this.redial.endPause()
  }

  private withRoom(subscriber: SocketSubscriber, avoid: SharedSocket | null): PooledSocket | undefined {
    for (const pooled of this.sockets) {
      const { socket } = pooled
      const hasRoom = !socket.isFull && socket.subscribers.size < this.options.room
      if (hasRoom && socket !== avoid && !socket.subscribers.has(subscriber.symbol)) return pooled
    }
    return undefined
  }

  private another(): PooledSocket {
    const pooled = new PooledSocket(this.options, this.redial, this.turn)
    this.sockets.add(pooled)
    return pooled
  }

  private carry(pooled: PooledSocket): Effect.Effect<void> {
    return pooled.run.pipe(
      Effect.catch((lost) =>
        Effect.andThen(
          this.count(pooled, lost),
          Effect.sync(() => this.end(pooled, (subscriber) => subscriber.lost(lost)))
        )
      ),
      Effect.catchDefect((defect) =>
        Effect.andThen(
          Effect.logError("a shared socket crashed", defect),
          Effect.sync(() => this.end(pooled, (subscriber) => subscriber.crashed(defect)))
        )
      )
    )
  }

  /** What the end of an open connection means for the next dials; a sleep of ours says nothing about the venue. */
  private count({ openedAt }: PooledSocket, lost: ConnectionLost): Effect.Effect<void> {
    return Effect.flatMap(monotonicMillis, (now) => {
      const { cause, detail, retryAfter } = lost
      if (retryAfter > 0) this.options.budget.connects.block(retryAfter, now, detail)
      if (now - openedAt >= HEALTHY) return Effect.sync(() => this.redial.restart())
      return cause._tag === "Slept" ? Effect.void : this.redial.failed(lost)
    })
  }

  private end(pooled: PooledSocket, tell: (subscriber: SocketSubscriber) => void): void {
    this.sockets.delete(pooled)
    pooled.socket.closed()
    const subscribers = [...pooled.socket.subscribers.values()]
    pooled.socket.subscribers.clear()
    for (const subscriber of subscribers) tell(subscriber)
  }
}
