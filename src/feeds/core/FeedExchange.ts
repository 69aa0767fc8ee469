// Owns what leaves a feed: the events of one market with their epoch and seq, the truth label, and the counters. It
// lives as long as the feed is switched on, through every reconnect, so that seq never repeats. What is true is decided
// by the mediator; who listens is the sink's; what is learnt of the market is MarketMemory's. Invariant: seq rises by
// one an event, whether anybody listens or not.
import { foreignText } from "../../domain/ForeignText.ts"
import { FeedCounters, FeedStatus, FeedView, type FeedState } from "../../domain/FeedState.ts"
import { EVENT_KINDS, type EventKind, type EventKindName, type InsideFields } from "../../domain/EventKinds.ts"
import type { MarketId } from "../../domain/Market.ts"
import type { Fill, Level, Levels } from "../../schemes/Instruction.ts"
import { countsOfNothing } from "./FeedCounts.ts"
import type { EventOfMarket, EventSink, FeedEvent } from "./FeedEvent.ts"
import type { DescribeWait } from "./DescribeWait.ts"
import type { StatusReason } from "./StatusReason.ts"
import { transition, type Signal } from "./Transitions.ts"

/** Characters of what a venue said: of a reason, and of a sample of a frame. */
const MAX_REASON = 400
const MAX_SAMPLE = 256

/** What parts the book from the events that were sent of it, until the next snapshot. */
const BREAKING: ReadonlySet<Signal> = new Set<Signal>([
  "dial",
  "lost",
  "disconnected",
  "rejected",
  "retired",
  "stopped"
])

export class FeedExchange {
  readonly counts = countsOfNothing()
  readonly market: MarketId
  readonly tag: string
  private readonly sink: EventSink
  private currentState: FeedState = "stopped"
  /** Why it is in its state, its place in a queue left aside. */
  reason: StatusReason | null = null
  private since: number
  private nextRetry: number | null = null
  /** Says where in a queue the feed stands, as long as it does. */
  private ask: DescribeWait | null = null
  private unknownSample: string | null = null
  private crossedSince: number | null = null
  private crossedBefore = 0
  /** The venue's time of the last book frame, and when it was received; microseconds, null before the first. */
  bookTime: number | null = null
  bookAt: number | null = null
  /** When the last frame of this market was received; microseconds, null before the first. */
  frameAt: number | null = null
  epoch = 0
  seq = 0
  /** How often its book became live. */
  lives = 0
  /** True while the book is the sum of a snapshot and every change since, whatever is thought of it. */
  whole = false

  constructor(market: MarketId, tag: string, sink: EventSink, at: number) {
    this.market = market
    this.tag = tag
    this.sink = sink
    this.since = at
  }

  get state(): FeedState {
    return this.currentState
  }

  /** Moves by the table and reports it, if the state or its reason changed. */
  signal(signal: Signal, reason: StatusReason | null, at: number, nextRetry: number | null = null): void {
    if (BREAKING.has(signal)) {
      this.whole = false
      this.crossed(false, at)
    }
    const next = transition(this.currentState, signal)
    if (next === null) return
    this.ask = null
    const reasonNow = next === "live" || reason === null ? null : printable(reason)
    this.nextRetry = next === "backoff" ? nextRetry : null
    if (next === this.currentState && reasonNow?.text === this.reason?.text) return
    if (next !== this.currentState) this.since = at
    if (next === "live" && next !== this.currentState) this.lives++
    this.currentState = next
    this.reason = reasonNow
    this.report(reasonNow, at)
  }

  /** The feed waits in a queue of its venue, or no longer. Its place is part of the label's reason, read when asked. */
  queue(ask: DescribeWait | null): void {
    this.ask = ask
  }

  /** The book begins to stand crossed, or ends to. */
  crossed(is: boolean, at: number): void {
    if (is) {
      this.counts.crossed++
      this.crossedSince = at
    } else {
      this.crossedBefore = this.crossedMicros(at)
      this.crossedSince = null
    }
  }

  /** How long the book stood crossed so far, in microseconds. */
  crossedMicros(now: number): number {
    return this.crossedBefore + (this.crossedSince === null ? 0 : Math.max(0, now - this.crossedSince))
  }

  /** Reports something of the feed that leaves its state as it is, such as trades that were missed. */
  report(reason: StatusReason | null, at: number): void {
    const shown = reason === null ? null : printable(reason)
    const fields = { state: this.currentState, reason: shown?.text ?? null, reason_code: shown?.code ?? null }
    this.emit("status", fields, null, at)
  }

  /**
   * Sends an event of any kind, `time` by the venue and `at` by our clock. Those of a kind whose last one is kept for
   * newcomers go to the sink though nobody listens; the kinds of every frame have methods of their own, which make no
   * fields before somebody does. What a field can't have is counted and sent to nobody: it says nothing of the book.
   */
  emit<Kind extends EventKindName>(kind: Kind, fields: InsideFields<Kind>, time: number | null, at: number): void {
    const row: EventKind = EVENT_KINDS[kind]
    if (!isOf(row, fields)) return this.unreadable(`${kind} ${JSON.stringify(fields)}`)
    const seq = ++this.seq
    if (!this.sink.wanted && row.newcomer !== "last") return
    const { market: market_id, tag, epoch } = this
    const head = { type: kind, market_id, tag, epoch, seq, ts_exchange: time, ts_received: at }
    const event: EventOfMarket = { ...head, ...fields }
    // the compiler does not see that the fields are those of the kind
    this.sink.emit(event as FeedEvent)
  }

  book(type: "book_snapshot" | "book_change", bids: Levels, asks: Levels, time: number | null, at: number): void {
    const seq = ++this.seq
    if (type === "book_snapshot") this.whole = true
    this.bookTime = time
    this.bookAt = at
    if (!this.sink.wanted) return
    const { market, tag, epoch } = this
    this.sink.emit({ type, market_id: market, tag, epoch, seq, ts_exchange: time, ts_received: at, bids, asks })
  }

  spread(bid: Level | null, ask: Level | null, time: number | null, at: number): void {
    const seq = ++this.seq
    if (!this.sink.wanted) return
    const { market, tag, epoch } = this
    this.sink.emit({ type: "spread", market_id: market, tag, epoch, seq, ts_exchange: time, ts_received: at, bid, ask })
  }

  trade(fill: Fill, at: number): void {
    const seq = ++this.seq
    this.counts.trades++
    if (!this.sink.wanted) return
    const { market, tag, epoch } = this
    const { id, price, size, side, time } = fill
    // a plain literal, as above: with a spread in it V8 takes several times as long to make the same object
    this.sink.emit({
      type: "trade",
      market_id: market,
      tag,
      epoch,
      seq,
      ts_exchange: time,
      ts_received: at,
      id,
      price,
      size,
      side
    })
  }

  /** True if anybody listens: what costs to prepare is prepared only then. */
  get heard(): boolean {
    return this.sink.wanted
  }

  /** A frame of this market, or a value in one, can't be read: counted, and kept as a sample. */
  unreadable(sample: string): void {
    this.counts.unknown++
    this.unknownSample = foreignText(sample, MAX_SAMPLE)
  }

  status(): FeedStatus {
    return new FeedStatus(this.truth())
  }

  view(): FeedView {
    return new FeedView({
      ...this.truth(),
      ts_exchange: this.bookTime,
      ts_received: this.bookAt,
      counters: new FeedCounters(this.counts),
      unknown_sample: this.unknownSample
    })
  }

  /** Why it is in its state; what it waits for in a queue comes before all else. */
  private get why(): StatusReason | null {
    if (this.currentState === "live" || this.ask === null) return this.reason
    return { code: "queued", text: this.ask() }
  }

  /** The fields of the truth label. */
  truth() {
    const { currentState: state, why, since, epoch, seq, nextRetry: next_retry } = this
    return { state, reason: why?.text ?? null, reason_code: why?.code ?? null, since, epoch, seq, next_retry }
  }
}

/** A venue's own words are safe to print, and bounded, before anybody sees them. */
const printable = ({ code, text }: StatusReason): StatusReason => ({ code, text: foreignText(text, MAX_REASON) })

const isOf = ({ fields }: EventKind, given: Readonly<Record<string, unknown>>): boolean =>
  Object.entries(fields).every(([name, field]) => field.accepts(given[name]))
