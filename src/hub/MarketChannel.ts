// Owns what is heard of one market: the sink of its feed, a topic for each kind of event, the ring for those who come
// back, and the events that tell a newcomer how things stand. The feed comes and goes; the channel stays for the
// process's life and carries epoch, seq and truth label from one run of the feed to the next. Plain synchronous code on
// the frame's way.
// Invariants: nothing is made into text that nobody hears; seq begins above every seq of an earlier process, and a
// place that names its process is never resumed in another, so that no foreign place is taken for one of ours.
import { type Market, type MarketId, tagOf } from "../domain/Market.ts"
import { type EventSink, type FeedEvent, publicEvent } from "../feeds/core/FeedEvent.ts"
import type { LiveFeed } from "../feeds/market/LiveFeed.ts"
import { nowMicros } from "../feeds/core/Now.ts"
import { EventRing, type RingAllowance } from "./EventRing.ts"
import type { Label } from "./idleLabel.ts"
import { Topic, type Told } from "./Topic.ts"

/** A place in a market's events: what a client has heard last. */
export interface Place {
  readonly epoch: number
  readonly seq: number
  /** The process that gave it, as its answers name it; undefined where the client does not say. */
  readonly run?: string | undefined
}

/** How long the events of a topic are kept on when its last listener left. */
const LINGER = 60_000

export type EventKind = "spread" | "trade" | "book_change" | "status"

export class MarketChannel implements EventSink {
  readonly market: Market
  readonly tag: string
  /** The topics of this market that are sent at intervals, by channel name. */
  readonly periodic = new Map<string, Topic>()
  readonly topics: Readonly<Record<EventKind, Topic>>
  wanted = false
  private readonly ring: EventRing
  private readonly heardFrom: Record<EventKind, number>
  private running: LiveFeed | null = null
  private readonly run: string
  private place: Place
  /** The label while no feed runs. */
  private idle: Label
  private lastTrade: Told | null = null
  private heard = 0

  /** `idle`: what is true of the market before its feed first runs; `run` names this process. */
  constructor(market: Market, firstSeq: number, allowance: RingAllowance, nextId: () => number, idle: Label, run = "") {
    this.market = market
    this.tag = tagOf(market)
    this.run = run
    this.place = { epoch: 0, seq: firstSeq }
    this.idle = idle
    this.ring = new EventRing(allowance)
    this.heardFrom = { spread: firstSeq, trade: firstSeq, book_change: firstSeq, status: firstSeq }
    const topic = (kind: EventKind, newest: () => Told | null): Topic =>
      new Topic(nextId(), kind, this, newest, LINGER, (heard) => this.changed(kind, heard))
    this.topics = {
      spread: topic("spread", this.spreadNow),
      trade: topic("trade", () => this.lastTrade),
      book_change: topic("book_change", this.bookNow),
      status: topic("status", this.statusNow)
    }
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

  /** The feed ended: what it said last stands until the next one starts. */
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
  }

  /** What is true of the market's book now. */
  get label(): Label {
    return this.running?.exchange.truth() ?? this.idle
  }

  emit(event: FeedEvent): void {
    const topic = this.topics[event.type === "book_snapshot" ? "book_change" : event.type]
    if (!topic.heard) return
    const told = textOf(topic, event)
    this.ring.push(told)
    if (event.type === "trade") this.lastTrade = told
    topic.tell(told)
  }

  /** What these topics sent after a place, or why that is not known any more. */
  since({ epoch, seq, run = this.run }: Place, topics: ReadonlyArray<Topic>): ReadonlyArray<Told> | string {
    const now = this.now
    if (run !== this.run || seq > now.seq || epoch > now.epoch)
      return `epoch ${epoch} seq ${seq} is of another run of level4`
    if (seq === now.seq && epoch === now.epoch) return []
    const known = Math.max(this.ring.forgotten, ...topics.map(({ name }) => this.heardFrom[name as EventKind]))
    if (seq < known) return `what came after seq ${seq} is kept no more; the oldest kept follows seq ${known}`
    if (!this.ring.agrees(epoch, seq)) return `seq ${seq} is not of epoch ${epoch}`
    return this.ring.after(seq).filter((told) => topics.includes(told.topic))
  }

  private changed(kind: EventKind, heard: boolean): void {
    this.heard += heard ? 1 : -1
    this.wanted = this.heard > 0
    this.heardFrom[kind] = this.now.seq
    if (!this.wanted) this.ring.clear()
    if (!heard && kind === "trade") this.lastTrade = null
  }

  private readonly statusNow = (): Told => {
    const { state, reason, reason_code, since } = this.label
    return textOf(this.topics.status, { type: "status", ...this.head(null, since), state, reason, reason_code })
  }

  private readonly bookNow = (): Told | null => {
    if (this.running === null || !this.running.exchange.whole) return null
    const { book, exchange } = this.running
    const head = this.head(exchange.bookTime, exchange.bookAt)
    const bids = book.bidTexts(book.bidLevels)
    return textOf(this.topics.book_change, {
      type: "book_snapshot",
      ...head,
      bids,
      asks: book.askTexts(book.askLevels)
    })
  }

  private readonly spreadNow = (): Told | null => {
    if (this.running === null || !this.running.exchange.whole) return null
    const { book, exchange } = this.running
    const head = this.head(exchange.bookTime, exchange.bookAt)
    const bid = book.bidLevels > 0 ? book.bidText(0) : null
    return textOf(this.topics.spread, {
      type: "spread",
      ...head,
      bid,
      ask: book.askLevels > 0 ? book.askText(0) : null
    })
  }

  private head(ts_exchange: number | null, at: number | null) {
    return { market_id: this.id, tag: this.tag, ...this.now, ts_exchange, ts_received: at ?? nowMicros() }
  }
}

const textOf = (topic: Topic, event: FeedEvent): Told => {
  const { type, epoch, seq } = event
  return { topic, type, epoch, seq, text: JSON.stringify(publicEvent(event)) }
}
