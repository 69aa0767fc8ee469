// Owns what one client listens to: which channels of which markets, in which delivery, and by which patterns markets that
// appear later are taken in. A newcomer to a market first gets how it stands, or what it missed since a place it names; these
// openings leave no faster than the client reads. Messages and connections are others' affair. Invariants: the status of a
// market comes with its other channels, since a price without its state is half an answer; every topic held is released.
import type { ConsolidatedName, MarketChannelName } from "../../layers/hub/ChannelName.ts"
import type { Format } from "../../layers/hub/Group.ts"
import type { Hub } from "../../layers/hub/Hub.ts"
import type { MarketChannel, Place } from "../../layers/hub/MarketChannel.ts"
import type { Told, Topic } from "../../layers/hub/Topic.ts"
import { Lane } from "./Lane.ts"
import type { MarketPattern } from "./MarketPattern.ts"
import type { Outlet } from "./Outlet.ts"
import type { Delivery } from "./Protocol.ts"

/** What a client asks to hear, all of it known to exist. */
export interface Order {
  readonly channels: ReadonlyArray<MarketChannelName>
  readonly consolidated: ReadonlyArray<ConsolidatedName>
  readonly markets: ReadonlyArray<MarketChannel>
  readonly patterns: ReadonlyArray<MarketPattern>
  readonly delivery: Delivery
  readonly since: ReadonlyMap<number, Place>
}

interface Opening {
  readonly market: MarketChannel | null
  readonly topics: ReadonlyArray<Topic>
  readonly lane: Lane
  readonly since: Place | null
}

interface Standing {
  readonly pattern: MarketPattern
  readonly channels: ReadonlyArray<MarketChannelName>
  readonly delivery: Delivery
}

/** Openings wait while more bytes than this wait for the client. */
const OPENING_LIMIT = 1 << 20
/** Characters of events in one chunk of a resumption. */
const CHUNK = 256 << 10
const MAX_PATTERNS = 64

export class Subscriber {
  readonly lanes: Readonly<Record<Delivery, Lane>>
  private readonly hub: Hub
  private readonly outlet: Outlet
  private readonly format: Format
  private readonly limit: number
  private readonly named = new Map<MarketChannel, Map<string, Topic>>()
  private readonly consolidated = new Map<string, Topic>()
  private readonly standing = new Map<string, Standing>()
  private readonly forget: () => void
  private openings: Array<Opening> = []
  private held = 0
  private closed = false

  constructor(hub: Hub, outlet: Outlet, format: Format, limit: number) {
    this.hub = hub
    this.outlet = outlet
    this.format = format
    this.limit = limit
    this.lanes = {
      lossless: new Lane("lossless", outlet, hub.fanout, format),
      latest: new Lane("latest", outlet, hub.fanout, format)
    }
    this.forget = hub.onAppeared(this.appeared)
  }

  /** Why an order is more than one client may hold; null if it is not. */
  refusal({ channels, consolidated, markets, patterns }: Order): string | null {
    const fresh = (market: MarketChannel): number =>
      channels.filter(({ name }) => this.named.get(market)?.has(name) !== true).length
    const more = consolidated.filter(({ name }) => !this.consolidated.has(name)).length
    const wanted = this.held + more + markets.reduce((sum, market) => sum + fresh(market), 0)
    if (wanted > this.limit) {
      return `${limited(this.limit)}; this would make ${wanted}`
    }
    const texts = new Set([...this.standing.keys(), ...patterns.map(({ text }) => text)])
    return texts.size > MAX_PATTERNS ? `A connection may hold ${MAX_PATTERNS} patterns` : null
  }

  /** Begins to tell what was ordered; the order must not be refused. */
  subscribe({ channels, consolidated, markets, patterns, delivery, since }: Order): void {
    for (const pattern of patterns) {
      const known = this.standing.get(pattern.text)?.channels ?? []
      const added = channels.filter(({ name }) => known.every((one) => one.name !== name))
      this.standing.set(pattern.text, { pattern, channels: [...known, ...added], delivery })
    }
    for (const name of consolidated) {
      const topic = this.consolidated.get(name.name) ?? this.hold(this.consolidated, this.hub.consolidatedTopic(name))
      this.open(null, [topic], delivery, null)
    }
    for (const market of markets) this.listen(market, channels, delivery, since.get(market.id) ?? null)
    this.drained()
  }

  unsubscribe({ channels, consolidated, markets, patterns }: Omit<Order, "delivery" | "since">): void {
    this.hub.fanout.flush()
    for (const { text } of patterns) {
      const known = this.standing.get(text)
      const left = known?.channels.filter(({ name }) => channels.every((one) => one.name !== name)) ?? []
      if (known !== undefined && left.length > 0) this.standing.set(text, { ...known, channels: left })
      else this.standing.delete(text)
    }
    for (const { name } of consolidated) this.release(this.consolidated, name)
    for (const market of markets) {
      const topics = this.named.get(market)
      if (topics === undefined) continue
      for (const { name } of channels) this.release(topics, name)
      if (topics.size > 0) continue
      this.named.delete(market)
      this.leave(market.topics.status)
    }
    this.regroup()
  }

  /** The client has read all that was written: what waited for that goes on. */
  drained(): void {
    if (this.closed) return
    this.hub.fanout.flush()
    let opened = false
    while (this.openings.length > 0 && this.outlet.unsent < OPENING_LIMIT) {
      const opening = this.openings.shift()!
      for (const chunk of chunks(openingOf(opening))) this.outlet.write(this.format.encode(chunk))
      opening.lane.add(opening.topics)
      opened = true
    }
    if (opened) this.regroup()
    this.lanes.latest.catchUp()
  }

  close(): void {
    if (this.closed) return
    this.closed = true
    this.forget()
    this.openings = []
    for (const [market, topics] of this.named) {
      for (const topic of topics.values()) topic.release(performance.now())
      market.topics.status.release(performance.now())
    }
    for (const topic of this.consolidated.values()) topic.release(performance.now())
    this.lanes.lossless.close()
    this.lanes.latest.close()
  }

  private readonly appeared = (market: MarketChannel): void => {
    for (const { pattern, channels, delivery } of this.standing.values()) {
      if (!pattern.matches(market.tag)) continue
      if (this.held + channels.length <= this.limit) this.listen(market, channels, delivery, null)
      else this.outlet.warn("/markets", `${market.tag} fits ${pattern.text} and is left out: ${limited(this.limit)}`)
    }
    this.drained()
  }

  private listen(
    market: MarketChannel,
    channels: ReadonlyArray<MarketChannelName>,
    delivery: Delivery,
    since: Place | null
  ): void {
    if (channels.length === 0) return
    const { status } = market.topics
    let topics = this.named.get(market)
    if (topics === undefined) {
      this.named.set(market, (topics = new Map()))
      status.hold()
    }
    const known = topics
    const held = channels.map((name) => known.get(name.name) ?? this.hold(known, this.hub.topicOf(market, name)))
    this.open(market, [status, ...held.filter((topic) => topic !== status)], delivery, since)
  }

  private open(
    market: MarketChannel | null,
    topics: ReadonlyArray<Topic>,
    delivery: Delivery,
    since: Place | null
  ): void {
    const lane = this.lanes[delivery]
    const other = this.lanes[delivery === "lossless" ? "latest" : "lossless"]
    for (const topic of topics) other.drop(topic)
    this.openings = this.openings.flatMap((one) => without(one, topics))
    this.openings.push({ market, topics, lane, since })
  }

  private hold(topics: Map<string, Topic>, topic: Topic): Topic {
    topics.set(topic.name, topic)
    topic.hold()
    this.held++
    return topic
  }

  private release(topics: Map<string, Topic>, name: string): void {
    const topic = topics.get(name)
    if (topic === undefined) return
    topics.delete(name)
    this.held--
    // the status that came with other channels stays as long as they do
    if (name === "status" && topics.size > 0) topic.release(performance.now())
    else this.leave(topic)
  }

  private leave(topic: Topic): void {
    topic.release(performance.now())
    this.lanes.lossless.drop(topic)
    this.lanes.latest.drop(topic)
    this.openings = this.openings.flatMap((one) => without(one, [topic]))
  }

  private regroup(): void {
    this.lanes.lossless.regroup()
    this.lanes.latest.regroup()
  }
}

const limited = (limit: number): string =>
  `A connection may hold ${limit} subscriptions, counted as channel times market`

const without = (opening: Opening, topics: ReadonlyArray<Topic>): ReadonlyArray<Opening> => {
  const left = opening.topics.filter((topic) => !topics.includes(topic))
  return left.length === 0 ? [] : [{ ...opening, topics: left }]
}

/** What a newcomer to some topics of a market is told first. A trade is news, never how things stand. */
const openingOf = ({ market, topics, since }: Opening): ReadonlyArray<Told> => {
  const standing = () => topics.flatMap((topic) => (topic.name === "trade" ? [] : (topic.newest() ?? [])))
  if (market === null || since === null) return standing()
  const kept = topics.filter((topic) => Object.hasOwn(market.topics, topic.name))
  const missed = market.since(since, kept)
  const resumed = typeof missed !== "string"
  const { epoch, seq } = resumed ? since : market.now
  const reason = resumed ? null : missed
  const events = resumed ? missed.length : 0
  const head = { type: "resume", market_id: market.id, tag: market.tag, epoch, seq }
  const text = JSON.stringify({ ...head, resumed, reason, events })
  const answer: Told = { topic: market.topics.status, type: "resume", epoch, seq, text }
  if (!resumed) return [answer, ...standing()]
  const rest = topics.flatMap((topic) => (kept.includes(topic) ? [] : (topic.newest() ?? [])))
  return [answer, ...missed, ...rest]
}

const chunks = (told: ReadonlyArray<Told>): ReadonlyArray<ReadonlyArray<Told>> => {
  const all: Array<Array<Told>> = []
  let gathered = Infinity
  for (const one of told) {
    if (gathered > CHUNK) {
      all.push([])
      gathered = 0
    }
    all[all.length - 1]!.push(one)
    gathered += one.text.length
  }
  return all
}
