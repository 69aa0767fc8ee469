// Owns the choice of the catalog's database: the Postgres server that LEVEL4_DATABASE_URL names, else the embedded one
// in LEVEL4_DATA_DIR. What is stored there is Catalog's. Invariant: a server that is down or goes away never fails this
// layer; an embedded database that can't be opened always does, since no waiting would mend it.
import * as PgClient from "@effect/sql-pg/PgClient"
import { Duration, Effect, Layer, Option, type Redacted } from "effect"
import { scopeClosedWithin } from "./ClosedWithin.ts"
import { EmbeddedPostgres } from "./EmbeddedPostgres.ts"
import { Settings } from "./Settings.ts"

const MAX_CONNECTIONS = 5
/** Shorter than the catalog's own limit for an answer, so that its error says what is wrong. */
const CONNECT_TIMEOUT = Duration.seconds(3)
const KEEP_ALIVE = Duration.seconds(10)
const CLOSE_LIMIT = Duration.millis(500)

const server = (url: Redacted.Redacted) =>
  Layer.effectContext(
    Effect.gen(function* () {
      const pool = PgClient.layer({
        url,
        applicationName: "level4",
        maxConnections: MAX_CONNECTIONS,
        connectTimeout: CONNECT_TIMEOUT,
        keepAlive: KEEP_ALIVE
      })
      return yield* Layer.buildWithScope(pool, yield* scopeClosedWithin(CLOSE_LIMIT))
    })
  )

export const Database = {
  /** The client of the catalog's database. */
  layer: Layer.unwrap(
    Effect.map(Settings, ({ databaseUrl, dataDir }) =>
      Option.match(databaseUrl, { onNone: () => EmbeddedPostgres.layer(dataDir), onSome: server })
    )
  )
}
