// Owns the answer of /metrics: every family that this process has, read at the moment of the scrape.
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { monotonicMillis, nowMicros } from "../feeds/Now.ts"
import { EventHub } from "../layers/EventHub.ts"
import { FeedRegistry } from "../layers/FeedRegistry.ts"
import { exposition } from "../layers/metrics/Exposition.ts"
import { feedFamilies } from "../layers/metrics/feedFamilies.ts"
import { hubFamilies } from "../layers/metrics/hubFamilies.ts"
import { ProcessVitals } from "../layers/metrics/ProcessVitals.ts"
import { venueFamilies } from "../layers/metrics/venueFamilies.ts"
import { Api } from "./Api.ts"
import { Gatekeeper } from "./Gatekeeper.ts"
import { httpFamilies } from "./httpFamilies.ts"
import { HttpTally } from "./HttpTally.ts"
import { Streams } from "./stream/Streams.ts"

export const layerMetrics = HttpApiBuilder.group(Api, "metrics", (handlers) =>
  Effect.gen(function* () {
    const registry = yield* FeedRegistry
    const vitals = yield* ProcessVitals
    const hub = yield* EventHub
    const streams = yield* Streams
    const gate = yield* Gatekeeper
    const tally = yield* HttpTally
    const scrape = Effect.gen(function* () {
      const { feeds, venues } = yield* registry.measured
      const now = yield* monotonicMillis
      return exposition([
        ...feedFamilies(feeds, nowMicros()),
        ...venueFamilies(venues, now),
        ...hubFamilies(hub, streams.counts()),
        ...httpFamilies(tally, gate),
        ...vitals.families()
      ])
    })
    return handlers.handleAll({ scrape: () => scrape })
  })
)
