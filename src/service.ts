// Owns the one composition of the service: every layer is joined here and nowhere else. `serve` runs it until it is
// interrupted, and then closes everything in order: the listener, the feeds with their sockets, the database.
import { Effect, Layer, References } from "effect"
import { FetchHttpClient } from "effect/http"
import { Server } from "./api/Server.ts"
import { layerBoot } from "./layers/Boot.ts"
import { Catalog } from "./layers/Catalog.ts"
import { Database } from "./layers/Database.ts"
import { EventHub } from "./layers/EventHub.ts"
import { FeedRegistry } from "./layers/FeedRegistry.ts"
import { Settings } from "./layers/Settings.ts"
import { layerTelemetry } from "./layers/Telemetry.ts"

/** The whole service, listening. */
export const layerService = Layer.merge(Server.layer, layerBoot).pipe(
  Layer.provideMerge(FeedRegistry.layer),
  Layer.provideMerge(EventHub.layer),
  Layer.provide(FetchHttpClient.layer),
  Layer.provide(Catalog.layer),
  Layer.provide(Database.layer)
)

export const serve = Effect.gen(function* () {
  const { logLevel } = yield* Settings
  return yield* Layer.launch(Layer.provide(layerService, layerTelemetry)).pipe(
    Effect.provideService(References.MinimumLogLevel, logLevel)
  )
}).pipe(Effect.provide(Settings.layer), Effect.scoped)
