// Owns when markets move: each has its rate in moves a second, and a turn is given to all whose time has come, round
// and round, so that under load all become slower and none starves. Invariant: a turn ends after BUDGET, and what could
// not be done within a second is left out and counted, never piled up.
import { randomOf } from "./Random.ts"

/** Milliseconds of one turn; the rest of the time belongs to sockets. */
const BUDGET = 8
const LOOK_EVERY = 16

interface Entry {
  readonly move: (at: number) => void
  rate: number
  credit: number
}

export class MarketClock {
  private readonly entries: Array<Entry> = []
  private readonly rand: () => number
  private next = 0
  private last: number
  moves = 0
  private missed = 0

  /** `at`: microseconds since 1970, as all times here. */
  constructor(seed: string, at: number) {
    this.rand = randomOf(`clock/${seed}`)
    this.last = at
  }

  /** Moves that there was no time for. */
  get leftOut(): number {
    return Math.floor(this.missed)
  }

  /** Adds a market; `setRate` changes its moves a second. */
  add(rate: number, move: (at: number) => void): { readonly setRate: (rate: number) => void } {
    const entry = { move, rate, credit: this.rand() }
    this.entries.push(entry)
    return {
      setRate: (rate) => {
        entry.rate = rate
      }
    }
  }

  /** Gives a turn. `busyMs`: milliseconds of a steady clock. */
  turn(at: number, busyMs: () => number): void {
    const seconds = Math.max(0, at - this.last) / 1_000_000
    this.last = at
    for (const entry of this.entries) {
      entry.credit += entry.rate * seconds
      const most = Math.max(2, entry.rate)
      if (entry.credit <= most) continue
      this.missed += entry.credit - most
      entry.credit = most
    }
    const begun = busyMs()
    const { length } = this.entries
    for (let done = 0, idle = 0; idle < length; done++) {
      if (done % LOOK_EVERY === 0 && busyMs() - begun > BUDGET) return
      const entry = this.entries[this.next % length]!
      this.next = (this.next + 1) % length
      if (entry.credit < 1) {
        idle++
        continue
      }
      idle = 0
      entry.credit--
      this.moves++
      entry.move(at)
    }
  }
}
