// Owns when the work that stream clients ask for is done: messages read and answered, books opened. It is done piece by
// piece, in turns of at most SLICE milliseconds, one turn each time the event loop comes by, so that frames of feeds
// and the events of other clients are never behind more than one turn. Who has work is served round after round, one
// piece each; whose budget is spent waits until it has refilled. Invariants: what a piece took is spent from every
// budget of its job; no timer is left when there is no work.
import type { TimeBudget } from "./TimeBudget.ts"

export interface Job {
  readonly budgets: ReadonlyArray<TimeBudget>
  /** Does one piece; true if there is more to do at once. */
  step(): boolean
  /** Its work has to wait for this budget. */
  held?(budget: TimeBudget): void
}

/** What tells the time: of the clock, and of the processor as this thread has used it. Milliseconds. */
export interface Clocks {
  readonly now: () => number
  readonly spent: () => number
}

/**
 * The clocks of this thread. Work is paid in CPU time first: what other programs take of the machine is no client's
 * fault.
 */
export const threadClocks: Clocks = {
  now: () => performance.now(),
  spent: () => {
    const { system, user } = process.threadCpuUsage()
    return (user + system) / 1_000
  }
}

const SLICE = 1
/**
 * Where other programs take the processor away in the middle of a piece, everybody here waits for it: so it costs its
 * client that time as well, up to so many times what it took itself.
 */
const STARVED = 4
/** The longest that a job waits before its budgets are looked at again. */
const LONGEST = 1_000

export class Turns {
  private readonly clocks: Clocks
  private readonly ready = new Set<Job>()
  private readonly waiting = new Map<Job, number>()
  private soon: NodeJS.Immediate | null = null
  private later: NodeJS.Timeout | null = null

  constructor(clocks: Clocks = threadClocks) {
    this.clocks = clocks
  }

  /** The time by which budgets refill. */
  now(): number {
    return this.clocks.now()
  }

  /** There is something to do for this job. */
  want(job: Job): void {
    if (this.waiting.has(job)) return
    this.ready.add(job)
    this.soon ??= setImmediate(this.turn)
  }

  /** There is nothing to do for it any more. */
  drop(job: Job): void {
    this.ready.delete(job)
    this.waiting.delete(job)
  }

  close(): void {
    this.ready.clear()
    this.waiting.clear()
    if (this.soon !== null) clearImmediate(this.soon)
    if (this.later !== null) clearTimeout(this.later)
    this.soon = null
    this.later = null
  }

  /** Counts what something takes that is done for a job outside of its turn. */
  pay<A>(job: Job, work: () => A): A {
    const begun = this.clocks.now()
    const before = this.clocks.spent()
    try {
      return work()
    } finally {
      const spent = this.clocks.spent() - before
      const took = Math.max(spent, Math.min(this.clocks.now() - begun, STARVED * spent))
      for (const budget of job.budgets) budget.spend(took)
    }
  }

  private readonly turn = (): void => {
    this.soon = null
    const begun = this.clocks.now()
    do {
      const [job] = this.ready
      if (job === undefined) break
      this.ready.delete(job)
      if (this.mustWait(job)) continue
      // a job that wants more goes to the end
      if (this.pay(job, () => job.step())) this.ready.add(job)
    } while (this.clocks.now() - begun < SLICE)
    if (this.ready.size > 0) this.soon ??= setImmediate(this.turn)
    this.alarm()
  }

  private mustWait(job: Job): boolean {
    const now = this.clocks.now()
    for (const budget of job.budgets) {
      const wait = budget.wait(now)
      if (wait === 0) continue
      this.waiting.set(job, now + Math.min(wait, LONGEST))
      job.held?.(budget)
      return true
    }
    return false
  }

  /** One timer, for whoever waits the shortest. */
  private alarm(): void {
    if (this.later !== null || this.waiting.size === 0) return
    const first = Math.min(...this.waiting.values())
    this.later = setTimeout(this.rung, Math.max(1, first - this.clocks.now()))
  }

  private readonly rung = (): void => {
    this.later = null
    const now = this.clocks.now()
    for (const [job, until] of this.waiting) {
      if (until > now) continue
      this.waiting.delete(job)
      this.want(job)
    }
    this.alarm()
  }
}
