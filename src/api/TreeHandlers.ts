// Owns the answer of /tree.
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { feedTree } from "../layers/feedTree.ts"
import { FeedRegistry } from "../layers/FeedRegistry.ts"
import { Api } from "./Api.ts"

const STARTED_AT = Math.round(performance.timeOrigin * 1000)

export const layerTree = HttpApiBuilder.group(Api, "tree", (handlers) =>
  Effect.map(FeedRegistry, (registry) =>
    handlers.handleAll({ read: () => Effect.map(registry.measured, ({ feeds }) => feedTree(feeds, STARTED_AT)) })
  )
)
