// Owns the answers of /livez and /readyz. Ready means that catalog calls can be answered; feeds and books go on
// without, and are explained beside.
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { FeedState } from "../domain/FeedState.ts"
import { tagOf } from "../domain/Market.ts"
import { Catalog } from "../layers/Catalog.ts"
import { FeedRegistry } from "../layers/FeedRegistry.ts"
import { Api } from "./Api.ts"
import { NotReadyProblem } from "./Problems.ts"

/** Feeds that are not live and named with their reason. */
const NAMED = 20

const SLOW = { detail: "The catalog's database did not answer within 2 s." }

export const layerHealth = HttpApiBuilder.group(Api, "health", (handlers) =>
  Effect.gen(function* () {
    const catalog = yield* Catalog
    const registry = yield* FeedRegistry
    const switchesOn = Effect.map(catalog.markets({ enabled: true }), ({ length }) => length)
    const database = Effect.andThen(catalog.ready, switchesOn).pipe(
      Effect.timeoutOrElse({ duration: "2 seconds", orElse: () => Effect.fail(SLOW) }),
      Effect.result
    )
    const feeds = Effect.gen(function* () {
      const views = yield* Effect.forEach(yield* registry.runningMarkets, (market) =>
        Effect.map(registry.view(market), ({ reason, reason_code, since, state }) => ({
          market_id: market.id,
          tag: tagOf(market),
          state,
          reason,
          reason_code,
          since
        }))
      )
      const of = (wanted: FeedState) => views.filter(({ state }) => state === wanted).length
      return {
        running: views.length,
        live: of("live"),
        states: Object.fromEntries(FeedState.literals.map((state) => [state, of(state)])) as Record<FeedState, number>,
        not_live: views
          .filter(({ state }) => state !== "live")
          .toSorted((a, b) => a.since - b.since)
          .slice(0, NAMED)
      }
    })
    const ready = Effect.gen(function* () {
      const [answer, counts] = yield* Effect.all([database, feeds])
      if (answer._tag === "Success") {
        const feeds = { ...counts, enabled: answer.success }
        return { status: "ready" as const, database: { ok: true, detail: null }, feeds }
      }
      const { detail } = answer.failure
      return yield* new NotReadyProblem({
        detail,
        database: { ok: false, detail },
        feeds: { ...counts, enabled: null }
      })
    })
    return handlers.handleAll({ live: () => Effect.succeed({ status: "alive" as const }), ready: () => ready })
  })
)
