// Owns the first shape of the catalog: symbols, exchanges and markets. Names of constraints are part of it, because the
// repository tells refusals apart by them. Invariant: no duplicate, dangling reference or contradiction can be stored.
import { Effect } from "effect"
import { SqlClient } from "effect/sql/SqlClient"

export default Effect.gen(function* () {
  const sql = yield* SqlClient
  yield* sql`
    CREATE TABLE symbols (
      id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      symbol text NOT NULL CHECK (symbol <> ''),
      CONSTRAINT symbols_are_unique UNIQUE (symbol)
    )`
  yield* sql`
    CREATE TABLE exchanges (
      id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      name text NOT NULL CHECK (name <> '')
    )`
  yield* sql`CREATE UNIQUE INDEX exchanges_are_unique ON exchanges (lower(name))`
  yield* sql`
    CREATE TABLE markets (
      id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      exchange_id integer NOT NULL,
      base_symbol_id integer NOT NULL,
      quote_symbol_id integer NOT NULL,
      market_type text NOT NULL,
      native_symbol text CHECK (native_symbol <> ''),
      level4_feed_enabled boolean NOT NULL DEFAULT false,
      CONSTRAINT markets_exchange_exists FOREIGN KEY (exchange_id) REFERENCES exchanges (id),
      CONSTRAINT markets_base_symbol_exists FOREIGN KEY (base_symbol_id) REFERENCES symbols (id),
      CONSTRAINT markets_quote_symbol_exists FOREIGN KEY (quote_symbol_id) REFERENCES symbols (id),
      CONSTRAINT markets_market_type_is_known CHECK (market_type IN ('SPOT', 'PERP', 'INVERSE', 'FUTURE')),
      CONSTRAINT markets_base_is_not_quote CHECK (base_symbol_id <> quote_symbol_id),
      CONSTRAINT markets_future_has_native_symbol CHECK (market_type <> 'FUTURE' OR native_symbol IS NOT NULL)
    )`
  yield* sql`
    CREATE UNIQUE INDEX markets_are_unique ON markets
      (exchange_id, base_symbol_id, quote_symbol_id, market_type, coalesce(native_symbol, ''))`
})
