// Owns the joining of the service's parts on top of a database: catalog, feeds, event hub, HTTP server. A module of its
// own, so that it can be loaded while the database opens (service.ts).
import { Layer } from "effect"
import { FetchHttpClient } from "effect/http"
import { Server } from "./api/Server.ts"
import { layerBoot } from "./layers/Boot.ts"
import { Catalog } from "./layers/Catalog.ts"
import { EventHub } from "./hub/EventHub.ts"
import { FeedRegistry } from "./layers/FeedRegistry.ts"
import { layerLease } from "./layers/Lease.ts"
import { FeedSwitch } from "./layers/FeedSwitch.ts"
import { marketEndpoints } from "./layers/marketEndpoints.ts"

/** All of the service but its database. */
export const layerParts = Layer.merge(Server.layer, layerBoot).pipe(
  Layer.provideMerge(FeedSwitch.layer),
  Layer.provideMerge(FeedRegistry.layer),
  Layer.provideMerge(EventHub.layerWith(marketEndpoints)),
  Layer.provide(FetchHttpClient.layer),
  Layer.provide(Catalog.layer),
  Layer.provide(layerLease)
)
