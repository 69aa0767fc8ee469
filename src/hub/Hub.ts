// Owns what the process has for listening: a channel for each market that was ever followed or asked for, the fan-out,
// the tickers, and the rest of topics whose listeners are gone. Clients and feeds meet here and know nothing of each
// other.
// Invariant: closing it leaves no timer; channels stay, one a market, since they carry the markets' seq. Where an id
// becomes another market's, because the catalog's tables were made again, its channel is another one, whose seq begins
// above.
import { randomBytes } from "node:crypto"
import { type ChannelName, type ConsolidatedName, isPeriodic, type MarketChannelName } from "../domain/ChannelName.ts"
import type { EventKinds } from "../domain/EventKinds.ts"
import { isSameMarket, type Market, type MarketId } from "../domain/Market.ts"
import { isOfPair } from "./Consolidated.ts"
import { RingAllowance } from "./EventRing.ts"
import { Fanout } from "./Fanout.ts"
import { idleLabel, type Label } from "./idleLabel.ts"
import { type KindTable, kindTable, MarketChannel } from "./MarketChannel.ts"
import { consolidatedContent, marketContent } from "./periodicContents.ts"
import type { Place } from "./Place.ts"
import { type Content, Tickers } from "./Tickers.ts"
import type { Cancel, Timers } from "./Timers.ts"
import type { Topic } from "./Topic.ts"

/** Characters that the rings of all markets keep together. */
const RINGS = 256 << 20
const REST_EVERY = 5_000
const CONSOLIDATED_EVERY = 100

export class Hub {
  readonly fanout: Fanout
  /** Names this process among all that a client may have heard, whatever their seqs are. */
  readonly run = randomBytes(6).toString("base64url")
  private readonly byId = new Map<MarketId, MarketChannel>()
  private readonly consolidated = new Map<string, Topic>()
  private readonly appeared = new Set<(channel: MarketChannel) => void>()
  private readonly tickers: Tickers
  private readonly allowance = new RingAllowance(RINGS)
  private readonly firstSeq: number
  private readonly idle: (market: Market) => Label
  private readonly timers: Timers
  private readonly table: KindTable
  private readonly resting: Cancel
  private lastId = 0
  /** Counts the changes of `byId`. */
  private revision = 0

  /**
   * `firstSeq`: where every market's seq begins; above every seq of an earlier process. `idle`: what is true of a
   * market whose feed never ran. `kinds`: the events there are.
   */
  constructor(
    firstSeq: number,
    timers: Timers,
    { idle = idleLabel, kinds }: { readonly idle?: (market: Market) => Label; readonly kinds?: EventKinds } = {}
  ) {
    this.firstSeq = firstSeq
    this.timers = timers
    this.idle = idle
    this.table = kindTable(kinds)
    this.fanout = new Fanout(timers)
    this.tickers = new Tickers(timers)
    this.resting = timers.every(REST_EVERY, () => this.rest())
  }

  /** The names that channels can have, besides those at intervals. */
  get kinds(): EventKinds {
    return this.table.kinds
  }

  /** Monotonic milliseconds of the clock that topics rest by. */
  now(): number {
    return this.timers.now()
  }

  get channels(): ReadonlyMap<MarketId, MarketChannel> {
    return this.byId
  }

  /** The channel of a market, made when it is first asked for. */
  channel(market: Market): MarketChannel {
    const known = this.byId.get(market.id)
    if (known !== undefined && isSameMarket(known.market, market)) return known
    const firstSeq = this.beginOf(known)
    const { allowance, nextId, run, table } = this
    const channel = new MarketChannel({ market, firstSeq, allowance, nextId, idle: this.idle(market), run, table })
    this.byId.set(market.id, channel)
    this.revision++
    for (const notify of this.appeared) notify(channel)
    return channel
  }

  /**
   * The market exists no more: nobody finds its channel any longer. Who follows it keeps that, and hears nothing more:
   * a market of the same tag that comes later is another one.
   */
  forget(id: MarketId): void {
    const channel = this.byId.get(id)
    if (channel === undefined || channel.feed !== null) return
    this.byId.delete(id)
    this.revision++
    channel.retire()
  }

  /** Where the events of a market begin whose id was `earlier`'s. */
  private beginOf(earlier: MarketChannel | undefined): number {
    return earlier === undefined ? this.firstSeq : earlier.now.seq + 1
  }

  /** Where a market's events stand and what is true of its book, also of one that nobody asked for yet. */
  standing(market: Market): Place & Label {
    const channel = this.byId.get(market.id)
    if (channel === undefined || !isSameMarket(channel.market, market))
      return { epoch: 0, seq: this.beginOf(channel), ...this.idle(market) }
    const { epoch, seq } = channel.now
    const { state, reason, reason_code, since } = channel.label
    return { epoch, seq, state, reason, reason_code, since }
  }

  /** Calls back for each new channel, until the given function is called. */
  onAppeared(notify: (channel: MarketChannel) => void): () => void {
    this.appeared.add(notify)
    return () => this.appeared.delete(notify)
  }

  topicOf(channel: MarketChannel, name: MarketChannelName<string>): Topic {
    if (!isPeriodic(name)) return channel.topic(name.kind)
    return this.periodic(channel.periodic, name, name.interval, () => marketContent(channel, name))
  }

  consolidatedTopic(name: ConsolidatedName): Topic {
    let seen = -1
    let ofPair: ReadonlyArray<MarketChannel> = []
    const channels = () => {
      if (seen !== this.revision) {
        seen = this.revision
        ofPair = [...this.byId.values()].filter(({ market }) => isOfPair(market, name.pair, name.type))
      }
      return ofPair
    }
    return this.periodic(this.consolidated, name, CONSOLIDATED_EVERY, () => consolidatedContent(name, channels))
  }

  /** Lets topics fall silent whose listeners have been gone for long enough. */
  rest(): void {
    const now = this.timers.now()
    for (const channel of this.byId.values()) {
      if (!channel.wanted) continue
      for (const topic of channel.topics) topic.rest(now)
    }
  }

  close(): void {
    this.resting()
    this.tickers.close()
    this.fanout.close()
  }

  private readonly nextId = (): number => ++this.lastId

  private periodic(
    known: Map<string, Topic>,
    { name }: ChannelName<string>,
    interval: number,
    make: () => Content
  ): Topic {
    const topic = known.get(name)
    if (topic !== undefined) return topic
    const fresh = this.tickers.topic(this.nextId(), name, interval, make(), () => known.delete(name))
    known.set(name, fresh)
    return fresh
  }
}
