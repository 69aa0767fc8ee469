// Owns the answer of /metrics: every family that this process has, read at the moment of the scrape.
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { monotonicMillis, nowMicros } from "../feeds/core/Now.ts"
import { Catalog } from "../layers/Catalog.ts"
import { EventHub } from "../hub/EventHub.ts"
import { FeedRegistry } from "../layers/FeedRegistry.ts"
import { exposition, type Family } from "../layers/metrics/Exposition.ts"
import { feedFamilies } from "../layers/metrics/feedFamilies.ts"
import { hubFamilies } from "../layers/metrics/hubFamilies.ts"
import { ProcessVitals } from "../layers/metrics/ProcessVitals.ts"
import { venueFamilies } from "../layers/metrics/venueFamilies.ts"
import { Api } from "./Api.ts"
import { Admission } from "./Admission.ts"
import { httpFamilies } from "./httpFamilies.ts"
import { HttpTally } from "./HttpTally.ts"
import { Streams } from "./stream/Streams.ts"

/** A scrape must not wait for a database that hangs. */
const CATALOG_LIMIT = "1 second"

const catalogFamily = (up: boolean): Family => ({
  name: "level4_catalog_up",
  help: "1 while the catalog's database answers, else 0; feeds and books go on without",
  type: "gauge",
  samples: [{ labels: {}, value: up ? 1 : 0 }]
})

export const layerMetrics = HttpApiBuilder.group(Api, "metrics", (handlers) =>
  Effect.gen(function* () {
    const registry = yield* FeedRegistry
    const catalog = yield* Catalog
    const vitals = yield* ProcessVitals
    const hub = yield* EventHub
    const streams = yield* Streams
    const admission = yield* Admission
    const tally = yield* HttpTally
    const scrape = Effect.gen(function* () {
      const { feeds, venues } = yield* registry.measured
      const up = yield* catalog.ready.pipe(Effect.timeout(CATALOG_LIMIT), Effect.isSuccess)
      const now = yield* monotonicMillis
      return exposition([
        catalogFamily(up),
        ...feedFamilies(feeds, nowMicros()),
        ...venueFamilies(venues, now),
        ...hubFamilies(hub, streams.counts()),
        ...httpFamilies(tally, admission),
        ...vitals.families()
      ])
    })
    return handlers.handleAll({ scrape: () => scrape })
  })
)
