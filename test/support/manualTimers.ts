// Owns timers under a test's hand: time stands still until the test moves it, and what is due then rings in order.
import type { Timers } from "../../src/hub/Timers.ts"

interface Pending {
  at: number
  readonly ring: () => void
  readonly interval: number | null
}

export class ManualTimers implements Timers {
  /** Milliseconds. */
  time: number
  private readonly pending = new Set<Pending>()

  constructor(time = 0) {
    this.time = time
  }

  now(): number {
    return this.time
  }

  after(delay: number, ring: () => void): () => void {
    return this.add({ at: this.time + delay, ring, interval: null })
  }

  every(interval: number, ring: () => void): () => void {
    return this.add({ at: this.time + interval, ring, interval })
  }

  /** Timers that wait. */
  get waiting(): number {
    return this.pending.size
  }

  advance(milliseconds: number): void {
    const until = this.time + milliseconds
    for (;;) {
      const next = [...this.pending].filter(({ at }) => at <= until).toSorted((a, b) => a.at - b.at)[0]
      if (next === undefined) break
      this.time = Math.max(this.time, next.at)
      if (next.interval === null) this.pending.delete(next)
      else next.at += next.interval
      next.ring()
    }
    this.time = until
  }

  private add(pending: Pending): () => void {
    this.pending.add(pending)
    return () => this.pending.delete(pending)
  }
}
