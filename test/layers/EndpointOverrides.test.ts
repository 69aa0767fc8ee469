// Owns the proof of endpoint overrides: which variable belongs to which venue, and that bad or misspelt ones are found.
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect, HashMap, Option } from "effect"
import { readEndpointOverrides } from "../../src/layers/EndpointOverrides.ts"
import { Settings } from "../../src/layers/Settings.ts"
import { layerSettings } from "../support/Databases.ts"

const sources = {
  "the environment": (env: Record<string, string>) => ConfigProvider.fromEnv({ env }),
  "a flat record": (record: Record<string, string>) => ConfigProvider.fromUnknown(record)
}

describe("EndpointOverrides", () => {
  it.effect("reads which protocol of a venue is spoken", () =>
    Effect.gen(function* () {
      const { protocol } = yield* Settings
      assert.deepStrictEqual(protocol("kraken", "SPOT"), Option.some("v1"))
      assert.deepStrictEqual(protocol("Kraken", "PERP"), Option.none())
    }).pipe(Effect.provide(layerSettings({ LEVEL4_KRAKEN_SPOT_PROTOCOL: "v1" })))
  )

  for (const [name, provider] of Object.entries(sources)) {
    it.effect(`sorts the variables of ${name}`, () =>
      Effect.gen(function* () {
        const overrides = yield* readEndpointOverrides(new Set(["LEVEL4_PORT"])).pipe(
          Effect.provide(
            ConfigProvider.layer(
              provider({
                PATH: "/bin",
                LEVEL4_PORT: "1",
                LEVEL4_PROT: "2",
                LEVEL4_BINANCE_SPOT_WS_URL: "ws://127.0.0.1:9/ws",
                LEVEL4_BINANCE_SPOT_REST_URL: "ws://127.0.0.1:9",
                LEVEL4_KRAKEN_SPOT_WS_URL: "127.0.0.1:9"
              })
            )
          )
        )
        assert.deepStrictEqual(
          [...HashMap.entries(overrides.urls)],
          [["LEVEL4_BINANCE_SPOT_WS_URL", "ws://127.0.0.1:9/ws"]]
        )
        assert.deepStrictEqual(overrides.refused.map(([variable]) => variable).sort(), [
          "LEVEL4_BINANCE_SPOT_REST_URL",
          "LEVEL4_KRAKEN_SPOT_WS_URL"
        ])
        assert.deepStrictEqual(overrides.unknown, ["LEVEL4_PROT"])
      })
    )
  }
  it.effect("reach a feed through the settings, whatever the case of the exchange's name", () =>
    Effect.gen(function* () {
      const { endpoint } = yield* Settings
      assert.deepStrictEqual(endpoint("binance", "PERP", "REST"), Option.some("http://127.0.0.1:9"))
      assert.deepStrictEqual(endpoint("Binance", "PERP", "WS"), Option.none())
      assert.deepStrictEqual(endpoint("Binance", "SPOT", "REST"), Option.none())
    }).pipe(Effect.provide(layerSettings({ LEVEL4_BINANCE_PERP_REST_URL: "http://127.0.0.1:9" })))
  )
  it.effect("refuse the start when an address can't be used", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(
        Effect.provide(Settings, layerSettings({ LEVEL4_OKX_SPOT_WS_URL: "https://127.0.0.1" }))
      )
      assert.strictEqual(error.message, "LEVEL4_OKX_SPOT_WS_URL: expected an address that starts with ws:// or wss://")
    })
  )
})
