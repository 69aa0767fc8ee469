// Owns how the service's process fares, read from its own /metrics once a second: heap, resident memory, processor time
// and frames. Invariant: of a span the least is taken, since the heap between two collections says nothing.
export interface Vitals {
  readonly at: number
  readonly heap: number
  readonly rss: number
  readonly cpuSeconds: number
  readonly frames: number
}

const EVERY = 1_000

export class Memory {
  readonly vitals: Array<Vitals> = []
  private readonly url: string
  private isOver = false

  constructor(url: string) {
    this.url = url
  }

  async run(): Promise<void> {
    while (!this.isOver) {
      const now = await readVitals(this.url)
      if (now !== null) this.vitals.push(now)
      await new Promise((resolve) => setTimeout(resolve, EVERY))
    }
  }

  stop(): void {
    this.isOver = true
  }

  /** The heap between two collections is no growth: waits up to `ms` until it was seen below `bytes`. */
  async settle(bytes: number, ms: number): Promise<void> {
    const begun = Date.now()
    while (this.least(0.85, 1).heap > bytes && Date.now() - begun < ms)
      await new Promise((resolve) => setTimeout(resolve, EVERY))
  }

  /** The least heap and resident memory of a part of the run: from 0 to 1 is all of it. */
  least(from: number, to: number): { readonly heap: number; readonly rss: number } {
    const { length } = this.vitals
    const part = this.vitals.slice(Math.floor(from * length), Math.max(1, Math.ceil(to * length)))
    const least = (of: (one: Vitals) => number): number =>
      part.reduce((least, one) => Math.min(least, of(one)), Infinity)
    return { heap: least(({ heap }) => heap), rss: least(({ rss }) => rss) }
  }
}

/** One reading; null: the service did not answer. */
export const readVitals = async (url: string): Promise<Vitals | null> => {
  const answer = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(5_000) }).catch(() => null)
  if (answer === null || !answer.ok) return null
  const text = await answer.text()
  const sum = (name: string): number =>
    text
      .split("\n")
      .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
      .reduce((total, line) => total + Number(line.slice(line.lastIndexOf(" "))), 0)
  return {
    at: Date.now(),
    heap: sum("nodejs_heap_size_used_bytes"),
    rss: sum("process_resident_memory_bytes"),
    cpuSeconds: sum("process_cpu_seconds_total"),
    frames: sum("level4_feed_frames_total")
  }
}
