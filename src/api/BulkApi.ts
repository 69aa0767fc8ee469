// Owns the contract of adding markets by patterns. Part of Api.ts; what it means is layers/MarketAdder.ts.
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { MarketBatch, NewMarketBatch } from "../domain/MarketBatch.ts"
import { TooManyMatchesProblem, UnmatchedPatternProblem } from "./BulkProblems.ts"
import { Operator } from "./Guards.ts"
import {
  CatalogUnavailableProblem,
  ListingUnavailableProblem,
  PayloadTooLargeProblem,
  UnsupportedMediaTypeProblem
} from "./Problems.ts"

export class BulkApi extends HttpApiGroup.make("bulk")
  .add(
    HttpApiEndpoint.post("add", "/markets/batch", {
      payload: NewMarketBatch,
      success: MarketBatch,
      error: [
        UnmatchedPatternProblem,
        TooManyMatchesProblem,
        ListingUnavailableProblem,
        CatalogUnavailableProblem,
        PayloadTooLargeProblem,
        UnsupportedMediaTypeProblem
      ]
    })
      .middleware(Operator)
      .annotateMerge(
        OpenApi.annotations({
          summary: "Add markets by patterns",
          description:
            "Adds every instrument whose tag matches one of the patterns and that its venue lists as trading, " +
            "pre_launch or halted, with exchange and symbols as needed. A `*` in the exchange part means the live " +
            "exchanges whose listing can be had. Sending it again adds only what is missing; with `start`, markets " +
            "that were there already are started too; starts that take longer than 12 s go on after the answer. " +
            "An exchange that does not say what it lists has an `error` and " +
            "the others go on; where none does, the answer is 503."
        })
      )
  )
  .annotateMerge(OpenApi.annotations({ description: "Many markets at once" })) {}
