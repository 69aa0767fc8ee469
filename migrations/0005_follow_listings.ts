// Owns the table of rules that follow new listings: a pattern of tags, and what is done with an instrument that it
// matches. Invariant: a pattern stands in one rule alone, whatever its case. The table may be there although the
// others were dropped: it stays then, with its rules.
import { Effect } from "effect"
import { SqlClient } from "effect/sql/SqlClient"

export default Effect.gen(function* () {
  const sql = yield* SqlClient
  yield* sql`
    CREATE TABLE IF NOT EXISTS rules (
      id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      pattern text NOT NULL CHECK (pattern <> ''),
      pattern_key text NOT NULL,
      start boolean NOT NULL,
      max_markets integer NOT NULL CHECK (max_markets > 0),
      enabled boolean NOT NULL,
      CONSTRAINT rules_are_unique UNIQUE (pattern_key)
    )`
})
