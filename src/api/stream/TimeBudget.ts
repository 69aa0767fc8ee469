// Owns how much of the process's time somebody may take: a bucket of milliseconds that refills steadily. What is spent
// may be more than is there, since nobody knows before what a piece of work will take; the debt is waited for. Plain
// synchronous code, on the time that it is given. Invariant: over any span no more is spent than `burst`, `share` of
// the span, and one piece of work.
export class TimeBudget {
  private readonly share: number
  private readonly burst: number
  private left: number
  private at: number

  /** `share`: milliseconds a millisecond; `burst`: milliseconds that may be spent at once. */
  constructor(share: number, burst: number, now: number) {
    this.share = share
    this.burst = burst
    this.left = burst
    this.at = now
  }

  spend(milliseconds: number): void {
    this.left -= milliseconds
  }

  /** Milliseconds until something may be spent; 0 if it may now. */
  wait(now: number): number {
    this.left = Math.min(this.burst, this.left + Math.max(0, now - this.at) * this.share)
    this.at = Math.max(this.at, now)
    return this.left > 0 ? 0 : (1 - this.left) / this.share
  }

  /** True when nobody could tell it from a new one. */
  full(now: number): boolean {
    this.wait(now)
    return this.left >= this.burst
  }
}
