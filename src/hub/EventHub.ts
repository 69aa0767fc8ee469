// Owns the one hub of the process as a service; what a hub does is hub/Hub.ts. The seq of every market begins at the
// microseconds since 1970 at which the process started: a market would have to tell more than a million events a
// second, for as long as the process runs, before a later process could repeat a seq of this one.
import { Context, Effect, Layer } from "effect"
import { nowMicros } from "../feeds/core/Now.ts"
import type { Market } from "../domain/Market.ts"
import { Hub } from "./Hub.ts"
import { idleLabel } from "./idleLabel.ts"
import { endpointsOf, Settings } from "../layers/Settings.ts"

export class EventHub extends Context.Service<EventHub, Hub>()("level4/layers/EventHub") {
  static readonly layer = Layer.effect(EventHub)(
    Effect.gen(function* () {
      const settings = yield* Settings
      const idle = (market: Market) =>
        idleLabel(market, endpointsOf(settings, market.exchange.name, market.market_type))
      return yield* Effect.acquireRelease(
        Effect.sync(() => new Hub(nowMicros(), idle)),
        (hub) => Effect.sync(() => hub.close())
      )
    })
  )
}
