// Owns the proof that settings which do not go together are named, each with what to change.
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect } from "effect"
import { settingsFindings } from "../../../src/layers/doctor/settingsFindings.ts"
import { readEndpointOverrides } from "../../../src/layers/EndpointOverrides.ts"
import { Settings } from "../../../src/layers/Settings.ts"

const found = (env: Record<string, string>) =>
  Effect.gen(function* () {
    const settings = yield* Effect.result(Effect.provide(Settings, Settings.layer))
    return settingsFindings(settings, yield* readEndpointOverrides(new Set()))
  }).pipe(Effect.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env }))))

const TOKEN = "correct-horse-battery"

describe("settings", () => {
  it.effect.each([
    [{}, []],
    [{ LEVEL4_KRAKEN_SPOT_PROTOCOL: "V1", LEVEL4_KRAKEN_CONNECTS: "5/1s" }, []],
    [{ LEVEL4_DATABASE_URL: "postgres://127.0.0.1/x", LEVEL4_DATA_DIR: "/tmp" }, ["warn", "the directory is not"]],
    [{ LEVEL4_READER_TOKEN: TOKEN }, ["warn", "nobody can change anything"]],
    [{ LEVEL4_READER_TOKEN: TOKEN, LEVEL4_OPERATOR_TOKEN: TOKEN }, ["warn", "every reader can change everything"]],
    [
      { LEVEL4_BYBIT_PERP_WS_URL: "ws://127.0.0.1:1" },
      ["warn", "LEVEL4_BYBIT_PERP_WS_URL points elsewhere and LEVEL4_BYBIT_PERP_REST_URL is not set"]
    ],
    [
      { LEVEL4_BYBIT_PERP_REST_URL: "http://127.0.0.1:1" },
      ["warn", "LEVEL4_BYBIT_PERP_REST_URL points elsewhere and LEVEL4_BYBIT_PERP_WS_URL is not set"]
    ],
    [{ LEVEL4_KRAKEN_SPOT_PROTOCOL: "v9" }, ["fail", 'there is no protocol "v9"']],
    [{ LEVEL4_BYBIT_SPOT_PROTOCOL: "v1" }, ["fail", 'LEVEL4_BYBIT_SPOT_PROTOCOL: there is no protocol "v1"']]
  ] as const)("%j", ([env, [level, told = ""]]) =>
    Effect.gen(function* () {
      const [first, ...rest] = yield* found({ ...env })
      assert.strictEqual(first!.level, "ok")
      for (const name of Object.keys(env)) assert.include(first!.detail, name)
      assert.deepStrictEqual(
        rest.map((finding) => finding.level),
        level === undefined ? [] : [level]
      )
      if (level !== undefined) assert.include(rest[0]!.detail, told)
      assert.notInclude(JSON.stringify([first, ...rest]), TOKEN)
    })
  )

  it.effect("that the service would refuse are named with the reason", () =>
    Effect.gen(function* () {
      const [finding, ...rest] = yield* found({ LEVEL4_HOST: "0.0.0.0" })
      assert.deepStrictEqual(rest, [])
      assert.strictEqual(finding!.level, "fail")
      assert.match(finding!.detail, /^LEVEL4_HOST: 0\.0\.0\.0 is reachable from other machines/)
      assert.include(finding!.fix, "'level4 serve' would not start")
    })
  )
})
