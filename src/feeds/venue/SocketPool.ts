// Owns the sockets of one line of one protocol at one address: which market rides on which, when each is dialled and
// dialled again. A failed dial keeps its subscribers and tries again for ever, by capped, jittered, exponential pauses, one
// dial at a time and within the venue's budget, so that a thousand feeds of a venue that is gone knock once. A socket
// that was open and is lost loses its subscribers: each feed answers that by itself. All times are those of the monotonic
// clock; what is decided after a loss is decided by its cause, never by its words. Invariants: no socket carries more
// than `room` subscribers; a socket without subscribers is closed; a subscriber that waits for a dial says what it waits for.
import { Clock, Deferred, Effect, Fiber, Semaphore } from "effect"
import type { Line, TranslationScheme } from "../../schemes/TranslationScheme.ts"
import type { ConnectionLost } from "../core/ConnectionLost.ts"
import { elapsed, monotonicMillis, nowMicros } from "../core/Now.ts"
import type { DescribeWait } from "../core/DescribeWait.ts"
import type { SocketSubscriber } from "./SocketSubscriber.ts"
import { SharedSocket } from "./SharedSocket.ts"
import type { VenueBudget } from "./VenueBudget.ts"
import { websocket } from "./Websocket.ts"

/** Starts a fiber that belongs to the process, not to the feed that happened to need the socket first. */
export type Fork = (effect: Effect.Effect<void>) => Fiber.Fiber<void>

export interface PoolOptions {
  readonly scheme: TranslationScheme
  readonly line: Line
  readonly url: string
  readonly room: number
  readonly budget: VenueBudget
  readonly fork: Fork
  /** Tests put their own in their place. */
  readonly dial?: typeof websocket
  readonly random?: () => number
}

/** A socket that lived for so long was healthy. */
const HEALTHY = 30_000
const FIRST_PAUSE = 250
/** So that all are live within 10 s of a venue's return; how often it may be dialled is limited by its budget. */
const LONGEST_PAUSE = 5_000

interface Carriage {
  readonly socket: SharedSocket
  /** Ends the connection of the moment, or the dial. */
  ended: Deferred.Deferred<never, ConnectionLost>
  fiber: Fiber.Fiber<void> | null
  /** What its subscribers wait for before it is dialled; null: for nothing but the dial. */
  waiting: DescribeWait | null
}

export class SocketPool {
  readonly options: PoolOptions
  private readonly carriages = new Set<Carriage>()
  private readonly dialling = Semaphore.makeUnsafe(1)
  private failures = 0
  /** No dial before this, and why. */
  private pausedUntil = 0
  private pausedBy = ""

  constructor(options: PoolOptions) {
    this.options = options
  }

  /** Sockets at the moment, open or being dialled. */
  get size(): number {
    return this.carriages.size
  }

  /** Puts a market, on any socket but `avoid`. The subscriber hears the rest. */
  join(subscriber: SocketSubscriber, avoid: SharedSocket | null): SharedSocket {
    const carriage = this.withRoom(subscriber, avoid) ?? this.another()
    carriage.socket.join(subscriber)
    if (carriage.waiting !== null) subscriber.waiting(carriage.waiting)
    carriage.fiber ??= this.options.fork(this.carry(carriage))
    return carriage.socket
  }

  /** The market leaves; with the last one the socket is closed, properly and in bounded time. */
  leave(subscriber: SocketSubscriber, socket: SharedSocket): Effect.Effect<void> {
    return Effect.suspend(() => {
      socket.leave(subscriber)
      const carriage = [...this.carriages].find((one) => one.socket === socket)
      if (carriage === undefined || socket.subscribers.size > 0) return Effect.void
      this.carriages.delete(carriage)
      // whoever is switched on again looks again, at once
      if (this.carriages.size === 0) this.forgive()
      return carriage.fiber === null ? Effect.void : Fiber.interrupt(carriage.fiber)
    })
  }

  /** Gives every socket up through no fault of the venue, and dials again at once. */
  renew(lost: ConnectionLost): void {
    this.forgive()
    for (const { ended } of this.carriages) Deferred.doneUnsafe(ended, lost)
  }

  private forgive(): void {
    this.failures = 0
    this.pausedUntil = 0
  }

  private withRoom(subscriber: SocketSubscriber, avoid: SharedSocket | null): Carriage | undefined {
    for (const carriage of this.carriages) {
      const { socket } = carriage
      const hasRoom = !socket.isFull && socket.subscribers.size < this.options.room
      if (hasRoom && socket !== avoid && !socket.subscribers.has(subscriber.symbol)) return carriage
    }
    return undefined
  }

  private another(): Carriage {
    const giveUp = (lost: ConnectionLost): void => void Deferred.doneUnsafe(carriage.ended, lost)
    const socket = new SharedSocket(this.options.scheme, this.options.line, giveUp)
    const carriage: Carriage = { socket, ended: Deferred.makeUnsafe(), fiber: null, waiting: null }
    this.carriages.add(carriage)
    return carriage
  }

  /** Dials until it opens, then carries it to its end. */
  private carry(carriage: Carriage): Effect.Effect<void> {
    const { socket } = carriage
    const { connects } = this.options.budget
    return Effect.gen({ self: this }, function* () {
      for (;;) {
        const opened = Deferred.makeUnsafe<void>()
        carriage.ended = Deferred.makeUnsafe()
        const begun = yield* monotonicMillis
        const lost = yield* Effect.flip(this.connection(carriage, opened))
        const now = yield* monotonicMillis
        const { cause, detail, retryAfter } = lost
        const isOurs = cause?._tag === "Slept"
        socket.closed()
        if (retryAfter > 0) connects.block(retryAfter, now, detail)
        if (Deferred.isDoneUnsafe(opened)) {
          if (now - begun >= HEALTHY) this.failures = 0
          else if (!isOurs) this.failed(now, lost)
          return this.end(carriage, (subscriber) => subscriber.lost(lost))
        }
        if (isOurs) continue
        if (cause?._tag === "Unreachable") connects.refund(1)
        this.failed(now, lost)
        const at = nowMicros()
        const next = at + Math.round(Math.max(this.pausedUntil - now, retryAfter) * 1000)
        for (const subscriber of socket.subscribers.values()) subscriber.refused(lost, at, next)
      }
    }).pipe(
      Effect.catchDefect((defect) =>
        Effect.andThen(
          Effect.logError("a shared socket crashed", defect),
          Effect.sync(() => this.end(carriage, (subscriber) => subscriber.crashed(defect)))
        )
      )
    )
  }

  private end(carriage: Carriage, tell: (subscriber: SocketSubscriber) => void): void {
    this.carriages.delete(carriage)
    carriage.socket.closed()
    const subscribers = [...carriage.socket.subscribers.values()]
    carriage.socket.subscribers.clear()
    for (const subscriber of subscribers) tell(subscriber)
  }

  /** One dial and, if it succeeds, the connection's whole life. */
  private connection(carriage: Carriage, opened: Deferred.Deferred<void>): Effect.Effect<never, ConnectionLost> {
    const { socket, ended } = carriage
    const { url, scheme, budget } = this.options
    let holds = false
    const pass = Effect.suspend(() => {
      if (!holds) return Effect.void
      holds = false
      return this.dialling.release(1)
    })
    const waiting = (ask: DescribeWait | null): void => {
      carriage.waiting = ask
      for (const subscriber of socket.subscribers.values()) subscriber.waiting(ask)
    }
    const { maxFrame } = scheme.limits
    const dial = Effect.gen({ self: this }, function* () {
      yield* this.pause(carriage)
      yield* budget.connects.pass(1, waiting)
      const at = nowMicros()
      for (const subscriber of socket.subscribers.values()) subscriber.dialling(at)
      return yield* Effect.raceAllFirst([
        (this.options.dial ?? websocket)({
          url,
          keepalive: scheme.keepalive,
          ...(maxFrame === undefined ? {} : { maxFrame }),
          onOpen: (send) => {
            Deferred.doneUnsafe(opened, Effect.void)
            this.pausedUntil = 0
            socket.opened(send)
          },
          onFrame: socket.receive
        }),
        socket.talk,
        Deferred.await(opened).pipe(Effect.andThen(pass), Effect.andThen(this.grownOld(socket)))
      ])
    })
    // subscribers that dialled before say why they failed; those that come now say what they wait for
    carriage.waiting = () => "waiting for another dial to end"
    const turn = Effect.uninterruptibleMask((restore) =>
      restore(this.dialling.take(1)).pipe(
        Effect.tap(() => Effect.sync(() => (holds = true))),
        Effect.andThen(restore(dial).pipe(Effect.ensuring(pass)))
      )
    )
    return Effect.raceFirst(turn, Deferred.await(ended))
  }

  /** Before the venue cuts a socket for its age, its markets are asked to move, each for itself. */
  private grownOld(socket: SharedSocket): Effect.Effect<never> {
    const { maxAge } = this.options.scheme.keepalive
    if (maxAge === undefined) return Effect.never
    const tell = Effect.sync(() => socket.willClose())
    const early = 0.94 + 0.04 * (this.options.random ?? Math.random)()
    return Effect.sleep(maxAge * early).pipe(Effect.andThen(tell), Effect.andThen(Effect.never))
  }

  /** Waits until the pause after a failure is over, however often it is made longer. */
  private pause(carriage: Carriage): Effect.Effect<void> {
    return Clock.clockWith((clock) =>
      Effect.gen({ self: this }, function* () {
        carriage.waiting = () => {
          const left = Math.max(0, Math.ceil((this.pausedUntil - elapsed(clock)) / 1000))
          return `dials again in ${left} s, after ${this.pausedBy}`
        }
        for (;;) {
          const wait = this.pausedUntil - elapsed(clock)
          if (wait <= 0) break
          yield* Effect.sleep(Math.ceil(wait))
        }
        carriage.waiting = null
      })
    )
  }

  /** Failures that come together, such as all sockets of a venue that went away, count once. */
  private failed(now: number, { reason, detail, cause }: ConnectionLost): void {
    if (now < this.pausedUntil) return
    const { connects } = this.options.budget
    const { count, perMs } = connects.rate
    // a venue that counts what it refuses must not be asked until nothing is left for its return: when half of the
    // budget is gone, the other half lasts as long as the whole window
    const isScarce = cause?._tag !== "Unreachable" && connects.left(now) <= count / 2
    const longest = isScarce ? Math.max(LONGEST_PAUSE, (2 * perMs) / count) : LONGEST_PAUSE
    const pause = Math.min(FIRST_PAUSE * 2 ** this.failures, longest)
    this.failures++
    this.pausedUntil = now + pause * (0.8 + 0.4 * (this.options.random ?? Math.random)())
    this.pausedBy = `${reason}: ${detail}`
  }
}
