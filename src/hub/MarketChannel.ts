// Owns what is heard of one market: the sink of its feed, a topic for each kind of event, and the ring for those who
// come back. The feed comes and goes; the channel stays for the process's life and carries epoch, seq and truth label
// from one run of the feed to the next. Which kinds there are is a table (domain/EventKinds.ts); how the market stands
// now is standing.ts's. Plain synchronous code on the frame's way.
// Invariants: nothing is made into text that nobody hears, but for kinds whose last event is kept; seq begins above
// every seq of an earlier process, and a place that names its process is never resumed in another, so that no foreign
// place is taken for one of ours.
import { byType, EVENT_KINDS, type EventKind, type EventKinds } from "../domain/EventKinds.ts"
import { type Market, type MarketId, tagOf } from "../domain/Market.ts"
import { type EventOfMarket, type EventSink, publisher } from "../feeds/core/FeedEvent.ts"
import { nowMicros } from "../feeds/core/Now.ts"
import type { LiveFeed } from "../feeds/market/LiveFeed.ts"
import type { EncodedEvent, EventSource } from "./EncodedEvent.ts"
import { EventRing, type RingAllowance } from "./EventRing.ts"
import type { Label } from "./idleLabel.ts"
import type { Place } from "./Place.ts"
import { standing } from "./standing.ts"
import { Topic } from "./Topic.ts"

/** How long the events of a topic are kept on when its last listener left, in milliseconds. */
const LINGER = 60_000

/** One kind of event in one market. */
interface KindHere {
  readonly kind: EventKind
  readonly topic: Topic
  /** Only what followed this seq was kept. */
  heardFrom: number
  /** The event of this kind that came last, where that is the newest state. */
  last: EncodedEvent | null
}

/** A table of kinds, made ready for all markets. */
export interface KindTable {
  readonly kinds: EventKinds
  readonly byType: ReturnType<typeof byType>
  readonly publish: ReturnType<typeof publisher>
}

export const kindTable = (kinds: EventKinds = EVENT_KINDS): KindTable => ({
  kinds,
  byType: byType(kinds),
  publish: publisher(kinds)
})

export interface MarketChannelOptions {
  readonly market: Market
  readonly firstSeq: number
  readonly allowance: RingAllowance
  readonly nextId: () => number
  /** What is true of the market before its feed first runs. */
  readonly idle: Label
  /** Names this process. */
  readonly run: string
  readonly table: KindTable
}

export class MarketChannel implements EventSink {
  readonly market: Market
  readonly tag: string
  /** The topics of this market that are sent at intervals, by channel name. */
  readonly periodic = new Map<string, Topic>()
  wanted = false
  private readonly byName = new Map<string, KindHere>()
  private readonly byType = new Map<string, KindHere>()
  private readonly ring: EventRing
  private readonly publish: KindTable["publish"]
  private running: LiveFeed | null = null
  private readonly run: string
  private place: Place
  /** The label while no feed runs. */
  private idle: Label
  private heard = 0

  constructor({ market, firstSeq, allowance, nextId, idle, run, table }: MarketChannelOptions) {
    this.market = market
    this.tag = tagOf(market)
    this.run = run
    this.place = { epoch: 0, seq: firstSeq }
    this.idle = idle
    this.ring = new EventRing(allowance)
    this.publish = table.publish
    for (const [name, kind] of Object.entries(table.kinds)) this.byName.set(name, this.kindHere(nextId(), name, kind))
    for (const [type, { name }] of table.byType) this.byType.set(type, this.byName.get(name)!)
  }

  /** Of each kind of event the topic. */
  get topics(): ReadonlyArray<Topic> {
    return [...this.byName.values()].map(({ topic }) => topic)
  }

  topic(kind: string): Topic {
    return this.byName.get(kind)!.topic
  }

  get id(): MarketId {
    return this.market.id
  }

  get feed(): LiveFeed | null {
    return this.running
  }

  /** Where the market's events stand. */
  get now(): Place {
    const { exchange } = this.running ?? {}
    return exchange === undefined ? this.place : { epoch: exchange.epoch, seq: exchange.seq }
  }

  /** A feed of this market starts: it counts on from where the last one ended. */
  attach(feed: LiveFeed): void {
    feed.exchange.epoch = this.place.epoch
    feed.exchange.seq = this.place.seq
    this.running = feed
  }

  /**
   * The feed ended: its label stands until the next one starts. Last events that are kept for newcomers do not: they
   * say how the market stood, and nobody follows it now.
   */
  detach(): void {
    if (this.running === null) return
    const { state, reason, reason_code, since } = this.running.exchange.truth()
    this.place = this.now
    // a feed that did not end in time said nothing of its end
    this.idle =
      state === "stopped"
        ? { state, reason, reason_code, since }
        : { state: "stopped", reason: null, reason_code: null, since: nowMicros() }
    this.running = null
    for (const here of this.byName.values()) if (here.kind.newcomer === "last") here.last = null
  }

  /** The market exists no more: what was kept of its events is. */
  retire(): void {
    this.ring.clear()
  }

  /** What is true of the market's book now. */
  get label(): Label {
    return this.running?.exchange.truth() ?? this.idle
  }

  emit(event: EventOfMarket): void {
    const here = this.byType.get(event.type)!
    const { topic, kind } = here
    if (!topic.heard && kind.newcomer !== "last") return
    const encoded = this.encoded(topic, event)
    if (topic.newestIsSent) here.last = encoded
    if (!topic.heard) return
    this.ring.push(encoded)
    topic.publish(encoded)
  }

  /** Whether events of this topic are kept for those who come back. */
  keeps(topic: EventSource): boolean {
    return this.byName.get(topic.name)?.topic === topic
  }

  /** What these topics sent after a place, or why that is not known any more. */
  since(
    { epoch, seq, run = this.run }: Place,
    topics: ReadonlyArray<EventSource>
  ): ReadonlyArray<EncodedEvent> | string {
    const now = this.now
    if (run !== this.run || seq > now.seq || epoch > now.epoch)
      return `epoch ${epoch} seq ${seq} is of another run of level4`
    if (seq === now.seq && epoch === now.epoch) return []
    const known = Math.max(this.ring.forgotten, ...topics.map(({ name }) => this.byName.get(name)!.heardFrom))
    if (seq < known) return `what came after seq ${seq} is kept no more; the oldest kept follows seq ${known}`
    if (!this.ring.agrees(epoch, seq)) return `seq ${seq} is not of epoch ${epoch}`
    return this.ring.after(seq).filter(({ topic }) => topics.includes(topic))
  }

  private kindHere(id: number, name: string, kind: EventKind): KindHere {
    const { newcomer, whole } = kind
    const isSent = newcomer === "last" || newcomer === "none"
    const newest = (): EncodedEvent | null => {
      if (newcomer === "last" || newcomer === "none") return here.last
      const event = standing(this, newcomer, whole ?? name)
      return event === null ? null : this.encoded(topic, event)
    }
    const topic: Topic = new Topic({
      id,
      name,
      market: this,
      newest,
      newestIsSent: isSent,
      opensWithNewest: newcomer !== "none",
      linger: LINGER,
      changed: (heard) => this.changed(here, heard)
    })
    const here: KindHere = { kind, topic, heardFrom: this.place.seq, last: null }
    return here
  }

  private encoded(topic: Topic, event: EventOfMarket): EncodedEvent {
    const { type, epoch, seq } = event
    return { topic, type, epoch, seq, text: JSON.stringify(this.publish(event)) }
  }

  private changed(here: KindHere, heard: boolean): void {
    this.heard += heard ? 1 : -1
    this.wanted = this.heard > 0
    here.heardFrom = this.now.seq
    if (!this.wanted) this.ring.clear()
    // of news that nobody hears the last is soon not the last
    if (!heard && here.kind.newcomer === "none") here.last = null
  }
}
