// Owns the pause between the dials of one pool: one schedule for all its sockets, since they dial the same venue.
// Failures that come together, such as all sockets of a venue that went away, count once. Whether a failure counts is
// the pool's to say. All times are those of the monotonic clock. Invariant: until the schedule is begun again each
// counted failure makes the pause longer, up to its cap, with jitter after the cap.
import { Clock, Duration, Effect, Schedule } from "effect"
import type { ConnectionLost } from "../core/ConnectionLost.ts"
import type { DescribeWait } from "../core/DescribeWait.ts"
import { elapsed, monotonicMillis } from "../core/Now.ts"
import type { RateQueue } from "./RateQueue.ts"

const FIRST_PAUSE = "250 millis"
/** Milliseconds, so that all are live within 10 s of a venue's return; its budget limits how often it is dialled. */
const LONGEST_PAUSE = 5_000

/**
 * A venue that counts what it refuses must not be asked until nothing is left for its return: when half of the budget
 * is gone, the other half lasts as long as the whole window.
 */
const longestPause = (connects: RateQueue, { cause }: ConnectionLost, now: number): number => {
  const { count, perMs } = connects.rate
  const isScarce = cause._tag !== "Unreachable" && connects.left(now) <= count / 2
  return isScarce ? Math.max(LONGEST_PAUSE, (2 * perMs) / count) : LONGEST_PAUSE
}

const pauses = (connects: RateQueue) =>
  Schedule.exponential(FIRST_PAUSE).pipe(
    Schedule.setInputType<ConnectionLost>(),
    Schedule.modifyDelay(({ input, duration }) =>
      Effect.map(monotonicMillis, (now) => Duration.min(duration, Duration.millis(longestPause(connects, input, now))))
    ),
    Schedule.jittered
  )

type Step = Effect.Success<ReturnType<typeof stepOf>>
const stepOf = (connects: RateQueue) => Schedule.toStep(pauses(connects))

export class Redial {
  private readonly connects: RateQueue
  /** Null: the next failure is the first one. */
  private step: Step | null = null
  /** No dial before this, and why. */
  private until = 0
  private after: ConnectionLost | null = null

  constructor(connects: RateQueue) {
    this.connects = connects
  }

  /** Counts a failure, unless one before it still keeps everybody waiting. */
  failed(lost: ConnectionLost): Effect.Effect<void> {
    return Effect.gen({ self: this }, function* () {
      const now = yield* monotonicMillis
      if (now < this.until) return
      this.step ??= yield* stepOf(this.connects)
      // an exponential schedule has no end
      const [, pause] = yield* Effect.orDie(this.step(now, lost))
      // whole milliseconds, as timers are
      this.until = now + Math.ceil(Duration.toMillis(pause))
      this.after = lost
    })
  }

  /** For `Effect.retry`: dials again once everybody's pause is over, for as long as `isWanted`. */
  schedule(isWanted: () => boolean): Schedule.Schedule<number, ConnectionLost> {
    return Schedule.forever.pipe(
      Schedule.setInputType<ConnectionLost>(),
      Schedule.while(() => isWanted()),
      Schedule.modifyDelay(({ input }) => Effect.andThen(this.failed(input), this.left))
    )
  }

  /** The pauses begin again with the first; the present one goes on. */
  restart(): void {
    this.step = null
  }

  /** Whoever waits may dial. */
  endPause(): void {
    this.until = 0
  }

  /** Milliseconds until the next dial may begin. */
  readonly left: Effect.Effect<number> = Clock.clockWith((clock) => Effect.sync(() => this.leftAt(clock)))

  /** Waits until the pause is over, however often it is made longer. */
  readonly over: Effect.Effect<void> = Effect.gen({ self: this }, function* () {
    for (let left = yield* this.left; left > 0; left = yield* this.left) yield* Effect.sleep(Math.ceil(left))
  })

  /** Says at any moment when the next dial begins. */
  readonly describe: Effect.Effect<DescribeWait> = Clock.clockWith((clock) =>
    Effect.succeed(() => {
      const seconds = Math.ceil(this.leftAt(clock) / 1000)
      const { after } = this
      return after === null
        ? "waiting to be dialled"
        : `dials again in ${seconds} s, after ${after.reason}: ${after.detail}`
    })
  )

  private leftAt(clock: Clock.Clock): number {
    return Math.max(0, this.until - elapsed(clock))
  }
}
