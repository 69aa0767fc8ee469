// Owns the time of one simulation in a test: what is due later runs in order of time, as the test lets time pass.
// Invariant: time never goes back, and whatever is due before the end of a span has run by then.

interface Later {
  readonly due: number
  readonly run: () => void
}

export class Timeline {
  /** Microseconds since 1970. */
  at: number
  private readonly later: Array<Later> = []

  constructor(begin: number) {
    this.at = begin
  }

  after(micros: number, run: () => void): void {
    this.later.push({ due: this.at + micros, run })
  }

  /** Lets time pass; `settle` is called after each thing that ran. */
  pass(micros: number, settle: () => void): void {
    const end = this.at + micros
    for (;;) {
      const next = this.later.reduce<Later | null>((first, one) => (first && first.due <= one.due ? first : one), null)
      if (next === null || next.due > end) break
      this.later.splice(this.later.indexOf(next), 1)
      this.at = Math.max(this.at, next.due)
      next.run()
      settle()
    }
    this.at = end
  }
}
