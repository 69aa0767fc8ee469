// Owns what a client that begins to listen gets first: how things stand, or what it missed since a place that it
// names, in chunks. Reading of hub and channels alone. Invariant: where a place can't be continued, the client hears
// why before it hears how things stand.
import type { EncodedEvent } from "../../hub/EncodedEvent.ts"
import type { MarketChannel } from "../../hub/MarketChannel.ts"
import type { Place } from "../../hub/Place.ts"
import type { Topic } from "../../hub/Topic.ts"

/** Characters of events in one chunk of a resumption. */
const CHUNK = 256 << 10

/** The first events of some topics of a market, or of one over several, in chunks. */
export const initialEvents = (
  market: MarketChannel | null,
  topics: ReadonlyArray<Topic>,
  since: Place | null
): ReadonlyArray<ReadonlyArray<EncodedEvent>> => chunks(eventsOf(market, topics, since))

const eventsOf = (
  market: MarketChannel | null,
  topics: ReadonlyArray<Topic>,
  since: Place | null
): ReadonlyArray<EncodedEvent> => {
  const firstOf = (some: ReadonlyArray<Topic>) => some.flatMap((topic) => topic.first() ?? [])
  if (market === null || since === null) return firstOf(topics)
  const kept = topics.filter((topic) => market.keeps(topic))
  const missed = market.since(since, kept)
  const resumed = typeof missed !== "string"
  const { epoch, seq } = resumed ? since : market.now
  const reason = resumed ? null : missed
  const events = resumed ? missed.length : 0
  const head = { type: "resume", market_id: market.id, tag: market.tag, epoch, seq }
  const text = JSON.stringify({ ...head, resumed, reason, events })
  const answer: EncodedEvent = { topic: market.topic("status"), type: "resume", epoch, seq, text }
  if (!resumed) return [answer, ...firstOf(topics)]
  return [answer, ...missed, ...firstOf(topics.filter((topic) => !kept.includes(topic)))]
}

const chunks = (events: ReadonlyArray<EncodedEvent>): ReadonlyArray<ReadonlyArray<EncodedEvent>> => {
  const all: Array<Array<EncodedEvent>> = []
  let gathered = Infinity
  for (const one of events) {
    if (gathered > CHUNK) {
      all.push([])
      gathered = 0
    }
    all[all.length - 1]!.push(one)
    gathered += one.text.length
  }
  return all
}
