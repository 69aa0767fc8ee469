// Owns the one composition of the service: every layer is joined here and in parts.ts, and nowhere else. `serve` runs
// it until it is interrupted, and then closes everything in order: the listener, the feeds with their sockets, the
// database. The parts, half of a start's work for this thread, are loaded while the embedded database opens in a thread
// of its own.
import { Deferred, Effect, Layer, References } from "effect"
import { useProxies } from "./feeds/venue/Proxy.ts"
import { Database } from "./layers/Database.ts"
import { Ending, type LeaseHeld } from "./layers/Lease.ts"
import { layerLogs } from "./layers/Logs.ts"
import { InvalidSetting, Settings } from "./layers/Settings.ts"
import { layerTelemetry } from "./layers/Telemetry.ts"

/** Long enough for the database's thread to be on its way before this one is busy loading. */
const HEAD_START = "10 millis"

const parts = Effect.promise(() => import("./parts.ts"))
const layerLoaded = Layer.effectDiscard(Effect.delay(parts, HEAD_START))

/** The whole service, listening. */
export const layerService = Layer.unwrap(Effect.map(parts, ({ layerParts }) => layerParts)).pipe(
  Layer.provide(Layer.merge(Database.layer, layerLoaded))
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
