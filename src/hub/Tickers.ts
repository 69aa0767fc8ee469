// Owns the clocks of channels that are told at intervals: one timer an interval, as long as anybody listens to one of
// its topics. What is told is the topic's. Invariants: an interval is one of INTERVALS, which bounds the timers; what
// did not change since the last tick is not told again.
import type { MarketChannel } from "./MarketChannel.ts"
import { Topic, type Told } from "./Topic.ts"

/** The intervals that can be asked for, in milliseconds. */
export const INTERVALS: ReadonlySet<number> = new Set([
  10, 20, 50, 100, 200, 250, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000
])

export interface Content {
  /** Null for what is over several markets. */
  readonly market: MarketChannel | null
  /** Changes whenever the content may have. */
  readonly stamp: () => number
  /** The event of now, and of it what must differ from the last one told. */
  readonly make: (topic: Topic) => { readonly told: Told; readonly body: string }
}

interface Clock {
  readonly timer: NodeJS.Timeout
  readonly ticks: Set<() => void>
}

export class Tickers {
  private readonly clocks = new Map<number, Clock>()

  /** A topic told at an interval; `gone` when nobody holds it any more. */
  topic(id: number, name: string, interval: number, content: Content, gone: () => void): Topic {
    let stamp = NaN
    let body = ""
    const tick = (): void => {
      const now = content.stamp()
      if (now === stamp) return
      stamp = now
      const made = content.make(topic)
      if (made.body === body) return
      body = made.body
      topic.tell(made.told)
    }
    const topic: Topic = new Topic(
      id,
      name,
      content.market,
      () => content.make(topic).told,
      0,
      (heard) => {
        if (heard) {
          // whoever listens first is told how things stand; the first tick need not repeat it
          stamp = content.stamp()
          body = content.make(topic).body
          return this.start(interval, tick)
        }
        this.stop(interval, tick)
        gone()
      }
    )
    return topic
  }

  close(): void {
    for (const { timer } of this.clocks.values()) clearInterval(timer)
    this.clocks.clear()
  }

  private start(interval: number, tick: () => void): void {
    const known = this.clocks.get(interval)
    if (known !== undefined) return void known.ticks.add(tick)
    const ticks = new Set([tick])
    const timer = setInterval(() => {
      for (const each of ticks) each()
    }, interval)
    this.clocks.set(interval, { timer, ticks })
  }

  private stop(interval: number, tick: () => void): void {
    const clock = this.clocks.get(interval)
    if (clock === undefined) return
    clock.ticks.delete(tick)
    if (clock.ticks.size > 0) return
    clearInterval(clock.timer)
    this.clocks.delete(interval)
  }
}
