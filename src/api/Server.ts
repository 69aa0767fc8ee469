// Owns the HTTP server of the process: all routes built first, then the port opened, so that no request meets a
// half-made service; and the stop, bounded by two and a half seconds, with every socket closed. What is answered is the
// handlers'.
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Context, Duration, Effect, FiberHandle, Layer, Schema } from "effect"
import { HttpRouter, HttpServer, type HttpServerError } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { ProcessVitals } from "../layers/metrics/ProcessVitals.ts"
import { Settings } from "../layers/Settings.ts"
import { Api } from "./Api.ts"
import { layerDocs } from "./Docs.ts"
import { layerPipeline } from "./HttpPipeline.ts"
import { layerExchanges } from "./ExchangeHandlers.ts"
import { Admission } from "./Admission.ts"
import { layerHealth } from "./HealthHandlers.ts"
import { HttpTally } from "./HttpTally.ts"
import { KnownMarkets } from "./KnownMarkets.ts"
import { makeListener } from "./Listener.ts"
import { layerMarkets } from "./MarketHandlers.ts"
import { layerMetrics } from "./MetricsHandlers.ts"
import { layerQuotes } from "./QuoteHandlers.ts"
import { layerRequestFaults } from "./RequestFaults.ts"
import { layerRoot } from "./Root.ts"
import { OPENAPI_PATH, routerConfig } from "./Routes.ts"
import { layerStreams } from "./StreamHandlers.ts"
import { Streams } from "./stream/Streams.ts"
import { layerSymbols } from "./SymbolHandlers.ts"
import { layerOperator, layerReader } from "./Tokens.ts"
import { layerTree } from "./TreeHandlers.ts"

/** The port can't be listened on; `code` is the system's, such as EADDRINUSE. */
export class CannotListen extends Schema.TaggedError<CannotListen>()("CannotListen", {
  host: Schema.String,
  port: Schema.Int,
  code: Schema.String
}) {
  override get message(): string {
    const { code, host, port } = this
    return REASONS[code]?.(host, port) ?? `Can't listen on port ${port} of ${host} (${code}).`
  }
}

/** What a person can do about it. */
const REASONS: Readonly<Record<string, (host: string, port: number) => string>> = {
  EADDRINUSE: (host, port) =>
    `Port ${port} of ${host} is taken by another program, maybe another level4. Stop that, or choose another port ` +
    `with LEVEL4_PORT, e.g. LEVEL4_PORT=${port + 1}; LEVEL4_PORT=0 takes any free one.`,
  EACCES: (host, port) =>
    `This user may not listen on port ${port} of ${host}. Choose a port above 1023 with LEVEL4_PORT.`,
  EADDRNOTAVAIL: (host) => `${host} is no address of this machine. Set LEVEL4_HOST to one, e.g. 127.0.0.1.`,
  ENOTFOUND: (host) => `${host} is no known host name. Set LEVEL4_HOST to an address of this machine, e.g. 127.0.0.1.`
}

const guards = Layer.mergeAll(layerRequestFaults, layerOperator, layerReader)
const groups = Layer.mergeAll(
  layerSymbols,
  layerExchanges,
  layerMarkets,
  layerStreams,
  layerHealth,
  layerMetrics,
  layerQuotes,
  layerTree
).pipe(Layer.provide(guards))
const routes = Layer.mergeAll(
  HttpApiBuilder.layer(Api, { openapiPath: OPENAPI_PATH }),
  layerDocs,
  layerRoot,
  layerPipeline
).pipe(Layer.provide(groups), Layer.provide(KnownMarkets.layer), Layer.provide(NodeHttpServer.layerHttpServices))

/** How long answers under way may take when the service stops; what is not done by then is answered with 503. */
const GRACE = Duration.seconds(2)
/** How long a client may take to read its answers then, before its connection is cut. */
const PATIENCE = Duration.millis(2_500)

export class Server extends Context.Service<
  Server,
  {
    /** Where it listens, with the port that was really bound, e.g. `http://127.0.0.1:4004`. */
    readonly url: string
  }
>()("level4/api/Server") {
  static readonly layer = Layer.effect(Server)(Effect.suspend(() => make)).pipe(
    Layer.provide(Layer.mergeAll(Streams.layer, Admission.layer, HttpTally.layer, ProcessVitals.layer))
  )
}

const make = Effect.gen(function* () {
  const { host, port } = yield* Settings
  const admission = yield* Admission
  const streams = yield* Streams
  const app = yield* Effect.provideService(HttpRouter.toHttpEffect(routes), HttpRouter.RouterConfig, routerConfig)
  const listener = makeListener()
  // ends after the server, which ends when its last connection has
  const patience = yield* FiberHandle.make<void>()
  admission.follow(listener.server)
  const server = yield* NodeHttpServer.make(() => listener.server, { host, port, gracefulShutdownTimeout: GRACE }).pipe(
    Effect.mapError(cannotListen(host, port))
  )
  yield* server.serve(app)
  // runs first of all
  yield* Effect.addFinalizer(() =>
    Effect.gen(function* () {
      yield* streams.close
      listener.drain()
      yield* FiberHandle.run(patience, Effect.delay(Effect.sync(listener.cut), PATIENCE))
    })
  )
  const url = HttpServer.formatAddress(server.address)
  yield* Effect.logInfo(`listening on ${url}`)
  return Server.of({ url })
})

const cannotListen =
  (host: string, port: number) =>
  ({ cause }: HttpServerError.ServeError): CannotListen =>
    new CannotListen({
      host,
      port,
      code: cause instanceof Error && "code" in cause ? String(cause.code) : String(cause)
    })
