// Owns the mark of markets whose native symbol no listing of their venue has confirmed. Rows of earlier days were never
// checked, so that they begin with it.
import { Effect } from "effect"
import { SqlClient } from "effect/sql/SqlClient"

export default Effect.gen(function* () {
  const sql = yield* SqlClient
  yield* sql`ALTER TABLE markets ADD COLUMN unverified boolean NOT NULL DEFAULT true`
})
