// Owns the HTTP contract, and nothing but it: clients and documents import this file, never a handler. Shapes are the
// domain's, failures are in Problems.ts, handlers are one file a group. Calls that write need the operator's token and
// reads the reader's or the operator's, as `Authorization: Bearer …`, wherever the service has such tokens set.
import { Schema } from "effect"
import {
  HttpApi,
  HttpApiEndpoint,
  HttpApiGroup,
  HttpApiMiddleware,
  HttpApiSchema,
  HttpApiSecurity,
  OpenApi
} from "effect/http-api"
import { Asset, SymbolCode, SymbolId } from "../domain/Asset.ts"
import { Book } from "../domain/Event.ts"
import { Exchange, ExchangeId, ExchangeName, ListedExchange } from "../domain/Exchange.ts"
import { ListedMarket, MarketId, NativeSymbol, NewMarket } from "../domain/Market.ts"
import { MarketType } from "../domain/MarketType.ts"
import {
  AlreadyExistsProblem,
  BookNotLiveProblem,
  CatalogUnavailableProblem,
  FeedRefusedProblem,
  ForbiddenProblem,
  ImmutableFieldProblem,
  InternalErrorProblem,
  InvalidMarketProblem,
  InvalidRequestProblem,
  NotFoundProblem,
  NotReadyProblem,
  PayloadTooLargeProblem,
  readiness,
  UnauthorizedProblem,
  UnknownReferenceProblem,
  UnsupportedMediaTypeProblem
} from "./Problems.ts"

/** Turns what the schemas refuse into problems; implemented in RequestFaults.ts. */
export class RequestFaults extends HttpApiMiddleware.Service<RequestFaults>()("level4/api/RequestFaults", {
  error: [InvalidRequestProblem, InternalErrorProblem]
}) {}

/** Lets only the operator pass; implemented in Tokens.ts. */
export class Operator extends HttpApiMiddleware.Service<Operator>()("level4/api/Operator", {
  security: { operator: HttpApiSecurity.bearer },
  error: [UnauthorizedProblem, ForbiddenProblem]
}) {}

/** Lets readers and the operator pass; implemented in Tokens.ts. */
export class Reader extends HttpApiMiddleware.Service<Reader>()("level4/api/Reader", {
  security: { reader: HttpApiSecurity.bearer },
  error: UnauthorizedProblem
}) {}

const created = HttpApiSchema.status(201)
const bodyErrors = [PayloadTooLargeProblem, UnsupportedMediaTypeProblem] as const
const docs = (summary: string, description: string) => OpenApi.annotations({ summary, description })

export class SymbolsApi extends HttpApiGroup.make("symbols")
  .add(
    HttpApiEndpoint.post("create", "/symbols", {
      payload: Schema.Struct({ symbol: SymbolCode }),
      success: Asset.pipe(created),
      error: [AlreadyExistsProblem, CatalogUnavailableProblem, ...bodyErrors]
    })
      .middleware(Operator)
      .annotateMerge(docs("Create a symbol", "Adds an asset code, such as BTC, to the catalog.")),
    HttpApiEndpoint.get("list", "/symbols", {
      success: Schema.Array(Asset),
      error: CatalogUnavailableProblem
    })
      .middleware(Reader)
      .annotateMerge(docs("List the symbols", "All asset codes of the catalog, in the order of their ids.")),
    HttpApiEndpoint.get("find", "/symbols/:id", {
      params: { id: SymbolId },
      success: Asset,
      error: [NotFoundProblem, CatalogUnavailableProblem]
    })
      .middleware(Reader)
      .annotateMerge(docs("Show a symbol", "One asset code by its id."))
  )
  .annotateMerge(OpenApi.annotations({ description: "Asset codes" })) {}

export class ExchangesApi extends HttpApiGroup.make("exchanges")
  .add(
    HttpApiEndpoint.post("create", "/exchanges", {
      payload: Schema.Struct({ name: ExchangeName }),
      success: ListedExchange.pipe(created),
      error: [AlreadyExistsProblem, CatalogUnavailableProblem, ...bodyErrors]
    })
      .middleware(Operator)
      .annotateMerge(
        docs(
          "Create an exchange",
          "Adds a venue by its name. `supported` in the answer says whether feeds can run for it."
        )
      ),
    HttpApiEndpoint.get("list", "/exchanges", {
      success: Schema.Array(ListedExchange),
      error: CatalogUnavailableProblem
    })
      .middleware(Reader)
      .annotateMerge(docs("List the exchanges", "All venues of the catalog with what level4 can follow on each.")),
    HttpApiEndpoint.get("find", "/exchanges/:id", {
      params: { id: ExchangeId },
      success: ListedExchange,
      error: [NotFoundProblem, CatalogUnavailableProblem]
    })
      .middleware(Reader)
      .annotateMerge(docs("Show an exchange", "One venue by its id."))
  )
  .annotateMerge(OpenApi.annotations({ description: "Venues" })) {}

/**
 * A market as GET gave it, or any part of it. Only `level4_feed_enabled` can change; `feed`, `size_unit` and
 * `contract_value` are computed and ignored; every other field must have the value it has.
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
  native_symbol: Schema.optionalKey(Schema.NullOr(NativeSymbol)),
  tag: Schema.optionalKey(Schema.String),
  size_unit: Schema.optionalKey(Schema.Json),
  contract_value: Schema.optionalKey(Schema.Json),
  feed: Schema.optionalKey(Schema.Json)
}).annotate({ identifier: "MarketPatch" })

export const BookDepth = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 5000 })).annotate({
  description: "Levels a side, best first; 25 if left out"
})

export class MarketsApi extends HttpApiGroup.make("markets")
  .add(
    HttpApiEndpoint.post("create", "/markets", {
      payload: Schema.Struct(NewMarket.fields),
      success: ListedMarket.pipe(created),
      error: [
        AlreadyExistsProblem,
        UnknownReferenceProblem,
        InvalidMarketProblem,
        CatalogUnavailableProblem,
        ...bodyErrors
      ]
    })
      .middleware(Operator)
      .annotateMerge(
        docs(
          "Create a market",
          "Adds exchange + base + quote + market type. Its feed is off; PATCH starts it. `native_symbol` is needed only " +
            "where the venue's spelling does not follow its own rule, and for every FUTURE."
        )
      ),
    HttpApiEndpoint.get("list", "/markets", {
      query: {
        enabled: Schema.optionalKey(Schema.Boolean),
        exchange_id: Schema.optionalKey(ExchangeId),
        base_symbol_id: Schema.optionalKey(SymbolId),
        quote_symbol_id: Schema.optionalKey(SymbolId),
        market_type: Schema.optionalKey(MarketType)
      },
      success: Schema.Array(ListedMarket),
      error: CatalogUnavailableProblem
    })
      .middleware(Reader)
      .annotateMerge(
        docs("List the markets", "The markets that pass every given filter, each with the state of its feed.")
      ),
    HttpApiEndpoint.get("find", "/markets/:id", {
      params: { id: MarketId },
      success: ListedMarket,
      error: [NotFoundProblem, CatalogUnavailableProblem]
    })
      .middleware(Reader)
      .annotateMerge(docs("Show a market", "One market by its id, with state and counters of its feed.")),
    HttpApiEndpoint.patch("update", "/markets/:id", {
      params: { id: MarketId },
      payload: MarketPatch,
      success: ListedMarket,
      error: [NotFoundProblem, FeedRefusedProblem, ImmutableFieldProblem, CatalogUnavailableProblem, ...bodyErrors]
    })
      .middleware(Operator)
      .annotateMerge(
        docs(
          "Start or stop a feed",
          "`level4_feed_enabled` true starts the market's feed and false stops it, both idempotent; the answer comes when " +
            "that is done and written. Other fields may be present with the value they have; a changed one is refused with " +
            "422. While the catalog is down the answer is 503 and the feed goes on, or stays off, as it was."
        )
      ),
    HttpApiEndpoint.get("book", "/markets/:id/book", {
      params: { id: MarketId },
      query: {
        depth: Schema.optionalKey(BookDepth),
        require: Schema.optionalKey(
          Schema.Literals(["live"]).annotate({ description: "`live`: answer 503 unless the book is live" })
        )
      },
      success: Book,
      error: [NotFoundProblem, BookNotLiveProblem, CatalogUnavailableProblem]
    })
      .middleware(Reader)
      .annotateMerge(
        docs(
          "Read a book",
          "The order book with its truth label: only `state` live means that it is good. Prices and sizes are exactly what " +
            "the exchange sent. The book of a running feed can be read while the catalog is down."
        )
      )
  )
  .annotateMerge(OpenApi.annotations({ description: "Markets, their feeds and books" })) {}

export class HealthApi extends HttpApiGroup.make("health")
  .add(
    HttpApiEndpoint.get("live", "/livez", {
      success: Schema.Struct({ status: Schema.Literal("alive") })
    }).annotateMerge(docs("Is the process alive?", "Answers 200 whenever the process serves requests.")),
    HttpApiEndpoint.get("ready", "/readyz", {
      success: Schema.Struct({ status: Schema.Literal("ready"), ...readiness }),
      error: NotReadyProblem
    }).annotateMerge(
      docs("Is the service ready?", "200 when the database answers, 503 when it does not; both say how many feeds run.")
    )
  )
  .annotateMerge(OpenApi.annotations({ description: "Health of the process" })) {}

export class Api extends HttpApi.make("level4")
  .add(SymbolsApi, ExchangesApi, MarketsApi, HealthApi)
  .middleware(RequestFaults)
  .annotate(HttpApi.ParseOptions, { errors: "all" })
  .annotate(HttpApi.PayloadParseOptions, { errors: "all", onExcessProperty: "error" })
  .annotate(HttpApi.QueryParseOptions, { errors: "all", onExcessProperty: "error" })
  .annotateMerge(
    OpenApi.annotations({
      title: "level4",
      version: "0.1.0",
      description:
        "Live, normalised level-2 order books of crypto exchanges that never serve a wrong book as a good one. Every " +
        "error is an RFC 9457 problem (application/problem+json) with a stable `type` and a `detail` to act on; the paths " +
        "in `errors` are JSON pointers."
    })
  ) {}
