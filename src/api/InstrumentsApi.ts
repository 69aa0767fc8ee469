// Owns the contract of instruments: what a venue lists now. Part of Api.ts.
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { ListedInstrument } from "../domain/Instrument.ts"
import { InstrumentStatus } from "../domain/InstrumentStatus.ts"
import { Reader } from "./Guards.ts"
import { digits, exchangeReference, marketTypeParam } from "./Params.ts"
import {
  CatalogUnavailableProblem,
  ExchangeNotFollowedProblem,
  InvalidRequestProblem,
  ListingUnavailableProblem,
  NotFoundProblem
} from "./Problems.ts"

const docs = (summary: string, description: string) => OpenApi.annotations({ summary, description })

const part = (description: string) =>
  Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(64)).annotate({ description })

const Limit = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 5000 })).annotate({
  description: "Rows of one answer; 1000 if left out"
})

const Cursor = Schema.String.check(
  Schema.isPattern(/^(?:SPOT|PERP|INVERSE|FUTURE):[^\p{C}]{1,64}$/u, {
    message: "Expected market type and native symbol of the last row that was seen, such as SPOT:BTC/USD"
  })
).annotate({
  description: "Market type and native symbol of the last row that was seen, e.g. SPOT:BTC/USD: the rows after it"
})

export class InstrumentsApi extends HttpApiGroup.make("instruments")
  .add(
    HttpApiEndpoint.get("list", "/exchanges/:id/instruments", {
      params: { id: exchangeReference },
      query: {
        market_type: Schema.optionalKey(marketTypeParam),
        base: Schema.optionalKey(part("Only instruments of this base asset; case is ignored")),
        quote: Schema.optionalKey(part("Only instruments of this quote asset; case is ignored")),
        status: Schema.optionalKey(InstrumentStatus),
        q: Schema.optionalKey(part("Only instruments with this in native symbol, tag or base; case is ignored")),
        limit: Schema.optionalKey(digits(Limit)),
        cursor: Schema.optionalKey(Cursor),
        stale: Schema.optionalKey(
          Schema.Boolean.annotate({ description: "true: what is known, where the venue does not answer" })
        )
      },
      success: HttpApiSchema.WithHeaders(Schema.Array(ListedInstrument), {
        age: Schema.Int.annotate({ description: "Seconds since the venue gave the oldest answer in this one" }),
        link: Schema.optionalKey(
          Schema.String.annotate({ description: 'Where more rows follow: their address, as `<…>; rel="next"`' })
        )
      }),
      error: [
        NotFoundProblem,
        InvalidRequestProblem,
        ExchangeNotFollowedProblem,
        ListingUnavailableProblem,
        CatalogUnavailableProblem
      ]
    })
      .middleware(Reader)
      .annotateMerge(
        docs(
          "List what a venue lists",
          "The instruments of an exchange, by its id in the catalog or its name, in the catalog or not, in the order " +
            "of market type and native symbol. The venue is asked when what is known of it is older than " +
            "LEVEL4_LISTING_INTERVAL (15 minutes); nothing of it is stored. Where it does not answer: 503 with the " +
            "age of what is known, which `stale=true` gives. Ticks, steps and sizes are exact decimal text."
        )
      )
  )
  .annotateMerge(OpenApi.annotations({ description: "What venues list" })) {}
