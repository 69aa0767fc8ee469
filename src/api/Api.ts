// Owns the HTTP contract, and nothing but it: clients and documents import this file, never a handler. Shapes are the
// domain's, failures are in Problems.ts, who may call is in Guards.ts, the markets have MarketsApi.ts; handlers are one
// file a group.
import { Schema } from "effect"
import { HttpApi, HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { Asset, NewSymbolCode } from "../domain/Asset.ts"
import { ListedExchange, NewExchangeName } from "../domain/Exchange.ts"
import { polish } from "./Document.ts"
import { Operator, Reader, RequestFaults } from "./Guards.ts"
import { MarketsApi } from "./MarketsApi.ts"
import { MetricsApi } from "./MetricsApi.ts"
import { exchangeReference, symbolReference } from "./Params.ts"
import {
  AlreadyExistsProblem,
  CatalogUnavailableProblem,
  InUseProblem,
  InvalidRequestProblem,
  NotFoundProblem,
  NotReadyProblem,
  PayloadTooLargeProblem,
  readiness,
  UnsupportedMediaTypeProblem
} from "./Problems.ts"
import { QuotesApi } from "./QuotesApi.ts"
import { StreamApi } from "./StreamApi.ts"
import { TreeApi } from "./TreeApi.ts"

const created = HttpApiSchema.status(201)
const docs = (summary: string, description: string) => OpenApi.annotations({ summary, description })

class SymbolsApi extends HttpApiGroup.make("symbols")
  .add(
    HttpApiEndpoint.post("create", "/symbols", {
      payload: Schema.Struct({ symbol: NewSymbolCode }),
      success: Asset.pipe(created),
      error: [AlreadyExistsProblem, CatalogUnavailableProblem, PayloadTooLargeProblem, UnsupportedMediaTypeProblem]
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
      params: { id: symbolReference },
      success: Asset,
      error: [NotFoundProblem, InvalidRequestProblem, CatalogUnavailableProblem]
    })
      .middleware(Reader)
      .annotateMerge(docs("Show a symbol", "One asset code by its id, or by itself whatever its case.")),
    HttpApiEndpoint.delete("remove", "/symbols/:id", {
      params: { id: symbolReference },
      success: HttpApiSchema.NoContent,
      error: [NotFoundProblem, InvalidRequestProblem, InUseProblem, CatalogUnavailableProblem]
    })
      .middleware(Operator)
      .annotateMerge(
        docs(
          "Delete a symbol",
          "Takes an asset code that no market uses out of the catalog; its number is not used again."
        )
      )
  )
  .annotateMerge(OpenApi.annotations({ description: "Asset codes" })) {}

class ExchangesApi extends HttpApiGroup.make("exchanges")
  .add(
    HttpApiEndpoint.post("create", "/exchanges", {
      payload: Schema.Struct({ name: NewExchangeName }),
      success: ListedExchange.pipe(created),
      error: [
        AlreadyExistsProblem,
        InvalidRequestProblem,
        CatalogUnavailableProblem,
        PayloadTooLargeProblem,
        UnsupportedMediaTypeProblem
      ]
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
      params: { id: exchangeReference },
      success: ListedExchange,
      error: [NotFoundProblem, InvalidRequestProblem, CatalogUnavailableProblem]
    })
      .middleware(Reader)
      .annotateMerge(docs("Show an exchange", "One venue by its id, or by its name whatever its case.")),
    HttpApiEndpoint.delete("remove", "/exchanges/:id", {
      params: { id: exchangeReference },
      success: HttpApiSchema.NoContent,
      error: [NotFoundProblem, InvalidRequestProblem, InUseProblem, CatalogUnavailableProblem]
    })
      .middleware(Operator)
      .annotateMerge(
        docs("Delete an exchange", "Takes a venue that has no market out of the catalog; its number is not used again.")
      )
  )
  .annotateMerge(OpenApi.annotations({ description: "Venues" })) {}

class HealthApi extends HttpApiGroup.make("health")
  .add(
    HttpApiEndpoint.get("live", "/livez", {
      success: Schema.Struct({ status: Schema.Literal("alive") })
    }).annotateMerge(docs("Is the process alive?", "Answers 200 whenever the process serves requests.")),
    HttpApiEndpoint.get("ready", "/readyz", {
      success: Schema.Struct({ status: Schema.Literal("ready"), ...readiness }),
      error: NotReadyProblem
    }).annotateMerge(
      docs(
        "Is the service ready?",
        "200 when the database answers, 503 when it does not. Both explain: how many switches are on, how many " +
          "feeds run, in which states, and why those that are not live are not. Feeds that are not live make the " +
          "service no less ready."
      )
    )
  )
  .annotateMerge(OpenApi.annotations({ description: "Health of the process" })) {}

export class Api extends HttpApi.make("level4")
  .add(SymbolsApi, ExchangesApi, MarketsApi, StreamApi, HealthApi, MetricsApi, QuotesApi, TreeApi)
  .middleware(RequestFaults)
  .annotate(HttpApi.ParseOptions, { errors: "all" })
  .annotate(HttpApi.PayloadParseOptions, { errors: "all", onExcessProperty: "error" })
  .annotate(HttpApi.QueryParseOptions, { errors: "all", onExcessProperty: "error" })
  .annotateMerge(
    OpenApi.annotations({
      title: "level4",
      version: "0.1.0",
      license: { name: "UNLICENSED" },
      servers: [{ url: "/", description: "The service that serves this document" }],
      description:
        "Live, normalised level-2 order books of crypto exchanges that never serve a wrong book as a good one. Every " +
        "error is an RFC 9457 problem (application/problem+json) with a stable `type` and a `detail` to act on; the " +
        "paths in `errors` are JSON pointers. What is no call of this document answers with the same: 404 for an " +
        "unknown path, 405 with `Allow` for a wrong method. Where the service has tokens, send one as " +
        "`Authorization: Bearer <token>`.",
      transform: polish
    })
  ) {}
