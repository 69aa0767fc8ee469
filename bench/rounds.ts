// Owns how the benchmarks measure on machines that are shared and noisy: the contestants take turns in every round, so
// that what slows the machine slows all of them; rounds are many and of about a millisecond, so that most of them pass
// before another process takes the turn; and medians are compared. Only ratios within one run are worth quoting.
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"

export const median = (values: ReadonlyArray<number>): number => values.toSorted((a, b) => a - b)[values.length >> 1]!

const timed = (work: () => void): number => {
  const begun = process.hrtime.bigint()
  work()
  return Number(process.hrtime.bigint() - begun)
}

interface Play {
  readonly rounds: number
  /** Rounds before them that do not count. */
  readonly warm: number
  /** Done before each turn, which it is no part of. */
  readonly prepare?: () => void
}

/** Contestants who take turns, in the order given. */
export class Competition<Name extends string> {
  private readonly contestants: ReadonlyArray<{ readonly name: Name; readonly work: () => void }>
  private readonly times: ReadonlyMap<Name, Array<number>>

  constructor(contestants: Readonly<Record<Name, () => void>>) {
    const names = Object.keys(contestants) as Array<Name>
    this.contestants = names.map((name) => ({ name, work: contestants[name] }))
    this.times = new Map(names.map((name) => [name, []]))
  }

  /** Lets each contestant work once a round; rounds of several plays count together. */
  play({ rounds, warm, prepare }: Play): this {
    for (let round = -warm; round < rounds; round++) {
      for (const { name, work } of this.contestants) {
        prepare?.()
        const took = timed(work)
        if (round >= 0) this.times.get(name)!.push(took)
      }
    }
    return this
  }

  /** Median nanoseconds of a round. */
  time(name: Name): number {
    return median(this.times.get(name)!)
  }

  /** Median of the rounds' own ratios: neighbours in time share the machine's mood. */
  ratio(name: Name, to: Name): number {
    const others = this.times.get(to)!
    return median(this.times.get(name)!.map((time, round) => time / others[round]!))
  }
}

setFlagsFromString("--expose-gc")
export const collectGarbage = runInNewContext("gc") as () => void

/** Bytes that `step` allocates on the heap a call; calls in which garbage was collected meanwhile are left out. */
export const allocated = (calls: number, step: (call: number) => void): number => {
  collectGarbage()
  let bytes = 0
  let counted = 0
  for (let call = 0; call < calls; call++) {
    const before = process.memoryUsage().heapUsed
    step(call)
    const grown = process.memoryUsage().heapUsed - before
    if (grown < 0) continue
    bytes += grown
    counted++
  }
  return counted === 0 ? 0 : bytes / counted
}
