// Owns the clocks of channels that are sent at intervals: one timer an interval, as long as anybody listens to one of
// its topics. What is sent is the content's. Invariants: an interval is one of those that a name may ask for, which
// bounds the timers; what did not change since the last tick is not sent again.
import type { EncodedEvent, EventSource } from "./EncodedEvent.ts"
import type { Cancel, Timers } from "./Timers.ts"
import { Topic } from "./Topic.ts"

export interface Content {
  /** Null for what is over several markets. */
  readonly market: EventSource["market"]
  /** Changes whenever the content may have. */
  readonly stamp: () => number
  /** The event of now, and of it what must differ from the last one sent. */
  readonly make: (topic: Topic) => { readonly event: EncodedEvent; readonly body: string }
}

interface Clock {
  readonly cancel: Cancel
  readonly ticks: Set<() => void>
}

export class Tickers {
  private readonly clocks = new Map<number, Clock>()
  private readonly timers: Timers

  constructor(timers: Timers) {
    this.timers = timers
  }

  /** A topic that is sent at an interval; `gone` when nobody holds it any more. */
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
      topic.publish(made.event)
    }
    const topic: Topic = new Topic({
      id,
      name,
      market: content.market,
      newest: () => content.make(topic).event,
      linger: 0,
      changed: (heard) => {
        if (heard) {
          // whoever listens first gets how things stand; the first tick need not repeat it
          stamp = content.stamp()
          body = content.make(topic).body
          return this.start(interval, tick)
        }
        this.stop(interval, tick)
        gone()
      }
    })
    return topic
  }

  close(): void {
    for (const { cancel } of this.clocks.values()) cancel()
    this.clocks.clear()
  }

  private start(interval: number, tick: () => void): void {
    const known = this.clocks.get(interval)
    if (known !== undefined) return void known.ticks.add(tick)
    const ticks = new Set([tick])
    const cancel = this.timers.every(interval, () => {
      for (const each of ticks) each()
    })
    this.clocks.set(interval, { cancel, ticks })
  }

  private stop(interval: number, tick: () => void): void {
    const clock = this.clocks.get(interval)
    if (clock === undefined) return
    clock.ticks.delete(tick)
    if (clock.ticks.size > 0) return
    clock.cancel()
    this.clocks.delete(interval)
  }
}
