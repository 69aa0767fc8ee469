// Owns what happens to the switches when the process starts: `idle` switches off what no process runs, so that a flag
// never lies; `resume` starts the feeds that were on. It waits for the catalog in the background, so that a database that
// is down delays neither the API nor anything else. Invariant: a feed that runs already is left alone.
import { Effect, Layer, Schedule } from "effect"
import type { CatalogUnavailable } from "../domain/Failures.ts"
import { Catalog } from "./Catalog.ts"
import { FeedRegistry } from "./FeedRegistry.ts"
import { Settings } from "./Settings.ts"

const patience = Schedule.min([Schedule.exponential("250 millis"), Schedule.spaced("10 seconds")]).pipe(
  Schedule.jittered
)

const idle = Effect.gen(function* () {
  const catalog = yield* Catalog
  const registry = yield* FeedRegistry
  const cleared = yield* catalog.clearSwitchesExcept(yield* registry.running)
  if (cleared > 0) yield* Effect.logInfo(`switched off ${cleared} feeds that an earlier process left on`)
})

const resume = Effect.gen(function* () {
  const catalog = yield* Catalog
  const registry = yield* FeedRegistry
  const markets = yield* catalog.markets({ enabled: true })
  yield* Effect.forEach(
    markets,
    (market) =>
      registry.start(market).pipe(
        Effect.catchTag("FeedRefused", ({ detail }) =>
          Effect.logWarning(`a feed can't be resumed and is switched off: ${detail}`).pipe(
            Effect.andThen(catalog.setFeedEnabled(market.id, false)),
            Effect.catchTag("NotFound", () => Effect.void),
            Effect.annotateLogs({ market: market.id })
          )
        )
      ),
    { discard: true }
  )
  if (markets.length > 0) yield* Effect.logInfo(`resumed ${markets.length} feeds`)
})

const untilDone = <R>(work: Effect.Effect<void, CatalogUnavailable, R>) =>
  Effect.forkScoped(Effect.retry(work, patience), { startImmediately: true })

export const layerBoot = Layer.effectDiscard(
  Effect.gen(function* () {
    const { onBoot } = yield* Settings
    yield* untilDone(onBoot === "resume" ? resume : idle)
  })
)
