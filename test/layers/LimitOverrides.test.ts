// The settings that replace a venue's limits: what they may say, what is refused with what words, and whom they reach.
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect } from "effect"
import { Settings } from "../../src/layers/Settings.ts"
import type { Limits } from "../../src/schemes/TranslationScheme.ts"

const LIMITS: Limits = {
  connects: { count: 150, perMs: 600_000 },
  messages: { count: 20, perMs: 1_000 },
  rest: { weight: 6_000, perMs: 60_000 },
  marketsPerSocket: 100
}

const read = (env: Record<string, string>) =>
  Settings.use((settings) => Effect.succeed(settings.limits)).pipe(
    Effect.provide(Settings.layer),
    Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env }))
  )

describe("limits of a venue", () => {
  it.effect("are the scheme's own where nothing is set", () =>
    Effect.gen(function* () {
      const limits = yield* read({ LEVEL4_BITFINEX_CONNECTS: "5/1m" })
      assert.deepStrictEqual(limits("Kraken", LIMITS), LIMITS)
    })
  )

  it.effect("are replaced one by one, for the exchange of the name alone, whatever its case", () =>
    Effect.gen(function* () {
      const limits = yield* read({
        LEVEL4_BITFLYER_CONNECTS: "6/60s",
        LEVEL4_BITFLYER_MESSAGES: "5/500ms",
        LEVEL4_BITFLYER_REST_WEIGHT: "500/5m",
        LEVEL4_BITFLYER_MARKETS_PER_SOCKET: "1"
      })
      assert.deepStrictEqual(limits("bitFlyer", LIMITS), {
        connects: { count: 6, perMs: 60_000 },
        messages: { count: 5, perMs: 500 },
        rest: { weight: 500, perMs: 300_000 },
        marketsPerSocket: 1
      })
      // a venue that is asked nothing by REST gets no budget for it
      assert.isNull(limits("bitFlyer", { ...LIMITS, rest: null }).rest)
      assert.deepStrictEqual(limits("Kraken", LIMITS), LIMITS)
    })
  )

  for (const [variable, value, words] of [
    ["LEVEL4_KRAKEN_CONNECTS", "20", "expected so many in so long, such as 20/60s"],
    ["LEVEL4_KRAKEN_CONNECTS", "0/60s", "expected so many in so long"],
    ["LEVEL4_KRAKEN_MESSAGES", "5/0s", "expected so many in so long"],
    ["LEVEL4_KRAKEN_REST_WEIGHT", "-5/1m", "expected so many in so long"],
    ["LEVEL4_KRAKEN_MARKETS_PER_SOCKET", "0", "expected a whole number from 1"],
    ["LEVEL4_KRAKEN_MARKETS_PER_SOCKET", "many", "expected a whole number from 1"]
  ] as const) {
    it.effect(`refuse ${variable}=${value}, with the fix`, () =>
      Effect.gen(function* () {
        const refused = yield* Effect.flip(read({ [variable]: value }))
        assert.include(refused.message, `${variable}: ${words}`)
      })
    )
  }
})
