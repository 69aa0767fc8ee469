// Owns the answers of adding markets by patterns; MarketAdder does it.
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { MarketAdder } from "../layers/MarketAdder.ts"
import { Api } from "./Api.ts"
import { tooManyMatches, unmatchedPattern } from "./BulkRefusals.ts"
import { catalogUnavailable, listingUnavailable } from "./Refusals.ts"

const LIMIT = 500

export const layerBulk = HttpApiBuilder.group(Api, "bulk", (handlers) =>
  Effect.map(MarketAdder, (adder) =>
    handlers.handleAll({
      add: ({ payload: { dry_run = false, limit = LIMIT, patterns, start = false } }) =>
        adder.add({ patterns, start, limit, dryRun: dry_run }).pipe(
          Effect.catchTags({
            UnmatchedPattern: unmatchedPattern,
            TooManyMatches: tooManyMatches,
            ListingUnavailable: listingUnavailable,
            CatalogUnavailable: catalogUnavailable
          })
        )
    })
  )
)
