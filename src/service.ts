// Owns the one composition of the service: every layer is joined here, and nowhere else. `serve` runs it until it is
// interrupted, and then closes everything in order: the listener, the feeds with their sockets, the database.
import { Deferred, Effect, Layer, References } from "effect"
import { FetchHttpClient } from "effect/http"
import { Server } from "./api/Server.ts"
import { useProxies } from "./feeds/venue/Proxy.ts"
import { EventHub } from "./hub/EventHub.ts"
import { layerBoot } from "./layers/Boot.ts"
import { Catalog } from "./layers/Catalog.ts"
import { Database } from "./layers/Database.ts"
import { FeedRegistry } from "./layers/FeedRegistry.ts"
import { FeedSwitch } from "./layers/FeedSwitch.ts"
import { layerInstruments } from "./layers/instruments/layerInstruments.ts"
import { layerVerifyMarkets } from "./layers/instruments/verifyMarkets.ts"
import { Ending, layerLease, type LeaseHeld } from "./layers/Lease.ts"
import { ListingWatch } from "./layers/ListingWatch.ts"
import { layerLogs } from "./layers/Logs.ts"
import { marketEndpoints } from "./layers/marketEndpoints.ts"
import { MarketAdder } from "./layers/MarketAdder.ts"
import { OpenVenues } from "./layers/OpenVenues.ts"
import { Rules } from "./layers/Rules.ts"
import { InvalidSetting, Settings } from "./layers/Settings.ts"
import { layerTelemetry } from "./layers/Telemetry.ts"

/** The whole service, listening. */
export const layerService = Layer.mergeAll(Server.layer, layerBoot, layerVerifyMarkets).pipe(
  Layer.provide(Rules.layer),
  Layer.provide(MarketAdder.layer),
  Layer.provideMerge(FeedSwitch.layer),
  Layer.provideMerge(ListingWatch.layer),
  Layer.provideMerge(FeedRegistry.layer),
  Layer.provideMerge(layerInstruments),
  Layer.provideMerge(EventHub.layerWith(marketEndpoints)),
  Layer.provide(OpenVenues.layer),
  Layer.provide(FetchHttpClient.layer),
  Layer.provide(Catalog.layer),
  Layer.provide(layerLease),
  Layer.provide(Database.layer)
)

export const serve = Effect.gen(function* () {
  const { logLevel } = yield* Settings
  // before the first fetch of anybody
  const proxies = Effect.mapError(
    useProxies(process.env),
    (error) => new InvalidSetting({ variable: error.variable, detail: error.detail })
  )
  const ending = yield* Deferred.make<never, LeaseHeld>()
  const observed = Layer.provide(layerService, Layer.provideMerge(layerTelemetry, layerLogs))
  return yield* Effect.andThen(proxies, Layer.launch(observed)).pipe(
    Effect.raceFirst(Deferred.await(ending)),
    Effect.provideService(Ending, ending),
    Effect.provideService(References.MinimumLogLevel, logLevel)
  )
}).pipe(Effect.provide(Settings.layer), Effect.scoped)
