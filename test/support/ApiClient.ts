// Owns how tests speak to the API: the real server on a free loopback port, over real sockets; by fetch where a request
// is well-formed, by bare sockets where it must not be. What was logged is kept.
import { Context, Effect, Layer, Logger, References } from "effect"
import { connect } from "node:net"
import { Server } from "../../src/api/Server.ts"
import { EventHub } from "../../src/hub/EventHub.ts"
import { MarketAdder } from "../../src/layers/MarketAdder.ts"
import { marketEndpoints } from "../../src/layers/marketEndpoints.ts"
import type { CatalogKind } from "./Catalogs.ts"
import { type Environment, layerSettings } from "./Databases.ts"
import { FeedSwitch } from "../../src/layers/FeedSwitch.ts"
import { Rules } from "../../src/layers/Rules.ts"
import { FakeFeeds } from "./FakeFeeds.ts"
import { FakeInstruments } from "./FakeInstruments.ts"

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body as JSON; undefined where it is none. */
  readonly json: unknown
}

export class ApiClient extends Context.Service<
  ApiClient,
  {
    readonly url: string
    /** A body that is no string is sent as JSON. */
    readonly send: (
      method: string,
      path: string,
      body?: unknown,
      headers?: Record<string, string>
    ) => Effect.Effect<Answer>
    /** Writes these bytes to a fresh connection; what came back until the server closed it, or until `enough`. */
    readonly raw: (bytes: string, enough?: (text: string) => boolean) => Effect.Effect<string>
    /** Every line logged so far. */
    readonly logged: ReadonlyArray<string>
  }
>()("test/ApiClient") {}

/** Remembers each log line as one text, level first. */
class LogLines extends Context.Service<LogLines, Array<string>>()("test/LogLines") {}

const layerLogs = Layer.unwrap(
  Effect.sync(() => {
    const lines: Array<string> = []
    const logger = Logger.make(({ cause, logLevel, message }) => {
      const text = (Array.isArray(message) ? message : [message]).map(String).join(" ")
      lines.push(`${logLevel} ${text}${cause.reasons.length === 0 ? "" : ` ${JSON.stringify(cause.reasons)}`}`)
    })
    return Layer.mergeAll(
      Logger.layer([logger]),
      Layer.succeed(References.MinimumLogLevel)("Debug"),
      Layer.succeed(LogLines)(lines)
    )
  })
)

const layerClient = Layer.effect(ApiClient)(
  Effect.gen(function* () {
    const { url } = yield* Server
    const logged = yield* LogLines
    return ApiClient.of({
      url,
      logged,
      send: (method, path, body, headers) => Effect.promise(() => send(url, method, path, body, headers)),
      raw: (bytes, enough) => raw(url, bytes, enough)
    })
  })
)

/** The API on such a catalog, with feeds that are fakes; `environment` are more LEVEL4_ variables. */
export const layerApi = <A, E, R>({ catalog, fresh }: CatalogKind<A, E, R>, environment: Environment = {}) =>
  Layer.unwrap(
    Effect.map(fresh, (database) =>
      layerClient.pipe(
        Layer.provideMerge(Server.layer),
        Layer.provide(Rules.layer),
        Layer.provide(MarketAdder.layer),
        Layer.provideMerge(FeedSwitch.layer),
        Layer.provideMerge(
          Layer.mergeAll(catalog, FakeFeeds.layer, FakeInstruments.layer, EventHub.layerWith(marketEndpoints))
        ),
        // one set of settings for all: layers are built once, by identity
        Layer.provide(layerSettings({ LEVEL4_PORT: "0", ...database, ...environment }))
      )
    )
  ).pipe(Layer.provideMerge(layerLogs))

const send = async (
  url: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {}
): Promise<Answer> => {
  const json = body === undefined || typeof body === "string" ? {} : { "content-type": "application/json" }
  const response = await fetch(url + path, {
    method,
    headers: { ...json, ...headers },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) })
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, json: parse(text) }
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const raw = (url: string, bytes: string, enough: (text: string) => boolean = () => false) =>
  Effect.callback<string>((resume) => {
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname, () => socket.write(bytes, "latin1"))
    let text = ""
    const done = () => {
      socket.destroy()
      resume(Effect.succeed(text))
    }
    socket.setEncoding("utf8")
    socket.on("data", (chunk: string) => {
      text += chunk
      if (enough(text)) done()
    })
    socket.on("error", (error) => (text += `[${error.message}]`))
    socket.on("close", done)
    return Effect.sync(() => socket.destroy())
  })
