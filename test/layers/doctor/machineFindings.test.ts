// Owns the proof of what is said of room on the disk, the runtime and its limit of open files.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { diskFinding, runtimeFindings } from "../../../src/layers/doctor/machineFindings.ts"
import { Settings } from "../../../src/layers/Settings.ts"
import { layerSettings } from "../../support/Databases.ts"

const MB = 2 ** 20
const disk = (env: Record<string, string>, free: number | null) =>
  Effect.map(Effect.result(Effect.provide(Settings, layerSettings(env))), (settings) =>
    diskFinding(settings, () => free).map(({ level, detail }) => `${level} ${detail}`)
  )

describe("the disk", () => {
  it.effect("is full below what a new database takes, and short below a gigabyte", () =>
    Effect.gen(function* () {
      const env = { LEVEL4_DATA_DIR: "/nowhere/at/all" }
      assert.deepStrictEqual(yield* disk(env, 1024 * MB), ["ok 1024 MB are free for /nowhere/at/all"])
      assert.deepStrictEqual(yield* disk(env, 1023 * MB), ["warn 1023 MB are free for /nowhere/at/all"])
      assert.deepStrictEqual(yield* disk(env, 63 * MB), ["fail 63 MB are free for /nowhere/at/all"])
      assert.deepStrictEqual(yield* disk(env, null), [
        "ok the file system of /nowhere/at/all does not say what is free"
      ])
    })
  )

  it.effect("does not matter where the catalog is on a server", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* disk({ LEVEL4_DATABASE_URL: "postgres://127.0.0.1/x" }, 0), [])
    })
  )
})

describe("the runtime", () => {
  it("is right as it is here", () => {
    assert.strictEqual(runtimeFindings()[0]!.detail, `Node ${process.versions.node}`)
    assert.match(runtimeFindings()[1]!.detail, /^(\d+|any number of) files and sockets may be open/)
  })

  it("is too old before what the sources are written for, and has files enough from 4096 on", () => {
    const levels = (version: string, files: number | null) => runtimeFindings(version, files).map(({ level }) => level)
    assert.deepStrictEqual(levels("24.0.0", 4096), ["ok", "ok"])
    assert.deepStrictEqual(levels("22.18.0", Infinity), ["warn", "ok"])
    assert.deepStrictEqual(levels("26.1.0", 4095), ["ok", "warn"])
    assert.deepStrictEqual(levels("26.1.0", null), ["ok"])
  })
})
