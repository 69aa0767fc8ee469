// Owns the uniqueness of names without regard to case, and of markets by the name that the venue knows them by. The
// forms that are compared are level4's own (a database folds case by its locale, and knows no venue), so that they are
// filled in and kept by layers/CatalogDuplicates.ts. Rows that were the same before this existed stay and work: the
// later one points at the earlier one in a same_… column, and only rows that point nowhere must be unique. Invariant:
// nothing is dropped or changed.
import { Effect } from "effect"
import { SqlClient } from "effect/sql/SqlClient"

export default Effect.gen(function* () {
  const sql = yield* SqlClient
  yield* sql`ALTER TABLE symbols ADD COLUMN symbol_key text,
    ADD COLUMN same_as integer REFERENCES symbols (id) ON DELETE SET NULL`
  yield* sql`CREATE UNIQUE INDEX symbols_are_unique_by_key ON symbols (symbol_key) WHERE same_as IS NULL`
  yield* sql`ALTER TABLE exchanges ADD COLUMN name_key text,
    ADD COLUMN same_as integer REFERENCES exchanges (id) ON DELETE SET NULL`
  yield* sql`CREATE UNIQUE INDEX exchanges_are_unique_by_key ON exchanges (name_key) WHERE same_as IS NULL`
  yield* sql`
    ALTER TABLE markets
      ADD COLUMN tag_key text,
      ADD COLUMN effective_symbol text,
      ADD COLUMN same_tag_as integer REFERENCES markets (id) ON DELETE SET NULL,
      ADD COLUMN same_symbol_as integer REFERENCES markets (id) ON DELETE SET NULL`
  yield* sql`CREATE UNIQUE INDEX markets_tags_are_unique ON markets (tag_key) WHERE same_tag_as IS NULL`
  yield* sql`
    CREATE UNIQUE INDEX markets_native_symbols_are_unique ON markets (exchange_id, market_type, effective_symbol)
      WHERE same_symbol_as IS NULL`
})
