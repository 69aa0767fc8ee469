// Owns the row that says which service holds the database (layers/Lease.ts). The table may be there although the others
// were dropped: it stays then, with its holder.
import { Effect } from "effect"
import { SqlClient } from "effect/sql/SqlClient"

export default Effect.gen(function* () {
  const sql = yield* SqlClient
  yield* sql`
    CREATE TABLE IF NOT EXISTS level4_lease (
      one boolean PRIMARY KEY DEFAULT true CHECK (one),
      holder text NOT NULL,
      host text NOT NULL,
      machine text NOT NULL,
      pid integer NOT NULL,
      since timestamptz NOT NULL,
      expires timestamptz NOT NULL
    )`
})
