// Owns what happens to the switches when the process starts: `idle` switches off what no process runs, so that a flag
// never lies; `resume` starts the feeds that were on. It waits for the catalog in the background, so that a database
// that is down delays neither the API nor anything else. Invariants: a feed that runs already is left alone; every
// market is turned by FeedSwitch, so that a client who turns it at the same moment comes before or after, and never
// between.
import { Effect, Layer, Schedule } from "effect"
import type { CatalogUnavailable } from "../domain/Failures.ts"
import type { Market, MarketId } from "../domain/Market.ts"
import { Catalog } from "./Catalog.ts"
import { defectAsFailure } from "./defectAsFailure.ts"
import { FeedRegistry } from "./FeedRegistry.ts"
import { FeedSwitch } from "./FeedSwitch.ts"
import { Settings } from "./Settings.ts"

const patience = Schedule.min([Schedule.exponential("250 millis"), Schedule.spaced("10 seconds")]).pipe(
  Schedule.jittered
)

/** Turns every market whose switch is on and that no feed runs for; answers how many it turned. */
const turnWhatIsOn = (on: boolean) =>
  Effect.gen(function* () {
    const catalog = yield* Catalog
    const registry = yield* FeedRegistry
    const feedSwitch = yield* FeedSwitch
    let turned = 0
    const decide = (market: Market) =>
      Effect.map(registry.running, (running) => {
        if (!market.level4_feed_enabled || running.includes(market.id)) return undefined
        turned++
        return on
      })
    const turn = (id: MarketId) =>
      feedSwitch.turn(id, decide).pipe(
        Effect.catchTags({
          // the switch has been turned off with the refusal
          FeedRefused: ({ detail }) => {
            turned--
            return Effect.logWarning(`a feed can't be resumed and is switched off: ${detail}`)
          },
          NotFound: () => Effect.void
        }),
        Effect.annotateLogs({ market: id })
      )
    yield* Effect.forEach(yield* catalog.markets({ enabled: true }), ({ id }) => turn(id), { discard: true })
    return turned
  })

const idle = Effect.gen(function* () {
  const cleared = yield* turnWhatIsOn(false)
  if (cleared > 0) yield* Effect.logInfo(`switched off ${cleared} feeds that an earlier process left on`)
})

const resume = Effect.gen(function* () {
  const resumed = yield* turnWhatIsOn(true)
  if (resumed > 0) yield* Effect.logInfo(`resumed ${resumed} feeds`)
})

/** A bug is tried again like a database that is down: it may be in one row, and other feeds wait for it. */
const untilDone = <R>(work: Effect.Effect<void, CatalogUnavailable, R>) =>
  work.pipe(
    defectAsFailure("the switches could not be settled; they are tried again"),
    Effect.retry(patience),
    Effect.forkScoped({ startImmediately: true })
  )

export const layerBoot = Layer.effectDiscard(
  Effect.gen(function* () {
    const { onBoot } = yield* Settings
    yield* untilDone(onBoot === "resume" ? resume : idle)
  })
)
