// Owns the one hub of the process as a service; what a hub does is hub/Hub.ts. The seq of every market begins at the
// microseconds since 1970 at which the process started: a market would have to send more than a million events a
// second, for as long as the process runs, before a later process could repeat a seq of this one.
import { Context, Effect, Layer } from "effect"
import type { Market } from "../domain/Market.ts"
import { nowMicros } from "../feeds/core/Now.ts"
import type { Endpoints } from "../feeds/market/LiveFeed.ts"
import { Hub } from "./Hub.ts"
import { idleLabel } from "./idleLabel.ts"
import { makeTimers } from "./Timers.ts"

export class EventHub extends Context.Service<EventHub, Hub>()("level4/hub/EventHub") {
  /** `endpoints`: the addresses that are set in place of a venue's own. */
  static readonly layerWith = <E, R>(endpoints: Effect.Effect<(market: Market) => Endpoints, E, R>) =>
    Layer.effect(EventHub)(
      Effect.gen(function* () {
        const endpointsOf = yield* endpoints
        const timers = yield* makeTimers
        const idle = (market: Market) => idleLabel(market, endpointsOf(market))
        return yield* Effect.acquireRelease(
          Effect.sync(() => new Hub(nowMicros(), timers, { idle })),
          (hub) => Effect.sync(() => hub.close())
        )
      })
    )

  /** Every venue has its own addresses. */
  static readonly layer = EventHub.layerWith(Effect.succeed(() => ({ ws: undefined, rest: undefined })))
}
