// Owns the proof that a head start is taken over whole, and that it makes and breaks nothing where none is due.
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schedule } from "effect"
import { readdirSync } from "node:fs"
import { Catalog } from "../../../src/layers/Catalog.ts"
import { DataDirLock } from "../../../src/layers/embedded/DataDirLock.ts"
import { dataDirOf } from "../../../src/layers/embedded/dataDir.ts"
import { beginHeadStart, takeHeadStart } from "../../../src/layers/embedded/HeadStart.ts"
import { Settings } from "../../../src/layers/Settings.ts"
import { embeddedDatabase, layerCatalog, layerSettings, temporaryFolder } from "../../support/Databases.ts"

describe("HeadStart", () => {
  it.live("opens a database that is there, whose lock and thread the ordinary way takes over", () =>
    Effect.gen(function* () {
      const environment = yield* embeddedDatabase
      const path = String(environment["LEVEL4_DATA_DIR"])
      beginHeadStart({ ...environment })
      assert.throws(() => new DataDirLock(path), /another level4/)
      yield* Effect.gen(function* () {
        assert.deepStrictEqual(yield* (yield* Catalog).symbols, [])
      }).pipe(Effect.provide(layerCatalog(environment)), Effect.scoped)
      assert.isNull(takeHeadStart(path))
      new DataDirLock(path).release()
    })
  )
  it.live("is given up when another directory is opened, and lets the first one go", () =>
    Effect.gen(function* () {
      const path = String((yield* embeddedDatabase)["LEVEL4_DATA_DIR"])
      beginHeadStart({ LEVEL4_DATA_DIR: path, LEVEL4_DATABASE_URL: "" })
      assert.throws(() => new DataDirLock(path), /another level4/)
      assert.isNull(takeHeadStart(`${path}/..`))
      const lock = yield* Effect.try(() => new DataDirLock(path)).pipe(
        Effect.retry({ schedule: Schedule.spaced("10 millis"), times: 500 })
      )
      lock.release()
      assert.isNull(takeHeadStart(path))
    })
  )
  it.live("means the directory that the settings mean, also when the variable is empty", () =>
    Effect.gen(function* () {
      for (const LEVEL4_DATA_DIR of ["", "x", "/tmp/y"]) {
        const { dataDir } = yield* Settings.pipe(Effect.provide(layerSettings({ LEVEL4_DATA_DIR })))
        assert.strictEqual(dataDirOf(LEVEL4_DATA_DIR), dataDir)
      }
      assert.strictEqual(dataDirOf(""), dataDirOf(undefined))
      assert.match(dataDirOf(""), /\/data$/)
    })
  )
  it.live("makes nothing where no database is yet, and nothing where a server is meant", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      beginHeadStart({ LEVEL4_DATA_DIR: folder })
      assert.isNull(takeHeadStart(folder))
      assert.deepStrictEqual(readdirSync(folder), [])
      const path = String((yield* embeddedDatabase)["LEVEL4_DATA_DIR"])
      beginHeadStart({ LEVEL4_DATA_DIR: path, LEVEL4_DATABASE_URL: "postgres://127.0.0.1/level4" })
      assert.isNull(takeHeadStart(path))
    })
  )
  it.live("leaves a directory that is in use to the ordinary way", () =>
    Effect.gen(function* () {
      const path = String((yield* embeddedDatabase)["LEVEL4_DATA_DIR"])
      const lock = new DataDirLock(path)
      beginHeadStart({ LEVEL4_DATA_DIR: path })
      assert.isNull(takeHeadStart(path))
      lock.release()
    })
  )
})
