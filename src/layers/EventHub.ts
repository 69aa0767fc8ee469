// Owns the one hub of the process as a service; what a hub does is hub/Hub.ts. The seq of every market begins at the
// milliseconds since 1970 at which the process started: a market would have to tell more than a thousand events a second,
// for as long as the process runs, before a later process could repeat a seq of this one.
import { Context, Effect, Layer } from "effect"
import { Hub } from "./hub/Hub.ts"

export class EventHub extends Context.Service<EventHub, Hub>()("level4/layers/EventHub") {
  static readonly layer = Layer.effect(EventHub)(
    Effect.acquireRelease(
      Effect.sync(() => new Hub(Date.now())),
      (hub) => Effect.sync(() => hub.close())
    )
  )
}
