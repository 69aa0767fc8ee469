// Owns how many frames that no schema knows one connection may send: each costs what many known ones do, since it is
// read twice. What a venue adds to its protocol comes with its markets' frames at most; what comes by the hundred
// thousand is meant to harm, or is another protocol. Plain arithmetic on the frames' own stamps, without a clock.
// Invariant: no more than BURST and A_SECOND times the seconds are read of a connection.
import { steadyMicros } from "../core/Now.ts"

/** Several unknown channels for each market of the largest sockets. */
const A_SECOND = 1_000
const BURST = 10_000

export class UnknownFrames {
  private left = BURST
  /** When the first frame came, and after that when the burst was spent last; null before. */
  private since: number | null = null

  /** Counts one; false if it is one too many. `at`: its stamp, in microseconds. */
  allows(at: number): boolean {
    this.since ??= steadyMicros(at)
    if (this.left < 1) {
      // looked at only where the burst is spent, so that most frames cost no arithmetic
      const now = steadyMicros(at)
      this.left = Math.min(BURST, this.left + ((now - this.since) / 1e6) * A_SECOND)
      this.since = now
      if (this.left < 1) return false
    }
    this.left--
    return true
  }
}
