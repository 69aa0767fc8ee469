// Owns the answers of /rules; what rules do is layers/Rules.ts.
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Rules } from "../layers/Rules.ts"
import { Api } from "./Api.ts"
import { tooManyRules, unmatchedPattern } from "./BulkRefusals.ts"
import { alreadyExists, catalogUnavailable, notFound } from "./Refusals.ts"

export const layerRules = HttpApiBuilder.group(Api, "rules", (handlers) =>
  Effect.map(Rules, (rules) =>
    handlers.handleAll({
      create: ({ payload }) =>
        rules.create(payload).pipe(
          Effect.catchTags({
            AlreadyExists: alreadyExists,
            TooManyRules: tooManyRules,
            UnmatchedPattern: unmatchedPattern,
            CatalogUnavailable: catalogUnavailable
          })
        ),
      list: () => rules.all.pipe(Effect.catchTag("CatalogUnavailable", catalogUnavailable)),
      find: ({ params }) =>
        rules.find(params.id).pipe(Effect.catchTags({ NotFound: notFound, CatalogUnavailable: catalogUnavailable })),
      update: ({ params, payload }) =>
        rules
          .setEnabled(params.id, payload.enabled)
          .pipe(Effect.catchTags({ NotFound: notFound, CatalogUnavailable: catalogUnavailable })),
      remove: ({ params }) =>
        rules.remove(params.id).pipe(Effect.catchTags({ NotFound: notFound, CatalogUnavailable: catalogUnavailable }))
    })
  )
)
