// Owns the proof that a head start is taken over whole, and that it makes and breaks nothing where none is due.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { readdirSync } from "node:fs"
import { Catalog } from "../../../src/layers/Catalog.ts"
import { DataDirLock } from "../../../src/layers/embedded/DataDirLock.ts"
import { beginHeadStart, takeHeadStart } from "../../../src/layers/embedded/HeadStart.ts"
import { embeddedDatabase, layerCatalog, temporaryFolder } from "../../support/Databases.ts"

describe("HeadStart", () => {
  it.live("opens a database that is there, whose lock and thread the ordinary way takes over", () =>
    Effect.gen(function* () {
      const environment = yield* embeddedDatabase
      const path = String(environment["LEVEL4_DATA_DIR"])
      beginHeadStart({ ...environment })
      assert.throws(() => new DataDirLock(path), /another level4/)
      assert.isNull(takeHeadStart(`${path}/..`))
      yield* Effect.gen(function* () {
        assert.deepStrictEqual(yield* (yield* Catalog).symbols, [])
      }).pipe(Effect.provide(layerCatalog(environment)), Effect.scoped)
      assert.isNull(takeHeadStart(path))
      new DataDirLock(path).release()
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
