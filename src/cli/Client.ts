// Owns the calls to a running service: one typed function a call, over the HttpApi client of src/api/Api.ts. Whatever
// can go wrong leaves here as one of three failures: the service refused, no service answers, or something else
// answers. Loaded only by commands that call (see ClientFlags.ts). Invariant: every call ends within its patience.
import { Config, Duration, Effect, Option, Redacted, Schema } from "effect"
import { FetchHttpClient, HttpClient, type HttpClientError, HttpClientRequest } from "effect/http"
import type { HttpClientResponse } from "effect/http"
import { HttpApiClient } from "effect/http-api"
import { Api } from "../api/Api.ts"
import type { SymbolCode, SymbolId } from "../domain/Asset.ts"
import type { ExchangeId, ExchangeName } from "../domain/Exchange.ts"
import type { MarketId, NewMarket } from "../domain/Market.ts"
import type { NewMarketBatch } from "../domain/MarketBatch.ts"
import type { NewRule, RuleId } from "../domain/Rule.ts"
import type { QuoteSide } from "../domain/SizedQuote.ts"
import { NotLevel4, Problem, Refused, Unreachable } from "./Failures.ts"

/** Longer than the service takes for its slowest answer, which is stopping a feed. */
const PATIENCE = Duration.seconds(30)
/** For calls that read listings, or start or stop many feeds. */
const PATIENCE_OF_MANY = Duration.minutes(5)

export type CallFailure = Refused | Unreachable | NotLevel4
export type Client = Effect.Success<ReturnType<typeof makeClient>>

/** Whom to call as: the operator where that token is set, else the reader, else nobody in particular. */
export const token = Config.option(
  Config.Redacted("LEVEL4_OPERATOR_TOKEN").pipe(Config.orElse(() => Config.Redacted("LEVEL4_READER_TOKEN")))
)

/** What a quote is asked for. */
interface Order {
  readonly side: QuoteSide
  readonly size: string
}

/** What the service says at its root. */
const About = Schema.Struct({ name: Schema.Literal("level4"), version: Schema.String, started_at: Schema.Int })
export type About = typeof About.Type

export type Readiness = Effect.Success<Client["readiness"]>

/** A client of the service at this address. */
export const makeClient = Effect.fnUntraced(function* (url: string) {
  const credential = yield* token
  const anyAnswer = (yield* HttpClient.HttpClient).pipe(
    HttpClient.mapRequest((request) => authorised(HttpClientRequest.prependUrl(request, url), credential)),
    HttpClient.transformResponse(Effect.mapError((error) => new Unreachable({ url, reason: transportReason(error) })))
  )
  const http = HttpClient.transformResponse(
    anyAnswer,
    Effect.filterOrElse(
      (response) => response.status < 400,
      (response) => refusal(url, response)
    )
  )
  const api = yield* HttpApiClient.makeWith(Api, { httpClient: http })
  const { health } = yield* HttpApiClient.makeWith(Api, { httpClient: anyAnswer })
  const call = <A, E>(effect: Effect.Effect<A, E>, patience = PATIENCE): Effect.Effect<A, CallFailure> =>
    effect.pipe(
      Effect.mapError((error) => (isCallFailure(error) ? error : new NotLevel4({ url, reason: String(error) }))),
      Effect.timeoutOrElse({
        duration: patience,
        orElse: () => new Unreachable({ url, reason: `no answer within ${Duration.format(patience)}` })
      })
    )
  return {
    symbols: call(api.symbols.list({})),
    createSymbol: (symbol: SymbolCode) => call(api.symbols.create({ payload: { symbol } })),
    exchanges: call(api.exchanges.list({})),
    createExchange: (name: ExchangeName) => call(api.exchanges.create({ payload: { name } })),
    markets: (query: Parameters<typeof api.markets.list>[0]["query"]) => call(api.markets.list({ query })),
    market: (id: MarketId) => call(api.markets.find({ params: { id } })),
    createMarket: (payload: NewMarket) => call(api.markets.create({ query: {}, payload })),
    switchFeed: (id: MarketId, level4_feed_enabled: boolean) =>
      call(api.markets.update({ params: { id }, payload: { level4_feed_enabled } })),
    book: (id: MarketId, depth: number, requireLive: boolean) =>
      call(api.markets.book({ params: { id }, query: { depth, ...(requireLive ? { require: "live" } : {}) } })),
    deleteSymbol: (id: SymbolId | string) => call(api.symbols.remove({ params: { id } })),
    deleteExchange: (id: ExchangeId | string) => call(api.exchanges.remove({ params: { id } })),
    deleteMarket: (id: MarketId | string) => call(api.markets.remove({ params: { id } })),
    /** Turns every market whose tag is this, or matches it. */
    switchFeeds: (tag: string, level4_feed_enabled: boolean) =>
      call(api.markets.updateMany({ query: { tag }, payload: { level4_feed_enabled } }), PATIENCE_OF_MANY),
    marketQuote: (id: MarketId | string, query: Order) => call(api.quotes.market({ params: { id }, query })),
    pairQuote: (pair: string, query: Parameters<typeof api.quotes.pair>[0]["query"]) =>
      call(api.quotes.pair({ params: { pair }, query })),
    consolidated: (pair: string, query: Parameters<typeof api.streams.consolidated>[0]["query"]) =>
      call(api.streams.consolidated({ params: { pair }, query })),
    tree: call(api.tree.read({})),
    about: call(
      Effect.flatMap(http.get("/", { acceptJson: true }), (answer) =>
        Effect.flatMap(answer.json, Schema.decodeUnknownEffect(About))
      )
    ),
    /** What the service says of itself, ready or not. */
    readiness: call(
      health.ready({}).pipe(
        Effect.map(({ database, feeds }) => ({ ready: true, database, feeds })),
        Effect.catchTag("NotReadyProblem", ({ database, feeds }) => Effect.succeed({ ready: false, database, feeds }))
      )
    ),
    addMarkets: (payload: NewMarketBatch) => call(api.bulk.add({ payload }), PATIENCE_OF_MANY),
    rules: call(api.rules.list({})),
    createRule: (payload: NewRule) => call(api.rules.create({ payload })),
    turnRule: (id: RuleId, enabled: boolean) => call(api.rules.update({ params: { id }, payload: { enabled } })),
    deleteRule: (id: RuleId) => call(api.rules.remove({ params: { id } })),
    /** One page of what an exchange lists; `headers.link` is there where more follow its last row. */
    instruments: (exchange: string, query: Parameters<typeof api.instruments.list>[0]["query"]) =>
      call(api.instruments.list({ params: { id: exchange }, query }))
  }
}, Effect.provide(FetchHttpClient.layer))

const isCallFailure = Schema.is(Schema.Union([Refused, Unreachable, NotLevel4]))

const authorised = (
  request: HttpClientRequest.HttpClientRequest,
  token: Option.Option<Redacted.Redacted>
): HttpClientRequest.HttpClientRequest =>
  Option.isNone(token) ? request : HttpClientRequest.bearerToken(request, Redacted.value(token.value))

/** Level4 explains every error with a problem document; an error without one comes from somebody else. */
const refusal = (url: string, response: HttpClientResponse.HttpClientResponse) =>
  response.json.pipe(
    Effect.flatMap(Schema.decodeUnknownEffect(Problem)),
    Effect.mapError(() => new NotLevel4({ url, reason: `it answered ${response.status} without an explanation` })),
    Effect.flatMap((problem) => new Refused({ status: response.status, problem }))
  )

const REASONS: Record<string, string> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection reset",
  ENOTFOUND: "its host name is unknown",
  EAI_AGAIN: "its host name can't be looked up",
  EHOSTUNREACH: "its host can't be reached",
  ENETUNREACH: "its network can't be reached",
  ETIMEDOUT: "connecting took too long",
  UND_ERR_CONNECT_TIMEOUT: "connecting took too long"
}

/** fetch hides what happened in the cause of its error, and several addresses of one host in the causes of that. */
const transportReason = (error: HttpClientError.HttpClientError): string => {
  let deepest: unknown = error.reason
  for (let depth = 0; depth < 5 && deepest instanceof Error; depth++) {
    if ("code" in deepest && typeof deepest.code === "string") return REASONS[deepest.code] ?? deepest.code
    deepest = deepest instanceof AggregateError ? deepest.errors[0] : (deepest.cause ?? deepest.message)
  }
  return String(deepest)
}
