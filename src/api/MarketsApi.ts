// Owns the contract of markets: their creation and listing, the switch of their feeds, and their books. Part of Api.ts.
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { Asset, SymbolId } from "../domain/Asset.ts"
import { Book } from "../domain/Event.ts"
import { Exchange, ExchangeId } from "../domain/Exchange.ts"
import { ListedMarket, MarketId, NewMarket } from "../domain/Market.ts"
import { MarketType } from "../domain/MarketType.ts"
import { Operator, Reader } from "./Guards.ts"
import { digits, exchangeReference, marketReference, marketTypeParam, tagPattern } from "./Params.ts"
import {
  AlreadyExistsProblem,
  BookNotLiveProblem,
  CatalogUnavailableProblem,
  FeedRefusedProblem,
  ImmutableFieldProblem,
  InUseProblem,
  InstrumentMismatchProblem,
  InvalidMarketProblem,
  InvalidRequestProblem,
  NotFoundProblem,
  PayloadTooLargeProblem,
  UnknownReferenceProblem,
  UnsupportedMediaTypeProblem
} from "./Problems.ts"

const docs = (summary: string, description: string) => OpenApi.annotations({ summary, description })
const params = { id: marketReference }

/**
 * A market as GET gave it, or any part of it. Only `level4_feed_enabled` can change; what level4 or the venue says of
 * it (`feed`, `unverified`, sizes, ticks, its listing) is ignored; every other field must have the value it has.
 */
export const MarketPatch = Schema.Struct({
  level4_feed_enabled: Schema.optionalKey(Schema.Boolean),
  id: Schema.optionalKey(MarketId),
  exchange_id: Schema.optionalKey(ExchangeId),
  base_symbol_id: Schema.optionalKey(SymbolId),
  quote_symbol_id: Schema.optionalKey(SymbolId),
  exchange: Schema.optionalKey(Schema.Struct(Exchange.fields)),
  base_symbol: Schema.optionalKey(Schema.Struct(Asset.fields)),
  quote_symbol: Schema.optionalKey(Schema.Struct(Asset.fields)),
  market_type: Schema.optionalKey(MarketType),
  native_symbol: Schema.optionalKey(Schema.NullOr(Schema.String)),
  tag: Schema.optionalKey(Schema.String),
  size_unit: Schema.optionalKey(Schema.Json),
  contract_value: Schema.optionalKey(Schema.Json),
  unverified: Schema.optionalKey(Schema.Json),
  settle: Schema.optionalKey(Schema.Json),
  price_tick: Schema.optionalKey(Schema.Json),
  size_step: Schema.optionalKey(Schema.Json),
  min_size: Schema.optionalKey(Schema.Json),
  min_notional: Schema.optionalKey(Schema.Json),
  listing_status: Schema.optionalKey(Schema.Json),
  expires_at: Schema.optionalKey(Schema.Json),
  feed: Schema.optionalKey(Schema.Json)
}).annotate({ identifier: "MarketPatch" })

/** What became of one market of several that were switched together. */
export const SwitchedMarket = Schema.Struct({
  market_id: MarketId,
  tag: Schema.String,
  outcome: Schema.Literals(["started", "stopped", "unchanged", "refused"]),
  detail: Schema.NullOr(Schema.String).annotate({ description: "Why it was refused" })
}).annotate({ identifier: "SwitchedMarket" })
export type SwitchedMarket = typeof SwitchedMarket.Type

const BookDepth = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 5000 })).annotate({
  description: "Levels a side, best first; 25 if left out"
})

export class MarketsApi extends HttpApiGroup.make("markets")
  .add(
    HttpApiEndpoint.post("create", "/markets", {
      query: {
        unchecked: Schema.optionalKey(
          Schema.Boolean.annotate({ description: "true: not held against what the venue lists; stays `unverified`" })
        )
      },
      payload: Schema.Struct(NewMarket.fields),
      success: ListedMarket.pipe(HttpApiSchema.status(201)),
      error: [
        AlreadyExistsProblem,
        UnknownReferenceProblem,
        InvalidMarketProblem,
        InstrumentMismatchProblem,
        CatalogUnavailableProblem,
        PayloadTooLargeProblem,
        UnsupportedMediaTypeProblem
      ]
    })
      .middleware(Operator)
      .annotateMerge(
        docs(
          "Create a market",
          "Adds exchange + base + quote + market type. Its feed is off; PATCH starts it. `native_symbol` is needed " +
            "only where the venue's spelling does not follow its own rule, and for every FUTURE. The venue's listing " +
            "is asked first, for ten seconds at most: what it lists otherwise, as delisted or not at all is refused " +
            "with 422 that names the nearest instruments. Where it can't be had, the market is `unverified`."
        )
      ),
    HttpApiEndpoint.get("list", "/markets", {
      query: {
        enabled: Schema.optionalKey(Schema.Boolean),
        exchange_id: Schema.optionalKey(digits(ExchangeId)),
        base_symbol_id: Schema.optionalKey(digits(SymbolId)),
        quote_symbol_id: Schema.optionalKey(digits(SymbolId)),
        market_type: Schema.optionalKey(marketTypeParam),
        tag: Schema.optionalKey(tagPattern),
        exchange: Schema.optionalKey(exchangeReference)
      },
      success: Schema.Array(ListedMarket),
      error: [InvalidRequestProblem, UnknownReferenceProblem, CatalogUnavailableProblem]
    })
      .middleware(Reader)
      .annotateMerge(
        docs("List the markets", "The markets that pass every given filter, each with the state of its feed.")
      ),
    HttpApiEndpoint.patch("updateMany", "/markets", {
      query: { tag: tagPattern },
      payload: Schema.Struct({ level4_feed_enabled: Schema.Boolean }).annotate({ identifier: "MarketsPatch" }),
      success: Schema.Array(SwitchedMarket),
      error: [CatalogUnavailableProblem, PayloadTooLargeProblem, UnsupportedMediaTypeProblem]
    })
      .middleware(Operator)
      .annotateMerge(
        docs(
          "Start or stop the feeds of several markets",
          "Every market whose tag is, or matches, `tag` is turned as by PATCH of it alone; the answer says what " +
            "became of each, in the order of their ids. One that is refused holds up no other. Where none matches it " +
            "is an empty array."
        )
      ),
    HttpApiEndpoint.get("find", "/markets/:id", {
      params,
      success: ListedMarket,
      error: [NotFoundProblem, InvalidRequestProblem, CatalogUnavailableProblem]
    })
      .middleware(Reader)
      .annotateMerge(docs("Show a market", "One market by its id or its tag, with state and counters of its feed.")),
    HttpApiEndpoint.patch("update", "/markets/:id", {
      params,
      payload: MarketPatch,
      success: ListedMarket,
      error: [
        NotFoundProblem,
        InvalidRequestProblem,
        FeedRefusedProblem,
        ImmutableFieldProblem,
        CatalogUnavailableProblem,
        PayloadTooLargeProblem,
        UnsupportedMediaTypeProblem
      ]
    })
      .middleware(Operator)
      .annotateMerge(
        docs(
          "Start or stop a feed",
          "`level4_feed_enabled` true starts the market's feed and false stops it, both idempotent; the answer comes " +
            "when that is done and written. Other fields may be present with the value they have; a changed one is " +
            "refused with 422. While the catalog is down the answer is 503 and the feed goes on, or stays off, as it " +
            "was."
        )
      ),
    HttpApiEndpoint.delete("remove", "/markets/:id", {
      params,
      success: HttpApiSchema.NoContent,
      error: [NotFoundProblem, InvalidRequestProblem, InUseProblem, CatalogUnavailableProblem]
    })
      .middleware(Operator)
      .annotateMerge(
        docs(
          "Delete a market",
          "Takes a market whose feed is stopped out of the catalog. Its number is never given to another: streams " +
            "that follow it hear no more of it."
        )
      ),
    HttpApiEndpoint.get("book", "/markets/:id/book", {
      params,
      query: {
        depth: Schema.optionalKey(digits(BookDepth)),
        require: Schema.optionalKey(
          Schema.Literals(["live"]).annotate({ description: "`live`: answer 503 unless the book is live" })
        )
      },
      success: Book,
      error: [NotFoundProblem, InvalidRequestProblem, BookNotLiveProblem, CatalogUnavailableProblem]
    })
      .middleware(Reader)
      .annotateMerge(
        docs(
          "Read a book",
          "The order book with its truth label: only `state` live means that it is good. Prices and sizes are " +
            "exactly what the exchange sent. The book of a running feed can be read while the catalog is down."
        )
      )
  )
  .annotateMerge(OpenApi.annotations({ description: "Markets, their feeds and books" })) {}
