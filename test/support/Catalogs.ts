// Owns the three catalogs that the suites about the API must hold on: the two databases, and one in memory that can
// fail on a word.
import { Effect, Layer, type Scope } from "effect"
import { Catalog } from "../../src/layers/Catalog.ts"
import { Database } from "../../src/layers/Database.ts"
import { databases, type Environment } from "./Databases.ts"
import { MemoryCatalog } from "./MemoryCatalog.ts"

export interface CatalogKind<A, E, R> {
  readonly name: string
  /** The settings that lead to an empty one. */
  readonly fresh: Effect.Effect<Environment, never, Scope.Scope>
  readonly catalog: Layer.Layer<A | Catalog, E, R>
}

const real = Catalog.layer.pipe(Layer.provide(Database.layer))

export const inMemory = { name: "a catalog in memory", fresh: Effect.succeed({}), catalog: MemoryCatalog.layer }

export const onDatabases = databases.map(({ fresh, name }) => ({ name, fresh, catalog: real }))

/** The real catalog, on a database that the test's own settings lead to. */
export const onPostgres = { name: "Postgres", fresh: Effect.succeed({}), catalog: real }
