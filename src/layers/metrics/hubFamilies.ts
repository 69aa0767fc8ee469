// Owns what is measured of listening: who listens to each market, what was sent and what was left out for slow clients.
// Invariant: series are bounded: a market that nobody hears and no feed follows has none.
import type { Hub } from "../../hub/Hub.ts"
import type { MarketChannel } from "../../hub/MarketChannel.ts"
import type { Topic } from "../../hub/Topic.ts"
import type { Family } from "./Exposition.ts"

const MAX_MARKETS = 5_000

/** Open streams by kind. */
export interface StreamCounts {
  readonly websockets: number
  readonly eventBodies: number
}

type Read = (topic: Topic) => number

const PER_MARKET: ReadonlyArray<readonly [name: string, type: Family["type"], help: string, read: Read]> = [
  ["subscribers", "gauge", "Subscriptions to the market's channels", ({ listeners }) => listeners],
  ["events_told_total", "counter", "Events made for listeners, each counted once a channel", ({ count }) => count],
  [
    "events_dropped_total",
    "counter",
    "Events left out for clients that were too slow for them, summed over clients",
    ({ skipped }) => skipped
  ]
]

export const hubFamilies = (hub: Hub, streams: StreamCounts): ReadonlyArray<Family> => {
  const shown = [...hub.channels.values()].filter(isOfInterest).slice(0, MAX_MARKETS)
  return [
    ...PER_MARKET.map(([name, type, help, read]): Family => ({
      name: `level4_feed_${name}`,
      type,
      help,
      samples: shown.map((channel) => ({
        labels: {
          exchange: channel.market.exchange.name,
          market: channel.tag,
          market_id: String(channel.id)
        },
        value: topicsOf(channel).reduce((sum, topic) => sum + read(topic), 0)
      }))
    })),
    {
      name: "level4_stream_clients",
      type: "gauge",
      help: "Open streams: websockets, and bodies of server-sent events",
      samples: [
        { labels: { kind: "websocket" }, value: streams.websockets },
        { labels: { kind: "server_sent_events" }, value: streams.eventBodies }
      ]
    },
    {
      name: "level4_stream_too_slow_total",
      type: "counter",
      help: "Clients closed, with the reason, because too much waited for them",
      samples: [{ labels: {}, value: hub.fanout.tooSlow }]
    }
  ]
}

const topicsOf = (channel: MarketChannel): ReadonlyArray<Topic> => [...channel.topics, ...channel.periodic.values()]

const isOfInterest = (channel: MarketChannel): boolean =>
  channel.feed !== null || topicsOf(channel).some(({ held }) => held)
