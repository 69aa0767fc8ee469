// Owns how the benchmarks measure on machines that are shared and noisy: the contestants take turns in every round, so that
// what slows the machine slows all of them; rounds are many and of about a millisecond, so that most of them pass before
// another process takes the turn; and medians are compared. Only ratios within one run are worth quoting.
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"

export const median = (values: ReadonlyArray<number>): number => values.toSorted((a, b) => a - b)[values.length >> 1]!

const timed = (work: () => void): number => {
  const begun = process.hrtime.bigint()
  work()
  return Number(process.hrtime.bigint() - begun)
}

export class Competition<Name extends string> {
  private readonly times: ReadonlyMap<Name, ReadonlyArray<number>>
  constructor(times: ReadonlyMap<Name, ReadonlyArray<number>>) {
    this.times = times
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

/**
 * Lets each contestant work once a round, in the order given; `warm` rounds come before and are not counted, nor is what
 * `prepare` does before each turn.
 */
export const compete = <Name extends string>(
  contestants: Readonly<Record<Name, () => void>>,
  { rounds, warm, prepare }: { readonly rounds: number; readonly warm: number; readonly prepare?: () => void }
): Competition<Name> => {
  const names = Object.keys(contestants) as Array<Name>
  const times = new Map(names.map((name) => [name, [] as Array<number>]))
  for (let round = -warm; round < rounds; round++) {
    for (const name of names) {
      prepare?.()
      const took = timed(contestants[name])
      if (round >= 0) times.get(name)!.push(took)
    }
  }
  return new Competition(times)
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
