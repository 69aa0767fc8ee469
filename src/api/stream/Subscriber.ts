// Owns what one client listens to: which channels of which markets, in which delivery, and by which patterns markets
// that appear later are taken in. A newcomer to a market first gets how it stands, or what it missed since a place it
// names; these first events are made for one market at a time, when `step` is called, and leave no faster than the
// client reads. Messages, connections and whose turn it is are others'. Invariants: the status of a market comes with
// its other channels, since a price without its state is half an answer; every topic held is released.
import { type ConsolidatedName, isConsolidated, isPeriodic, type MarketChannelName } from "../../domain/ChannelName.ts"
import type { Format } from "../../hub/Group.ts"
import type { Hub } from "../../hub/Hub.ts"
import type { MarketChannel } from "../../hub/MarketChannel.ts"
import type { Place } from "../../hub/Place.ts"
import type { Topic } from "../../hub/Topic.ts"
import type { MarketPattern } from "../../domain/MarketPattern.ts"
import type { ClientSink } from "./ClientSink.ts"
import { initialEvents } from "./initialEvents.ts"
import { InitialQueue, type PendingChannels } from "./InitialQueue.ts"
import type { Delivery } from "./Protocol.ts"
import { SendQueue } from "./SendQueue.ts"

/** What a client asks to hear, all of it known to exist. */
export interface Order {
  readonly channels: ReadonlyArray<MarketChannelName<string>>
  readonly consolidated: ReadonlyArray<ConsolidatedName>
  readonly markets: ReadonlyArray<MarketChannel>
  readonly patterns: ReadonlyArray<MarketPattern>
  readonly delivery: Delivery
  readonly since: ReadonlyMap<number, Place>
}

interface Standing {
  readonly pattern: MarketPattern
  readonly channels: ReadonlyArray<MarketChannelName<string>>
  readonly delivery: Delivery
}

/** No first events are made while more bytes than this wait for the client. */
const INITIAL_LIMIT = 1 << 20
const MAX_PATTERNS = 64
const STATUS = { kind: "status", name: "status" } as const

/** By channel name what is listened to; null where it is held only when it is opened. */
type Held = Map<string, Topic | null>

export class Subscriber {
  readonly queues: Readonly<Record<Delivery, SendQueue>>
  private readonly hub: Hub
  private readonly sink: ClientSink
  private readonly format: Format
  private readonly limit: number
  private readonly wake: (subscriber: Subscriber) => void
  private readonly named = new Map<MarketChannel, Held>()
  private readonly consolidated: Held = new Map()
  private readonly standing = new Map<string, Standing>()
  private readonly initial = new InitialQueue()
  private readonly forget: () => void
  private held = 0
  private closed = false

  /**
   * `wake` is called when there is something to do: who is called sees to it that `step` is, until that gives false.
   */
  constructor(hub: Hub, sink: ClientSink, format: Format, limit: number, wake: (subscriber: Subscriber) => void) {
    this.hub = hub
    this.sink = sink
    this.format = format
    this.limit = limit
    this.wake = wake
    this.queues = {
      lossless: new SendQueue("lossless", sink, hub.fanout, format),
      latest: new SendQueue("latest", sink, hub.fanout, format)
    }
    this.forget = hub.onAppeared(this.appeared)
  }

  /** Why an order is more than one client may hold; null if it is not. */
  refusal({ channels, consolidated, markets, patterns }: Order): string | null {
    const fresh = (market: MarketChannel): number => {
      const held = this.named.get(market)
      return held === undefined ? channels.length : channels.filter(({ name }) => !held.has(name)).length
    }
    const more = consolidated.filter(({ name }) => !this.consolidated.has(name)).length
    const wanted = this.held + more + markets.reduce((sum, market) => sum + fresh(market), 0)
    if (wanted > this.limit) {
      return `${limited(this.limit)}; this would make ${wanted}`
    }
    const texts = new Set([...this.standing.keys(), ...patterns.map(({ text }) => text)])
    return texts.size > MAX_PATTERNS ? `A connection may hold ${MAX_PATTERNS} patterns` : null
  }

  /** Begins to send what was ordered; the order must not be refused. */
  subscribe({ channels, consolidated, markets, patterns, delivery, since }: Order): void {
    for (const pattern of patterns) {
      const known = this.standing.get(pattern.text)?.channels ?? []
      const added = channels.filter(({ name }) => known.every((one) => one.name !== name))
      this.standing.set(pattern.text, { pattern, channels: [...known, ...added], delivery })
    }
    for (const market of markets) this.listen(market, channels, delivery, since.get(market.id) ?? null)
    for (const name of consolidated) {
      if (!this.consolidated.has(name.name)) {
        this.held++
        this.consolidated.set(name.name, null)
      }
      this.initial.put({ market: null, names: [name], delivery, since: null })
    }
    this.wake(this)
  }

  unsubscribe({ channels, consolidated, markets, patterns }: Omit<Order, "delivery" | "since">): void {
    this.queues.lossless.flush()
    this.queues.latest.flush()
    for (const { text } of patterns) {
      const known = this.standing.get(text)
      const left = known?.channels.filter(({ name }) => channels.every((one) => one.name !== name)) ?? []
      if (known !== undefined && left.length > 0) this.standing.set(text, { ...known, channels: left })
      else this.standing.delete(text)
    }
    for (const { name } of consolidated) this.release(null, this.consolidated, name)
    for (const market of markets) {
      const held = this.named.get(market)
      if (held === undefined) continue
      for (const { name } of channels) this.release(market, held, name)
      if (held.size > 0) continue
      this.named.delete(market)
      this.initial.drop(market, "status")
      this.leave(market.topic("status"))
    }
    this.wake(this)
  }

  /** The client has read all that was written: what waited for that goes on. */
  drained(): void {
    if (!this.closed) this.wake(this)
  }

  /** Opens one market, or sends a slow client what it missed; true if there is more to do that the client can take. */
  step(): boolean {
    if (this.closed) return false
    if (!this.initial.empty && this.sink.unsent < INITIAL_LIMIT) {
      const pending = this.initial.take()
      if (pending !== undefined) this.open(pending)
      return true
    }
    if (this.initial.empty) {
      this.queues.lossless.settle()
      this.queues.latest.settle()
    }
    return this.queues.latest.catchUp()
  }

  close(): void {
    if (this.closed) return
    this.closed = true
    this.forget()
    this.initial.clear()
    const now = this.hub.now()
    for (const [market, held] of this.named) {
      for (const topic of held.values()) topic?.release(now)
      market.topic("status").release(now)
    }
    for (const topic of this.consolidated.values()) topic?.release(now)
    this.queues.lossless.close()
    this.queues.latest.close()
  }

  private readonly appeared = (market: MarketChannel): void => {
    for (const { pattern, channels, delivery } of this.standing.values()) {
      if (!pattern.matches(market.tag)) continue
      if (this.held + channels.length <= this.limit) {
        this.listen(market, channels, delivery, null)
        // it has nothing to say yet, so that it waits for no turn, and misses nothing of its beginning
        const pending = this.initial.takeOf(market)
        if (pending !== undefined) this.open(pending)
      } else this.sink.warn("/markets", `${market.tag} fits ${pattern.text} and is left out: ${limited(this.limit)}`)
    }
    this.wake(this)
  }

  private listen(
    market: MarketChannel,
    channels: ReadonlyArray<MarketChannelName<string>>,
    delivery: Delivery,
    since: Place | null
  ): void {
    if (channels.length === 0) return
    let held = this.named.get(market)
    if (held === undefined) {
      this.named.set(market, (held = new Map()))
      market.topic("status").hold()
    }
    for (const name of channels) {
      if (held.has(name.name)) continue
      this.held++
      // a channel at intervals makes an event as soon as it is held: that is work of its opening
      const topic = isPeriodic(name) ? null : market.topic(name.kind)
      topic?.hold()
      held.set(name.name, topic)
    }
    const others = channels.filter((name) => name.kind !== "status" && !isPeriodic(name))
    this.initial.put({ market, names: [STATUS, ...others], delivery, since })
    // each is a piece of work of its own, and is never resumed
    for (const name of channels.filter(isPeriodic)) this.initial.put({ market, names: [name], delivery, since: null })
  }

  private open({ market, names, delivery, since }: PendingChannels): void {
    const queue = this.queues[delivery]
    const other = this.queues[delivery === "lossless" ? "latest" : "lossless"]
    // what was gathered before leaves first: what is sent now says it too
    queue.flush()
    other.flush()
    const topics = names.map((name) => this.topicOf(market, name))
    for (const topic of topics) other.drop(topic)
    for (const chunk of initialEvents(market, topics, since)) this.sink.write(this.format.encode(chunk))
    queue.add(topics)
  }

  private topicOf(market: MarketChannel | null, name: MarketChannelName<string> | ConsolidatedName): Topic {
    const held = market === null ? this.consolidated : this.named.get(market)
    const known = held?.get(name.name)
    if (known !== undefined && known !== null) return known
    if (market !== null && name.kind === "status") return market.topic("status")
    const topic = isConsolidated(name) ? this.hub.consolidatedTopic(name) : this.hub.topicOf(market!, name)
    topic.hold()
    held?.set(name.name, topic)
    return topic
  }

  private release(market: MarketChannel | null, held: Held, name: string): void {
    const topic = held.get(name)
    if (topic === undefined) return
    held.delete(name)
    this.held--
    // the status that came with other channels stays as long as they do
    if (name === "status" && held.size > 0) {
      topic?.release(this.hub.now())
      return
    }
    this.initial.drop(market, name)
    if (topic !== null) this.leave(topic)
  }

  private leave(topic: Topic): void {
    topic.release(this.hub.now())
    this.queues.lossless.drop(topic)
    this.queues.latest.drop(topic)
  }
}

const limited = (limit: number): string =>
  `A connection may hold ${limit} subscriptions, counted as channel times market`
