// Owns the contract of quotes: what an order of a size would meet now. Part of Api.ts.
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { MarketQuote, PairQuote, QuoteSide, QuoteSize } from "../domain/SizedQuote.ts"
import { Reader } from "./Guards.ts"
import { commonMarketType, marketReference, pair } from "./Params.ts"
import {
  BookNotLiveProblem,
  CatalogUnavailableProblem,
  InsufficientDepthProblem,
  InvalidRequestProblem,
  NotFoundProblem,
  PairNotLiveProblem,
  UnknownPairProblem
} from "./Problems.ts"

const docs = (summary: string, description: string) => OpenApi.annotations({ summary, description })

const order = {
  side: QuoteSide,
  size: QuoteSize.annotate({ description: "How much: a decimal above zero, in the unit of the book's sizes" })
}

export class QuotesApi extends HttpApiGroup.make("quotes")
  .add(
    HttpApiEndpoint.get("market", "/markets/:id/quote", {
      params: { id: marketReference },
      query: order,
      success: MarketQuote,
      error: [
        NotFoundProblem,
        InvalidRequestProblem,
        InsufficientDepthProblem,
        BookNotLiveProblem,
        CatalogUnavailableProblem
      ]
    })
      .middleware(Reader)
      .annotateMerge(
        docs(
          "Quote a size in one market",
          "Walks the live book until the size is filled: average and worst price, what it is worth, and how many " +
            "levels it takes. Fees are not included. Refused when the book is not live (503), or holds less than " +
            "the size (409, with what it holds)."
        )
      ),
    HttpApiEndpoint.get("pair", "/consolidated/:pair/quote", {
      params: { pair },
      query: { ...order, market_type: Schema.optionalKey(commonMarketType) },
      success: PairQuote,
      error: [
        UnknownPairProblem,
        InvalidRequestProblem,
        InsufficientDepthProblem,
        PairNotLiveProblem,
        CatalogUnavailableProblem
      ]
    })
      .middleware(Reader)
      .annotateMerge(
        docs(
          "Quote a size over all venues of a pair",
          "The same over all live books of the pair together, the best level first whoever has it: `fills` says what " +
            "each venue would fill, `excluded` whom it could not ask. Sizes count the base currency, of INVERSE the " +
            "quote currency. Fees are not included."
        )
      )
  )
  .annotateMerge(OpenApi.annotations({ description: "What an order would meet" })) {}
