// Owns one thing that can be listened to, such as the trades of a market: who listens, how much was told, and what a
// newcomer is told first. What is told comes from a market's channel or from a ticker; how it reaches clients is the
// groups'.
// Invariant: a topic is heard while anybody holds it, and for `linger` milliseconds after, so that who comes back at
// once finds what was told meanwhile.
import type { Group } from "./Group.ts"
import type { MarketChannel } from "./MarketChannel.ts"

/** An event as JSON text, made once for all who hear it. */
export interface Told {
  readonly topic: Topic
  readonly type: string
  readonly epoch: number
  readonly seq: number
  readonly text: string
}

export class Topic {
  readonly id: number
  /** The channel's name, e.g. `trade` or `book_snapshot_25_100ms`. */
  readonly name: string
  /** Null for a channel over several markets. */
  readonly market: MarketChannel | null
  /** The state of now as one event; null where there is none to tell. */
  readonly newest: () => Told | null
  readonly groups = new Set<Group>()
  /** Events told so far, to whomever. */
  count = 0
  /** Events left out so far for clients that were too slow, all of them together. */
  skipped = 0
  private readonly linger: number
  private readonly changed: (heard: boolean) => void
  private holders = 0
  private audible = false
  private leftAt = 0

  constructor(
    id: number,
    name: string,
    market: MarketChannel | null,
    newest: () => Told | null,
    linger: number,
    changed: (heard: boolean) => void
  ) {
    this.id = id
    this.name = name
    this.market = market
    this.newest = newest
    this.linger = linger
    this.changed = changed
  }

  get heard(): boolean {
    return this.audible
  }

  /** Subscriptions that listen to it now. */
  get listeners(): number {
    return this.holders
  }

  get held(): boolean {
    return this.holders > 0
  }

  hold(): void {
    this.holders++
    if (this.audible) return
    this.audible = true
    this.changed(true)
  }

  release(now: number): void {
    this.holders--
    this.leftAt = now
    if (this.linger === 0) this.rest(now)
  }

  /** Falls silent when nobody came back in time. */
  rest(now: number): void {
    if (!this.audible || this.holders > 0 || now - this.leftAt < this.linger) return
    this.audible = false
    this.changed(false)
  }

  tell(told: Told): void {
    this.count++
    for (const group of this.groups) group.add(told)
  }
}
