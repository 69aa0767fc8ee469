// Owns the proof that migrations are complete, run once per database, and do so however many processes start together.
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql/SqlClient"
import { readdirSync } from "node:fs"
import { join } from "node:path"
import { Catalog } from "../../src/layers/Catalog.ts"
import { migrations } from "../../src/layers/CatalogSchema.ts"
import { databases, layerCatalog, serverDatabase } from "../support/Databases.ts"

const history = Effect.gen(function* () {
  const sql = yield* SqlClient
  return yield* sql<{ id: number; name: string; at: string }>`
    SELECT migration_id AS id, name, created_at::text AS at FROM level4_migrations ORDER BY migration_id`
})

describe("CatalogSchema", () => {
  it("lists every file of migrations, numbered from 1 without a gap", () => {
    const files = readdirSync(join(import.meta.dirname, "../../migrations")).map((file) => file.replace(/\.ts$/, ""))
    assert.deepStrictEqual(Object.keys(migrations), files.sort())
    files.forEach((file, index) => assert.match(file, new RegExp(`^${String(index + 1).padStart(4, "0")}_[a-z_]+$`)))
  })
  for (const { name, fresh } of databases) {
    it.live(`runs once on ${name}, not again at the next start`, () =>
      Effect.gen(function* () {
        const environment = yield* fresh
        const start = Effect.gen(function* () {
          yield* (yield* Catalog).ready
          return yield* history
        }).pipe(Effect.provide(layerCatalog(environment)))
        const first = yield* start
        assert.deepStrictEqual(
          first.map(({ id, name }) => `${String(id).padStart(4, "0")}_${name}`),
          Object.keys(migrations)
        )
        assert.deepStrictEqual(yield* start, first)
      })
    )
  }
  it.live("runs once when many processes start together on one server", () =>
    Effect.gen(function* () {
      const environment = yield* serverDatabase
      const start = Effect.gen(function* () {
        yield* (yield* Catalog).ready
        return yield* history
        // each with a pool of its own, as processes have
      }).pipe(Effect.provide(Layer.fresh(layerCatalog(environment))))
      const histories = yield* Effect.all(
        Array.from({ length: 8 }, () => start),
        { concurrency: "unbounded" }
      )
      for (const rows of histories) assert.deepStrictEqual(rows, histories[0])
      assert.strictEqual(histories[0]!.length, Object.keys(migrations).length)
    })
  )
})
