// Owns the answers of /rules; what rules do is layers/Rules.ts.
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Rules } from "../layers/Rules.ts"
import { Api } from "./Api.ts"
import { tooManyRules, unmatchedPattern } from "./BulkRefusals.ts"
import { alreadyExists, catalogUnavailable, notFound } from "./Refusals.ts"

const refusals = { NotFound: notFound, CatalogUnavailable: catalogUnavailable }

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
      list: () => Effect.catchTag(rules.all, "CatalogUnavailable", catalogUnavailable),
      find: ({ params: { id } }) => Effect.catchTags(rules.find(id), refusals),
      update: ({ params: { id }, payload: { enabled } }) => Effect.catchTags(rules.setEnabled(id, enabled), refusals),
      remove: ({ params: { id } }) => Effect.catchTags(rules.remove(id), refusals)
    })
  )
)
