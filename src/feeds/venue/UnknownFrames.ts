// Owns how many frames that no schema knows one connection may send: each costs what many known ones do, since it is
// read twice. What a venue adds to its protocol comes with its markets' frames at most; what comes by the hundred
// thousand is meant to harm, or is another protocol. Plain arithmetic on a monotonic clock. Invariant: no more than
// BURST and A_SECOND times the seconds are read of a connection.

/** Several unknown channels for each market of the largest sockets. */
const A_SECOND = 1_000
const BURST = 10_000

export class UnknownFrames {
  private left = BURST
  private at: number

  constructor(now: number) {
    this.at = now
  }

  /** Counts one; false if it is one too many. `now`: milliseconds. */
  allows(now: number): boolean {
    if (this.left < 1) {
      // looked at only where the burst is spent, so that most frames cost no arithmetic
      this.left = Math.min(BURST, this.left + ((now - this.at) / 1000) * A_SECOND)
      this.at = now
      if (this.left < 1) return false
    }
    this.left--
    return true
  }
}
