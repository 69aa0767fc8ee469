// Owns how markets that a listing shows come into the catalog, by many in a statement each: first the symbols that are
// missing, then the markets. What is there already is left as it is. Invariant: every value travels as a parameter; a
// statement is done as a whole or not at all.
import { Effect, Schema } from "effect"
import type { SqlClient } from "effect/sql/SqlClient"
import { isSqlError } from "effect/sql/SqlError"
import * as SqlSchema from "effect/sql/SqlSchema"
import type { Exchange } from "../domain/Exchange.ts"
import { MarketId } from "../domain/Market.ts"
import type { MarketType } from "../domain/MarketType.ts"
import { folded } from "../domain/Names.ts"
import { keysOf } from "./CatalogDuplicates.ts"
import { violatedConstraint } from "./DatabaseFault.ts"

/** A market as a listing shows it; `native_symbol` is null where the scheme's own rule spells it. */
export interface ListedRow {
  readonly base: string
  readonly quote: string
  readonly market_type: MarketType
  readonly native_symbol: string | null
}

export const makeListedMarketQueries = (sql: SqlClient) => {
  const insertSymbols = (codes: ReadonlyArray<string>) => {
    const rows = new Map(codes.map((symbol) => [folded(symbol), symbol]))
    const text = JSON.stringify([...rows].map(([key, symbol]) => ({ key, symbol })))
    return sql`
      INSERT INTO symbols (symbol, symbol_key)
      SELECT r.symbol, r.key FROM json_to_recordset(${text}::json) AS r (symbol text, key text)
      WHERE NOT EXISTS (SELECT 1 FROM symbols s WHERE s.symbol_key = r.key)
      ON CONFLICT DO NOTHING`
  }
  // rows whose exchange or symbols are gone meanwhile are left out, as those are that are there by now
  const insertMarkets = SqlSchema.findAll({
    Request: Schema.Struct({ exchange_id: Schema.Int, text: Schema.String }),
    Result: Schema.Struct({ id: MarketId }),
    execute: ({ exchange_id, text }) => sql`
      INSERT INTO markets (exchange_id, base_symbol_id, quote_symbol_id, market_type, native_symbol,
                           tag_key, effective_symbol, unverified)
      SELECT e.id, b.id, q.id, r.market_type, r.native_symbol, r.tag_key, r.effective_symbol, false
      FROM json_to_recordset(${text}::json) AS r (place integer, base text, quote text, market_type text,
                                                  native_symbol text, tag_key text, effective_symbol text)
      JOIN exchanges e ON e.id = ${exchange_id}
      JOIN symbols b ON b.symbol_key = r.base AND b.same_as IS NULL
      JOIN symbols q ON q.symbol_key = r.quote AND q.same_as IS NULL
      ORDER BY r.place
      ON CONFLICT DO NOTHING RETURNING id`
  })
  /** The numbers of the markets that were added. */
  const insertListed = (exchange: Exchange, listed: ReadonlyArray<ListedRow>) => {
    const rows = listed.map(({ base, market_type, native_symbol, quote }, place) => ({
      place,
      base: folded(base),
      quote: folded(quote),
      market_type,
      native_symbol,
      ...keysOf({
        exchange,
        base_symbol: { symbol: base },
        quote_symbol: { symbol: quote },
        market_type,
        native_symbol
      })
    }))
    const both = Effect.andThen(
      insertSymbols(listed.flatMap(({ base, quote }) => [base, quote])),
      insertMarkets({ exchange_id: exchange.id, text: JSON.stringify(rows) })
    )
    return both.pipe(
      // a symbol that was deleted in the very same moment
      Effect.retry({ times: 1, while: (error) => isSqlError(error) && violatedConstraint(error).endsWith("_exists") }),
      Effect.map((added) => added.map(({ id }) => id))
    )
  }
  return { insertListed }
}
