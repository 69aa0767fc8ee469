// What is measured of listening, on a real hub: subscriptions, events told and left out, and no series for what
// nobody hears.
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { Market } from "../../../src/domain/Market.ts"
import { readChannel } from "../../../src/domain/ChannelName.ts"
import { Hub } from "../../../src/hub/Hub.ts"
import { exposition } from "../../../src/layers/metrics/Exposition.ts"
import { hubFamilies } from "../../../src/layers/metrics/hubFamilies.ts"
import { ManualTimers } from "../../support/manualTimers.ts"
import { readExposition } from "../../support/prometheusText.ts"

const marketOf = (id: number) =>
  Schema.decodeSync(Market)({
    id,
    exchange: { id: 1, name: "Kraken" },
    base_symbol: { id: 1, symbol: `B${id}` },
    quote_symbol: { id: 2, symbol: "USD" },
    market_type: "SPOT",
    native_symbol: null,
    level4_feed_enabled: true,
    unverified: true
  })

const read = (hub: Hub) => readExposition(exposition(hubFamilies(hub, { websockets: 3, eventBodies: 1 })))

describe("hubFamilies", () => {
  it.effect("tells listeners, what they were told, and what was left out for them", () =>
    Effect.gen(function* () {
      const hub = yield* Effect.acquireRelease(
        Effect.sync(() => new Hub(1, new ManualTimers())),
        (hub) => Effect.sync(() => hub.close())
      )
      const channel = hub.channel(marketOf(1))
      hub.channel(marketOf(2))
      assert.isFalse(read(hub).has("level4_feed_subscribers"), "nobody listens")
      const quotes = readChannel("quote_100ms")
      assert(typeof quotes !== "string" && quotes.kind !== "consolidated")
      const trade = channel.topic("trade")
      for (const topic of [trade, trade, hub.topicOf(channel, quotes)]) topic.hold()
      const head = { market_id: channel.id, tag: channel.tag, epoch: 1, ts_exchange: null, ts_received: 1 }
      const event = { type: "trade", ...head, seq: 2, id: 1, price: 1, size: 1, side: "buy" }
      channel.emit(event)
      trade.skipped += 4
      hub.fanout.tooSlow++
      const families = read(hub)
      const labels = { exchange: "Kraken", market: "KRAKEN.SPOT:B1-USD", market_id: "1" }
      assert.deepStrictEqual(families.get("level4_feed_subscribers")?.samples, [
        { name: "level4_feed_subscribers", labels, value: 3 }
      ])
      assert.strictEqual(families.get("level4_feed_events_told_total")?.samples[0]?.value, 1)
      assert.strictEqual(families.get("level4_feed_events_dropped_total")?.samples[0]?.value, 4)
      assert.strictEqual(families.get("level4_stream_too_slow_total")?.samples[0]?.value, 1)
      const clients = families.get("level4_stream_clients")?.samples ?? []
      assert.deepStrictEqual(Object.fromEntries(clients.map((one) => [one.labels["kind"], one.value])), {
        websocket: 3,
        server_sent_events: 1
      })
    }).pipe(Effect.scoped)
  )
})
