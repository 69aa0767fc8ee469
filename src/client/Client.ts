// Owns the typed client of a running service: every call of the HTTP contract, and streams of market events. The
// package exports it as `level4/client`, and the files beside it as `level4/client/<Name>`. Runs where Node strips
// types; websockets are `ws`, so that it is not for browsers. Invariant: the token goes to the service alone, and into
// no message.
import { Context, Effect, Layer, type Redacted, type Stream } from "effect"
import { FetchHttpClient, HttpClient, HttpClientRequest } from "effect/http"
import { HttpApiClient } from "effect/http-api"
import { Api } from "../api/Api.ts"
import { marketStream, type StreamOptions } from "./marketStream.ts"
import type { StreamFailure } from "./StreamFailures.ts"
import type { StreamRequest } from "./StreamRequest.ts"
import type { StreamValue } from "./StreamValue.ts"

export type ClientOptions = StreamOptions

export class Client extends Context.Service<
  Client,
  {
    /**
     * One function a call, e.g. `api.markets.book({ params: { id }, query: { depth: 5 } })`; problems are typed
     * failures.
     */
    readonly api: HttpApiClient.ForApi<typeof Api>
    /**
     * Market events for as long as they are read. A connection that is lost is a value, and is made again; with
     * delivery `lossless` it continues where it ended, or a `resume` event says that it can't.
     */
    readonly stream: (request: StreamRequest) => Stream.Stream<StreamValue, StreamFailure>
  }
>()("level4/client/Client") {
  static readonly make = (options: ClientOptions): Effect.Effect<Client["Service"]> =>
    HttpApiClient.make(Api, { baseUrl: options.url, transformClient: authorised(options.token) }).pipe(
      Effect.map((api) => Client.of({ api, stream: (request) => marketStream(options, request) })),
      Effect.provide(FetchHttpClient.layer)
    )

  static readonly layer = (options: ClientOptions): Layer.Layer<Client> => Layer.effect(Client)(Client.make(options))
}

const authorised = (token: Redacted.Redacted | undefined) => (client: HttpClient.HttpClient) =>
  token === undefined ? client : HttpClient.mapRequest(client, HttpClientRequest.bearerToken(token))
