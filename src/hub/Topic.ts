// Owns one thing that can be listened to, such as the trades of a market: who listens, how much was sent, and what a
// newcomer gets first. Its events come from a market's channel or from a ticker; how they reach clients is the groups'.
// Invariant: a topic is heard while anybody holds it, and for `linger` milliseconds after, so that who comes back at
// once finds what was sent meanwhile.
import type { EncodedEvent, EventSource } from "./EncodedEvent.ts"

/** Whoever gets a topic's events: a group of clients. */
interface Listener {
  add(event: EncodedEvent): void
}

export interface TopicOptions {
  readonly id: number
  readonly name: string
  readonly market: EventSource["market"]
  readonly newest: () => EncodedEvent | null
  /** The newest is one of the events that were sent. */
  readonly newestIsSent?: boolean
  /** A newcomer gets the newest first. */
  readonly opensWithNewest?: boolean
  /** Milliseconds. */
  readonly linger: number
  /** It begins or ends to be heard. */
  readonly changed: (heard: boolean) => void
}

export class Topic implements EventSource {
  readonly id: number
  readonly name: string
  readonly market: EventSource["market"]
  readonly newest: () => EncodedEvent | null
  readonly newestIsSent: boolean
  readonly groups = new Set<Listener>()
  count = 0
  skipped = 0
  private readonly opensWithNewest: boolean
  private readonly linger: number
  private readonly changed: (heard: boolean) => void
  private holders = 0
  private audible = false
  private leftAt = 0

  constructor({
    id,
    name,
    market,
    newest,
    newestIsSent = false,
    opensWithNewest = true,
    linger,
    changed
  }: TopicOptions) {
    this.id = id
    this.name = name
    this.market = market
    this.newest = newest
    this.newestIsSent = newestIsSent
    this.opensWithNewest = opensWithNewest
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

  /** What a newcomer gets first; null for nothing. */
  first(): EncodedEvent | null {
    return this.opensWithNewest ? this.newest() : null
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

  publish(event: EncodedEvent): void {
    this.count++
    for (const group of this.groups) group.add(event)
  }
}
