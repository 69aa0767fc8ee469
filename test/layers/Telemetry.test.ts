// Traces and logs reach a collector when its address is set, without queries or headers; nothing leaves otherwise;
// and what can't be understood is refused with the variable's name.
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect, Layer } from "effect"
import { layerTelemetry } from "../../src/layers/Telemetry.ts"
import { collector } from "../support/collector.ts"
import { withTimersOf } from "../support/stoppedTimers.ts"

const telemetry = (env: Record<string, string>) =>
  layerTelemetry.pipe(Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env }))))

/** Does something worth telling, then closes the exporters, which send what they have. */
const work = (env: Record<string, string>) =>
  Effect.logWarning("a word for the collector").pipe(
    Effect.withSpan("Test.work"),
    Effect.provide(telemetry(env)),
    Effect.scoped
  )

const JSON_ = { OTEL_EXPORTER_OTLP_PROTOCOL: "http/json" }

describe("layerTelemetry", () => {
  it.live("sends traces and logs to the collector, under its name and with its headers", () =>
    Effect.gen(function* () {
      const { received, url } = yield* collector()
      const headers = { OTEL_EXPORTER_OTLP_HEADERS: "x-tenant=a%20b, authorization=Basic xyz" }
      yield* work({ ...JSON_, ...headers, OTEL_EXPORTER_OTLP_ENDPOINT: `${url}/`, OTEL_SERVICE_NAME: "desk" })
      assert.sameMembers(
        received.map(({ path }) => path),
        ["/v1/traces", "/v1/logs"]
      )
      for (const { body, headers: sent, path } of received) {
        assert.include(body, path === "/v1/traces" ? "Test.work" : "a word for the collector")
        assert.include(body, '"desk"')
        assert.deepInclude(sent, { "x-tenant": "a b", authorization: "Basic xyz", "content-type": "application/json" })
      }
    }).pipe(Effect.scoped)
  )

  it.live("speaks protobuf unless told otherwise", () =>
    Effect.gen(function* () {
      const { received, url } = yield* collector()
      yield* work({ OTEL_EXPORTER_OTLP_ENDPOINT: url })
      assert.lengthOf(received, 2)
      for (const { headers } of received) assert.strictEqual(headers["content-type"], "application/x-protobuf")
    }).pipe(Effect.scoped)
  )

  it.live("sends nothing without an address, or when it is switched off", () =>
    Effect.gen(function* () {
      const { received, url } = yield* collector()
      yield* work({})
      yield* work({ OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_SDK_DISABLED: "TRUE" })
      assert.deepStrictEqual(received, [])
    }).pipe(Effect.scoped)
  )

  it.live("keeps nobody waiting for a collector that is silent, broken or gone", () =>
    Effect.gen(function* () {
      const silent = yield* collector(null)
      const broken = yield* collector(500)
      for (const url of [silent.url, broken.url, "http://127.0.0.1:1"]) {
        yield* withTimersOf(3_000, work({ ...JSON_, OTEL_EXPORTER_OTLP_ENDPOINT: url }))
      }
    }).pipe(Effect.scoped)
  )

  it.effect("refuses what it can't understand, and shows no header", () =>
    Effect.gen(function* () {
      const refusal = (env: Record<string, string>) =>
        Effect.map(Effect.flip(Effect.scoped(Layer.build(telemetry(env)))), ({ message }) => message)
      const good = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318" }
      for (const address of ["collector:4318", "grpc://collector", "http://"]) {
        assert.match(yield* refusal({ OTEL_EXPORTER_OTLP_ENDPOINT: address }), /^OTEL_EXPORTER_OTLP_ENDPOINT: expected/)
      }
      assert.match(
        yield* refusal({ ...good, OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" }),
        /^OTEL_EXPORTER_OTLP_PROTOCOL: expected http\/protobuf or http\/json/
      )
      for (const headers of ["s3cret", "=s3cret", "a=%zzs3cret"]) {
        const message = yield* refusal({ ...good, OTEL_EXPORTER_OTLP_HEADERS: headers })
        assert.match(message, /^OTEL_EXPORTER_OTLP_HEADERS: expected name=value/)
        assert.notInclude(message, "s3cret")
      }
    })
  )
})
