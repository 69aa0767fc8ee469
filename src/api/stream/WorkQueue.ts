// Owns when the work that stream clients ask for is done: messages read and answered, books opened. It is done piece by
// piece, in turns of at most SLICE milliseconds, one turn each time the event loop comes by, so that frames of feeds
// and the events of other clients are never behind more than one turn. Who has work is served round after round, one
// piece each; whose budget is spent waits until it has refilled. Invariants: what a piece took is spent from every
// budget of its job; no timer is left when there is no work. The next turn of the event loop is waited for by
// setImmediate, since it is that turn's order, and no time, that matters.
import type { Cancel, Timers } from "../../hub/Timers.ts"
import type { TimeBudget } from "./TimeBudget.ts"

export interface Job {
  readonly budgets: ReadonlyArray<TimeBudget>
  /** Does one piece; true if there is more to do at once. */
  step(): boolean
  /** Its work has to wait for this budget. */
  held?(budget: TimeBudget): void
}

/**
 * CPU time of this thread, in milliseconds. Work is paid in it first: what other programs take of the machine is no
 * client's fault.
 */
const threadCpu = (): number => {
  const { system, user } = process.threadCpuUsage()
  return (user + system) / 1_000
}

const SLICE = 1
/**
 * Where other programs take the processor away in the middle of a piece, everybody here waits for it: so it costs its
 * client that time as well, up to so many times what it took itself.
 */
const STARVED = 4
/** The longest that a job waits before its budgets are looked at again. */
const LONGEST = 1_000

export class WorkQueue {
  private readonly timers: Timers
  private readonly spent: () => number
  private readonly ready = new Set<Job>()
  private readonly waiting = new Map<Job, number>()
  private soon: NodeJS.Immediate | null = null
  private later: Cancel | null = null

  /** `spent`: milliseconds of work done so far, by the processor. */
  constructor(timers: Timers, spent: () => number = threadCpu) {
    this.timers = timers
    this.spent = spent
  }

  /** The time by which budgets refill. */
  now(): number {
    return this.timers.now()
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
    this.later?.()
    this.soon = null
    this.later = null
  }

  /** Counts what something takes that is done for a job outside of its turn. */
  pay<A>(job: Job, work: () => A): A {
    const begun = this.now()
    const before = this.spent()
    try {
      return work()
    } finally {
      const spent = this.spent() - before
      const took = Math.max(spent, Math.min(this.now() - begun, STARVED * spent))
      for (const budget of job.budgets) budget.spend(took)
    }
  }

  private readonly turn = (): void => {
    this.soon = null
    const begun = this.now()
    do {
      const [job] = this.ready
      if (job === undefined) break
      this.ready.delete(job)
      if (this.mustWait(job)) continue
      // a job that wants more goes to the end
      if (this.pay(job, () => job.step())) this.ready.add(job)
    } while (this.now() - begun < SLICE)
    if (this.ready.size > 0) this.soon ??= setImmediate(this.turn)
    this.alarm()
  }

  private mustWait(job: Job): boolean {
    const now = this.now()
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
    this.later = this.timers.after(Math.max(1, first - this.now()), this.rung)
  }

  private readonly rung = (): void => {
    this.later = null
    const now = this.now()
    for (const [job, until] of this.waiting) {
      if (until > now) continue
      this.waiting.delete(job)
      this.want(job)
    }
    this.alarm()
  }
}
