// Owns the answers of /livez and /readyz. Ready means that catalog calls can be answered; feeds and books go on without.
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { CatalogUnavailable } from "../domain/Failures.ts"
import { Catalog } from "../layers/Catalog.ts"
import { FeedRegistry } from "../layers/FeedRegistry.ts"
import { Api } from "./Api.ts"
import { NotReadyProblem } from "./Problems.ts"

const slow = () => new CatalogUnavailable({ detail: "The catalog's database did not answer within 2 s." })

export const layerHealth = HttpApiBuilder.group(Api, "health", (handlers) =>
  Effect.gen(function* () {
    const catalog = yield* Catalog
    const registry = yield* FeedRegistry
    const database = catalog.ready.pipe(Effect.timeoutOrElse({ duration: "2 seconds", orElse: slow }), Effect.result)
    const feeds = Effect.gen(function* () {
      const views = yield* Effect.forEach(yield* registry.running, (id) => registry.view(id))
      return { running: views.length, live: views.filter(({ state }) => state === "live").length }
    })
    const ready = Effect.gen(function* () {
      const [answer, counts] = yield* Effect.all([database, feeds])
      if (answer._tag === "Success") {
        return { status: "ready" as const, database: { ok: true, detail: null }, feeds: counts }
      }
      const { detail } = answer.failure
      return yield* new NotReadyProblem({ detail, database: { ok: false, detail }, feeds: counts })
    })
    return handlers.handleAll({ live: () => Effect.succeed({ status: "alive" as const }), ready: () => ready })
  })
)
