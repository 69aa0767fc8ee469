// Owns what a client that subscribed is still to be sent first, market by market, in the order asked for: how each
// stands, or what was missed since a place that the client names. Reading of hub and channels alone. Invariant: a topic
// waits at most once; what was asked for last counts.
import { type ConsolidatedName, type MarketChannelName } from "../../hub/ChannelName.ts"
import type { MarketChannel, Place } from "../../hub/MarketChannel.ts"
import type { Told, Topic } from "../../hub/Topic.ts"
import type { Delivery } from "./Protocol.ts"

/** Some channels of a market, or one over several markets, that wait to be opened. */
export interface Opening {
  readonly market: MarketChannel | null
  readonly names: ReadonlyArray<MarketChannelName | ConsolidatedName>
  readonly delivery: Delivery
  readonly since: Place | null
}

/** Characters of events in one chunk of a resumption. */
const CHUNK = 256 << 10

export class Openings {
  private readonly waiting = new Map<MarketChannel | string, ReadonlyArray<Opening>>()

  get empty(): boolean {
    return this.waiting.size === 0
  }

  put(opening: Opening): void {
    const key = opening.market ?? opening.names[0]!.name
    const others = (this.waiting.get(key) ?? []).flatMap((one) =>
      without(one, (name) => opening.names.some((other) => other.name === name))
    )
    this.waiting.set(key, [...others, opening])
  }

  /** The next one, which waits no more. */
  take(): Opening | undefined {
    const [key] = this.waiting.keys()
    return key === undefined ? undefined : this.takeOf(key)
  }

  /** The next one of this market, or of a channel over several, by its name. */
  takeOf(key: MarketChannel | string): Opening | undefined {
    const [first, ...rest] = this.waiting.get(key) ?? []
    if (rest.length > 0) this.waiting.set(key, rest)
    else this.waiting.delete(key)
    return first
  }

  /** A channel is not wanted any more. */
  drop(market: MarketChannel | null, name: string): void {
    const key = market ?? name
    const left = (this.waiting.get(key) ?? []).flatMap((one) => without(one, (other) => other === name))
    if (left.length > 0) this.waiting.set(key, left)
    else this.waiting.delete(key)
  }

  clear(): void {
    this.waiting.clear()
  }
}

const without = (opening: Opening, isGone: (name: string) => boolean): ReadonlyArray<Opening> => {
  const names = opening.names.filter(({ name }) => !isGone(name))
  return names.length === 0 ? [] : [{ ...opening, names }]
}

/** What a newcomer to some topics of a market gets first, in chunks. A trade is news, never how things stand. */
export const openingOf = (
  market: MarketChannel | null,
  topics: ReadonlyArray<Topic>,
  since: Place | null
): ReadonlyArray<ReadonlyArray<Told>> => chunks(toldFirst(market, topics, since))

const toldFirst = (
  market: MarketChannel | null,
  topics: ReadonlyArray<Topic>,
  since: Place | null
): ReadonlyArray<Told> => {
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
