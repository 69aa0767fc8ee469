// Owns one limit of a venue as arithmetic: so much weight in any window of time, and pauses that the venue imposes. It
// keeps no clock and waits for nobody; RateQueue does. Invariant: no window of `perMs`, wherever it begins, ever holds
// more than `count`; a window is stretched by GUARD, since what leaves us evenly arrives at the venue bunched.
export interface Rate {
  readonly count: number
  readonly perMs: number
}

const GUARD = (perMs: number): number => perMs * 1.02 + 100

export class Allowance {
  readonly rate: Rate
  private readonly window: number
  /** What was spent, oldest first; entries leave with the window, so there are at most `count`. */
  private readonly spent: Array<{ readonly at: number; readonly weight: number }> = []
  private used = 0
  private blockedUntil = 0

  constructor(rate: Rate) {
    this.rate = rate
    this.window = GUARD(rate.perMs)
  }

  /**
   * Milliseconds until `weight` fits after `ahead` was spent by others; 0: now. What is heavier than the window counts
   * as all of it.
   */
  wait(weight: number, now: number, ahead = 0): number {
    this.forget(now)
    const needed = ahead + Math.min(weight, this.rate.count)
    const rounds = Math.ceil(needed / this.rate.count) - 1
    const rest = needed - rounds * this.rate.count
    let free = this.rate.count - this.used
    let at = Math.max(now, this.blockedUntil)
    for (let i = 0; free < rest && i < this.spent.length; i++) {
      free += this.spent[i]!.weight
      at = Math.max(at, this.spent[i]!.at + this.window)
    }
    return at + rounds * this.window - now
  }

  spend(weight: number, now: number): void {
    const counted = Math.min(weight, this.rate.count)
    this.spent.push({ at: now, weight: counted })
    this.used += counted
  }

  /** Takes back the newest spending of this weight: what it paid for never reached the venue. */
  refund(weight: number): void {
    const index = this.spent.findLastIndex((entry) => entry.weight === Math.min(weight, this.rate.count))
    if (index < 0) return
    this.used -= this.spent[index]!.weight
    this.spent.splice(index, 1)
  }

  /** Nothing passes before `until`, milliseconds on the caller's clock. */
  block(until: number): void {
    this.blockedUntil = Math.max(this.blockedUntil, until)
  }

  /** Milliseconds that a pause of the venue still lasts; 0: none. */
  blockedFor(now: number): number {
    return Math.max(0, this.blockedUntil - now)
  }

  /** What may still be spent now. */
  left(now: number): number {
    this.forget(now)
    return this.blockedUntil > now ? 0 : this.rate.count - this.used
  }

  private forget(now: number): void {
    while (this.spent.length > 0 && this.spent[0]!.at + this.window <= now) this.used -= this.spent.shift()!.weight
  }
}
