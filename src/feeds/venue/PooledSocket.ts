// Owns one socket of a pool from its first dial to its end: waits for its turn, the pool's pause and the venue's
// budget, dials again until it opens, and then runs that one connection. How long the pauses are is Redial's work, who
// is on the socket and what follows its end the pool's. Invariants: one socket of a pool dials at a time; a subscriber
// that waits for a dial says what it waits for; what fails before it opened keeps its subscribers.
import { Clock, Deferred, Duration, Effect, Fiber, Random, Schedule, type Semaphore } from "effect"
import type { Line, TranslationScheme } from "../../schemes/TranslationScheme.ts"
import type { ConnectionLost } from "../core/ConnectionLost.ts"
import type { DescribeWait } from "../core/DescribeWait.ts"
import { elapsed, monotonicMillis, nowMicros } from "../core/Now.ts"
import type { Redial } from "./Redial.ts"
import { SharedSocket } from "./SharedSocket.ts"
import type { VenueBudget } from "./VenueBudget.ts"
import { websocket } from "./Websocket.ts"

/** What is dialled, and how. */
export interface Dialled {
  readonly scheme: TranslationScheme
  readonly line: Line
  readonly url: string
  readonly budget: VenueBudget
  /** Tests put their own in its place. */
  readonly dial?: typeof websocket
}

export class PooledSocket {
  readonly socket: SharedSocket
  /** What its subscribers wait for before it is dialled; null: for nothing but the dial. */
  waiting: DescribeWait | null = null
  /** Carries it; null before its first subscriber. */
  fiber: Fiber.Fiber<void> | null = null
  /** Monotonic milliseconds. */
  openedAt = 0
  private readonly dialled: Dialled
  private readonly redial: Redial
  private readonly turn: Semaphore.Semaphore
  /** Ends the connection of the moment, or the dial. */
  private ended = Deferred.makeUnsafe<never, ConnectionLost>()

  constructor(dialled: Dialled, redial: Redial, turn: Semaphore.Semaphore) {
    this.dialled = dialled
    this.redial = redial
    this.turn = turn
    this.socket = new SharedSocket(dialled.scheme, dialled.line, this.giveUp)
  }

  /** Gives the connection of the moment up; one that is not open yet is dialled again at once. */
  readonly giveUp = (lost: ConnectionLost): void => void Deferred.doneUnsafe(this.ended, lost)

  /** Dials until it opens, then runs until that connection is lost. */
  get run(): Effect.Effect<never, ConnectionLost> {
    const { redial } = this
    const isClosed = (): boolean => !this.socket.isOpen
    const pauses = redial.schedule(isClosed).pipe(
      Schedule.tap(({ input, duration }) =>
        Effect.map(redial.describe, (describe) => {
          this.waiting = describe
          this.refused(input, Duration.toMillis(duration))
        })
      )
    )
    const opening = Effect.scoped(this.connection).pipe(
      Effect.tapError((lost) => (isClosed() ? this.charge(lost) : Effect.void)),
      Effect.retry(pauses)
    )
    return Effect.suspend(() => {
      this.ended = Deferred.makeUnsafe()
      return Effect.raceFirst(opening, Deferred.await(this.ended))
    }).pipe(Effect.retry({ while: isClosed }))
  }

  /** One dial and, if it succeeds, the connection's whole life. */
  private get connection() {
    return Effect.gen({ self: this }, function* () {
      this.waiting = () => "waiting for another dial to end"
      const life = yield* this.turn.withPermit(this.dial)
      return yield* Effect.raceFirst(Fiber.join(life), this.growOld)
    })
  }

  /** Ends when the connection is open; gives the fiber that it lives in. */
  private get dial() {
    const { socket, redial } = this
    const { url, scheme, budget, dial = websocket } = this.dialled
    const { maxFrame } = scheme.limits
    return Effect.gen({ self: this }, function* () {
      const clock = yield* Clock.Clock
      // subscribers that dialled before say why they failed; those that come now say what they wait for
      this.waiting = yield* redial.describe
      yield* redial.over
      this.waiting = null
      yield* budget.connects.pass(1, (ask) => {
        this.waiting = ask
        for (const subscriber of socket.subscribers.values()) subscriber.waiting(ask)
      })
      const at = nowMicros()
      for (const subscriber of socket.subscribers.values()) subscriber.dialling(at)
      const opened = Deferred.makeUnsafe<void>()
      const connected = dial({
        url,
        keepalive: scheme.keepalive,
        ...(maxFrame === undefined ? {} : { maxFrame }),
        onOpen: (send) => {
          Deferred.doneUnsafe(opened, Effect.void)
          this.openedAt = elapsed(clock)
          redial.endPause()
          socket.opened(send)
        },
        onFrame: socket.receive
      })
      const life = yield* Effect.forkScoped(Effect.raceFirst(connected, socket.talk), { startImmediately: true })
      yield* Effect.raceFirst(Deferred.await(opened), Fiber.join(life))
      return life
    })
  }

  /** Before the venue cuts a socket for its age, its markets are asked to move, each for itself. */
  private get growOld(): Effect.Effect<never> {
    const { maxAge } = this.dialled.scheme.keepalive
    if (maxAge === undefined) return Effect.never
    return Random.next.pipe(
      Effect.flatMap((chance) => Effect.sleep(maxAge * (0.94 + 0.04 * chance))),
      Effect.andThen(Effect.sync(() => this.socket.willClose())),
      Effect.andThen(Effect.never)
    )
  }

  private charge(lost: ConnectionLost): Effect.Effect<void> {
    return Effect.map(monotonicMillis, (now) => this.dialled.budget.chargeFailed(lost, now))
  }

  private refused(lost: ConnectionLost, pause: number): void {
    const at = nowMicros()
    const next = at + Math.round(Math.max(pause, lost.retryAfter) * 1000)
    for (const subscriber of this.socket.subscribers.values()) subscriber.refused(lost, at, next)
  }
}
