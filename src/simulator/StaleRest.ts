// Owns REST answers that are as old as a cache makes them: what a venue would have answered on the paths that were
// asked for, sampled while the fault lasts. Whether a call gets such an answer is SimulatedVenue's. Invariants: an
// answer has the ids and levels of one moment; paths and samples are bounded.
import type { RestAnswer } from "./Venue.ts"

const MAX_PATHS = 256
/** Microseconds between two samples. */
const EVERY = 200_000

interface Sample {
  readonly at: number
  readonly answer: RestAnswer | null
}

export class StaleRest {
  private readonly paths = new Map<string, Array<Sample>>()
  private sampledAt = 0

  /** Remembers a path that was asked for; the oldest goes when there are too many. */
  asked(path: string): void {
    const samples = this.paths.get(path) ?? []
    this.paths.delete(path)
    this.paths.set(path, samples)
    if (this.paths.size > MAX_PATHS) this.paths.delete(this.paths.keys().next().value!)
  }

  /** Samples every path, unless that was just done; keeps what is younger than `age` and one older. Microseconds. */
  sample(at: number, age: number, answer: (path: string) => RestAnswer | null): void {
    if (at - this.sampledAt < EVERY) return
    this.sampledAt = at
    for (const [path, samples] of this.paths) {
      samples.push({ at, answer: answer(path) })
      while (samples.length > 1 && samples[1]!.at <= at - age) samples.shift()
    }
  }

  /** The newest answer that is `age` old, or the oldest there is; undefined where there is none. */
  answer(path: string, at: number, age: number): RestAnswer | null | undefined {
    const samples = this.paths.get(path) ?? []
    return (samples.findLast((one) => one.at <= at - age) ?? samples[0])?.answer
  }

  /** The fault is over. */
  clear(): void {
    this.sampledAt = 0
    for (const samples of this.paths.values()) samples.length = 0
  }
}
