// Owns what leaves the process for a collector: traces and logs by OTLP over HTTP, if OTEL_EXPORTER_OTLP_ENDPOINT is
// set, and nothing otherwise. Its other settings are OpenTelemetry's own, since collectors are set up by those names;
// metrics are scraped (src/layers/metrics). Invariant: a collector that is slow, silent or gone costs a bounded time
// and memory, and no frame; neither headers nor values of queries are part of a span, so no token is.
import { Config, Duration, Effect, Layer, Option, Redacted, Result } from "effect"
import { FetchHttpClient, HttpClient, HttpClientError, HttpMiddleware, UrlParams } from "effect/http"
import { OtlpLogger, OtlpSerialization, OtlpTracer } from "effect/observability"
import manifest from "../../package.json" with { type: "json" }
import { InvalidSetting } from "./Settings.ts"

const VARIABLES = {
  endpoint: "OTEL_EXPORTER_OTLP_ENDPOINT",
  headers: "OTEL_EXPORTER_OTLP_HEADERS",
  protocol: "OTEL_EXPORTER_OTLP_PROTOCOL",
  serviceName: "OTEL_SERVICE_NAME",
  disabled: "OTEL_SDK_DISABLED"
} as const

const PROTOCOLS = {
  "http/protobuf": OtlpSerialization.layerProtobuf,
  "http/json": OtlpSerialization.layerJson
} as const

const EXPORT_EVERY = Duration.seconds(2)
/** A collector's answer. */
const ANSWER_LIMIT = Duration.seconds(5)
/** The last batch, when the service stops, which has three seconds in all. */
const LAST_LIMIT = Duration.millis(500)

/** Polls come often and say little. */
const UNTRACED: ReadonlySet<string> = new Set(["/livez", "/readyz", "/metrics"])

const variables = Config.all({
  endpoint: Config.option(Config.String(VARIABLES.endpoint)),
  headers: Config.option(Config.Redacted(VARIABLES.headers)),
  protocol: Config.String(VARIABLES.protocol).pipe(Config.withDefault("http/protobuf")),
  serviceName: Config.String(VARIABLES.serviceName).pipe(Config.withDefault("level4")),
  disabled: Config.String(VARIABLES.disabled).pipe(Config.withDefault("false"))
})

/** Installs the exporters where they are wanted. A collector need not be up; what can't be understood is refused. */
export const layerTelemetry = Layer.unwrap(
  Effect.gen(function* () {
    const { disabled, endpoint, headers, protocol, serviceName } = yield* variables.pipe(Effect.orDie)
    if (Option.isNone(endpoint) || disabled.toLowerCase() === "true") return Layer.empty
    const base = endpoint.value.replace(/\/+$/, "")
    if (!/^https?:/.test(base) || !URL.canParse(base)) {
      const detail = "expected the address of a collector that takes OTLP over HTTP, such as http://127.0.0.1:4318"
      return yield* new InvalidSetting({ variable: VARIABLES.endpoint, detail })
    }
    const serialization = isProtocol(protocol) ? PROTOCOLS[protocol] : undefined
    if (serialization === undefined) {
      const detail = `expected ${Object.keys(PROTOCOLS).join(" or ")}, level4 speaks no other`
      return yield* new InvalidSetting({ variable: VARIABLES.protocol, detail })
    }
    const options = {
      resource: { serviceName, serviceVersion: manifest.version },
      headers: Option.isNone(headers) ? {} : yield* readHeaders(Redacted.value(headers.value)),
      exportInterval: EXPORT_EVERY,
      shutdownTimeout: LAST_LIMIT
    }
    return Layer.mergeAll(
      OtlpTracer.layer({ ...options, url: `${base}/v1/traces` }),
      OtlpLogger.layer({ ...options, url: `${base}/v1/logs` }),
      Layer.succeed(HttpMiddleware.TracerDisabledWhen)(({ url }) => UNTRACED.has(pathOf(url))),
      // whatever somebody puts into a query, a token perhaps, is not for the collector
      Layer.succeed(UrlParams.CurrentRedactedNames)([/./]),
      // no venue needs to know which request of ours belongs to which
      Layer.succeed(HttpClient.TracerPropagationEnabled)(false)
    ).pipe(Layer.provide(serialization), Layer.provide(layerCollector))
  })
)

const isProtocol = (text: string): text is keyof typeof PROTOCOLS => text in PROTOCOLS

const pathOf = (url: string): string => url.split(/[?#;]/, 1)[0]!

/** `name=value,name=value`, values percent-encoded, as OpenTelemetry has it. */
const readHeaders = (text: string): Effect.Effect<Record<string, string>, InvalidSetting> => {
  const parsed = Result.try(() =>
    Object.fromEntries(
      text.split(",").map((entry) => {
        const [, name = "", value = ""] = /^\s*([^\s=]+)\s*=\s*(.*?)\s*$/.exec(entry) ?? []
        if (name === "") throw new Error("no name")
        return [name.toLowerCase(), decodeURIComponent(value)] as const
      })
    )
  )
  return Result.isSuccess(parsed)
    ? Effect.succeed(parsed.success)
    : new InvalidSetting({
        variable: VARIABLES.headers,
        detail: "expected name=value,name=value, values percent-encoded"
      })
}

const layerCollector = Layer.effect(HttpClient.HttpClient)(
  Effect.map(HttpClient.HttpClient, (client) =>
    HttpClient.transform(client, (answer, request) =>
      Effect.timeoutOrElse(answer, {
        duration: ANSWER_LIMIT,
        orElse: () =>
          new HttpClientError.HttpClientError({
            reason: new HttpClientError.TransportError({ request, description: "the collector does not answer" })
          })
      })
    )
  )
).pipe(Layer.provide(FetchHttpClient.layer))
