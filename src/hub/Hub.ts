// Owns what the process has for listening: a channel for each market that was ever followed or asked for, the fan-out,
// the tickers, and the rest of topics whose listeners are gone. Clients and feeds meet here and know nothing of each
// other.
// Invariant: closing it leaves no timer; channels stay, one a market, since they carry the markets' seq. Where an id
// becomes another market's, because the catalog's tables were made again, its channel is another one, whose seq begins
// above.
import { randomBytes } from "node:crypto"
import { isSameMarket, type Market, type MarketId } from "../domain/Market.ts"
import { isOfPair } from "./Consolidated.ts"
import type { ChannelName, ConsolidatedName, MarketChannelName } from "./ChannelName.ts"
import { RingAllowance } from "./EventRing.ts"
import { Fanout } from "./Fanout.ts"
import { idleLabel, type Label } from "./idleLabel.ts"
import { MarketChannel, type Place } from "./MarketChannel.ts"
import { consolidatedContent, quoteContent, snapshotContent } from "./periodicContents.ts"
import { type Content, Tickers } from "./Tickers.ts"
import type { Topic } from "./Topic.ts"

/** Characters that the rings of all markets keep together. */
const RINGS = 256 << 20
const REST_EVERY = 5_000
const CONSOLIDATED_EVERY = 100

export class Hub {
  readonly fanout = new Fanout()
  /** Names this process among all that a client may have heard, whatever their seqs are. */
  readonly run = randomBytes(6).toString("base64url")
  private readonly byId = new Map<MarketId, MarketChannel>()
  private readonly consolidated = new Map<string, Topic>()
  private readonly appeared = new Set<(channel: MarketChannel) => void>()
  private readonly tickers = new Tickers()
  private readonly allowance = new RingAllowance(RINGS)
  private readonly firstSeq: number
  private readonly idle: (market: Market) => Label
  private readonly resting: NodeJS.Timeout
  private lastId = 0
  /** Counts the changes of `byId`. */
  private revision = 0

  /**
   * `firstSeq`: where every market's seq begins; above every seq of an earlier process. `idle`: what is true of a
   * market whose feed never ran.
   */
  constructor(firstSeq: number, idle: (market: Market) => Label = idleLabel) {
    this.firstSeq = firstSeq
    this.idle = idle
    this.resting = setInterval(() => this.rest(performance.now()), REST_EVERY)
    this.resting.unref()
  }

  get channels(): ReadonlyMap<MarketId, MarketChannel> {
    return this.byId
  }

  /** The channel of a market, made when it is first asked for. */
  channel(market: Market): MarketChannel {
    const known = this.byId.get(market.id)
    if (known !== undefined && isSameMarket(known.market, market)) return known
    const firstSeq = this.beginOf(known)
    const channel = new MarketChannel(market, firstSeq, this.allowance, this.nextId, this.idle(market), this.run)
    this.byId.set(market.id, channel)
    this.revision++
    for (const tell of this.appeared) tell(channel)
    return channel
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
  onAppeared(tell: (channel: MarketChannel) => void): () => void {
    this.appeared.add(tell)
    return () => this.appeared.delete(tell)
  }

  topicOf(channel: MarketChannel, name: MarketChannelName): Topic {
    switch (name.kind) {
      case "book_snapshot":
        return this.periodic(channel.periodic, name, name.interval, () =>
          snapshotContent(channel, name.name, name.depth, name.interval)
        )
      case "quote":
        return this.periodic(channel.periodic, name, name.interval, () =>
          quoteContent(channel, name.name, name.interval)
        )
      default:
        return channel.topics[name.kind]
    }
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
  rest(now: number): void {
    for (const channel of this.byId.values()) {
      if (!channel.wanted) continue
      for (const topic of Object.values(channel.topics)) topic.rest(now)
    }
  }

  close(): void {
    clearInterval(this.resting)
    this.tickers.close()
    this.fanout.close()
  }

  private readonly nextId = (): number => ++this.lastId

  private periodic(known: Map<string, Topic>, { name }: ChannelName, interval: number, make: () => Content): Topic {
    const topic = known.get(name)
    if (topic !== undefined) return topic
    const fresh = this.tickers.topic(this.nextId(), name, interval, make(), () => known.delete(name))
    known.set(name, fresh)
    return fresh
  }
}
