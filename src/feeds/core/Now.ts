// Owns the two clocks of a feed. `nowMicros` stamps what is received and sent: wall time in whole microseconds since
// 1970, read once a frame and handed down, so that everything below depends on the given time alone. `monotonicMillis`
// measures: every pause, budget and block runs on it, so that a wall clock that is set can neither stop nor hurry them.
// Invariants: nowMicros never goes back, unless the wall clock itself was set back by more than SMALL_STEP, which it
// follows within CHECK_EVERY of its next reading, as it follows every step forward; a stamp once given stays as it is.
import { Clock, Effect } from "effect"

/** Milliseconds of a clock that only runs forward; its origin means nothing. Tests drive it by TestClock. */
export const monotonicMillis: Effect.Effect<number> = Clock.clockWith((clock) => Effect.sync(() => elapsed(clock)))

/** The same, for plain code that was handed a clock. */
export const elapsed = (clock: Clock.Clock): number => Number(clock.monotonicTimeNanosUnsafe()) / 1e6

/** How often the wall clock is looked at; reading it for each frame would cost more than the frame's own stamp. */
const CHECK_EVERY = 1_000
/** The wall clock is read in whole milliseconds, and a difference below this is no step of it. */
const TOLERANCE = 20
/** A step back below this is waited out, so that stamps stay in order. */
const SMALL_STEP = 1_000
/** Two readings that are further apart were interrupted, and say nothing about the clocks. */
const TORN = 5

/** Wall time that runs evenly between steps. All in milliseconds, but for what `micros` gives. */
export class WallClock {
  private readonly wall: () => number
  private readonly elapsed: () => number
  /** Wall time at which `elapsed` was 0. */
  private origin: number
  private checkAt = 0
  private last = 0

  constructor(wall: () => number, elapsed: () => number, origin: number) {
    this.wall = wall
    this.elapsed = elapsed
    this.origin = origin
  }

  micros(): number {
    const now = this.elapsed()
    if (now >= this.checkAt) this.check(now)
    const micros = Math.round((this.origin + now) * 1000)
    if (micros > this.last) this.last = micros
    return this.last
  }

  /** A stamp of this clock as time that no set wall clock moves: differences alone mean something. */
  steady(micros: number): number {
    return micros - this.origin * 1000
  }

  private check(now: number): void {
    const wall = this.wall()
    if (this.elapsed() - now > TORN) return
    this.checkAt = now + CHECK_EVERY
    const step = wall - (this.origin + now)
    if (Math.abs(step) < TOLERANCE) return
    this.origin += step
    if (step < -SMALL_STEP) this.last = 0
  }
}

const clock = new WallClock(
  () => Date.now(),
  () => performance.now(),
  performance.timeOrigin
)

export const nowMicros = (): number => clock.micros()

/**
 * A stamp of a frame, given when it is new, as microseconds of a clock that only runs forward: what measures silence by
 * stamps must not take a step of the wall clock for one.
 */
export const steadyMicros = (at: number): number => clock.steady(at)
