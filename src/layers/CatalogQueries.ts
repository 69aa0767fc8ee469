// Owns the catalog's SQL: one statement a function, rows decoded into entities. What an empty answer or a refused write
// means is Catalog's to say. Invariant: every value travels as a parameter; every write is one statement, so it is
// atomic.
import { Schema } from "effect"
import type { SqlClient } from "effect/sql/SqlClient"
import * as SqlSchema from "effect/sql/SqlSchema"
import { Asset, SymbolCode, SymbolId } from "../domain/Asset.ts"
import { Exchange, ExchangeId, ExchangeName } from "../domain/Exchange.ts"
import { Market, MarketId, NewMarket } from "../domain/Market.ts"
import { MarketType } from "../domain/MarketType.ts"
import { folded } from "../domain/Names.ts"

/** Which markets to list; what is left out does not filter. */
export const MarketFilter = Schema.Struct({
  enabled: Schema.optional(Schema.Boolean),
  exchange_id: Schema.optional(ExchangeId),
  base_symbol_id: Schema.optional(SymbolId),
  quote_symbol_id: Schema.optional(SymbolId),
  market_type: Schema.optional(MarketType),
  /** But for its case. */
  tag: Schema.optional(Schema.String)
})
export type MarketFilter = typeof MarketFilter.Type

/** The fields alone, so that a plain object serves as well as an instance; and what the market is compared by. */
const MarketKey = Schema.Struct({
  ...NewMarket.fields,
  tag_key: Schema.NullOr(Schema.String),
  effective_symbol: Schema.NullOr(Schema.String)
})
const References = Schema.Struct({ exchange: Exchange, base_symbol: Asset, quote_symbol: Asset })
const Row = Schema.Struct({ id: Schema.Int })
/** Names as many markets as a message can. */
const USERS = 20
/** The markets that use a row, by the column that names it. */
const User = Schema.Struct({ ...Market.fields, count: Schema.Int })
const Used = Schema.Struct({ exchange_id: Schema.NullOr(ExchangeId), symbol_id: Schema.NullOr(SymbolId) })
const Switch = Schema.Struct({ id: MarketId, enabled: Schema.Boolean })

// Ids are compared as bigint: a number too large for the column is a row that does not exist, not an error.
const symbolQueries = (sql: SqlClient) => ({
  /** None when the symbol exists already. */
  insertSymbol: SqlSchema.findOneOption({
    Request: SymbolCode,
    Result: Asset,
    execute: (code) => sql`
      INSERT INTO symbols (symbol, symbol_key) VALUES (${code}, ${folded(code)})
      ON CONFLICT DO NOTHING RETURNING id, symbol`
  }),
  symbols: SqlSchema.findAll({
    Request: Schema.Void,
    Result: Asset,
    execute: () => sql`SELECT id, symbol FROM symbols ORDER BY id`
  }),
  symbol: SqlSchema.findOneOption({
    Request: SymbolId,
    Result: Asset,
    execute: (id) => sql`SELECT id, symbol FROM symbols WHERE id = ${id}::bigint`
  }),
  /** All that have this code but for case, in the order of their ids. */
  symbolsByCode: SqlSchema.findAll({
    Request: Schema.String,
    Result: Asset,
    execute: (code) => sql`SELECT id, symbol FROM symbols WHERE symbol_key = ${folded(code)} ORDER BY id`
  }),
  deleteSymbol: SqlSchema.findOneOption({
    Request: SymbolId,
    Result: Row,
    execute: (id) => sql`DELETE FROM symbols WHERE id = ${id}::bigint RETURNING id`
  })
})

const exchangeQueries = (sql: SqlClient) => ({
  /** None when an exchange of this name exists already, whatever its case. */
  insertExchange: SqlSchema.findOneOption({
    Request: ExchangeName,
    Result: Exchange,
    execute: (name) => sql`
      INSERT INTO exchanges (name, name_key) VALUES (${name}, ${folded(name)})
      ON CONFLICT DO NOTHING RETURNING id, name`
  }),
  exchanges: SqlSchema.findAll({
    Request: Schema.Void,
    Result: Exchange,
    execute: () => sql`SELECT id, name FROM exchanges ORDER BY id`
  }),
  exchange: SqlSchema.findOneOption({
    Request: ExchangeId,
    Result: Exchange,
    execute: (id) => sql`SELECT id, name FROM exchanges WHERE id = ${id}::bigint`
  }),
  exchangesByName: SqlSchema.findAll({
    Request: Schema.String,
    Result: Exchange,
    execute: (name) => sql`SELECT id, name FROM exchanges WHERE name_key = ${folded(name)} ORDER BY id`
  }),
  deleteExchange: SqlSchema.findOneOption({
    Request: ExchangeId,
    Result: Row,
    execute: (id) => sql`DELETE FROM exchanges WHERE id = ${id}::bigint RETURNING id`
  })
})

const marketQueries = (sql: SqlClient) => {
  const columns = sql`
    m.id, m.market_type, m.native_symbol, m.level4_feed_enabled, m.unverified,
    json_build_object('id', e.id, 'name', e.name) AS exchange,
    json_build_object('id', b.id, 'symbol', b.symbol) AS base_symbol,
    json_build_object('id', q.id, 'symbol', q.symbol) AS quote_symbol`
  const references = sql`
    JOIN exchanges e ON e.id = m.exchange_id
    JOIN symbols b ON b.id = m.base_symbol_id
    JOIN symbols q ON q.id = m.quote_symbol_id`
  return {
    /** The rows that a new market names; none where one of them is missing. */
    references: SqlSchema.findOneOption({
      Request: Schema.Struct(NewMarket.fields),
      Result: References,
      execute: (market) => sql`
        SELECT json_build_object('id', e.id, 'name', e.name) AS exchange,
          json_build_object('id', b.id, 'symbol', b.symbol) AS base_symbol,
          json_build_object('id', q.id, 'symbol', q.symbol) AS quote_symbol
        FROM exchanges e, symbols b, symbols q
        WHERE e.id = ${market.exchange_id} AND b.id = ${market.base_symbol_id} AND q.id = ${market.quote_symbol_id}`
    }),
    /** None when the market exists already. */
    insertMarket: SqlSchema.findOneOption({
      Request: MarketKey,
      Result: Market,
      execute: (market) => sql`
        WITH m AS (
          INSERT INTO markets (exchange_id, base_symbol_id, quote_symbol_id, market_type, native_symbol,
                               tag_key, effective_symbol)
          VALUES (${market.exchange_id}, ${market.base_symbol_id}, ${market.quote_symbol_id},
                  ${market.market_type}, ${market.native_symbol ?? null}, ${market.tag_key}, ${market.effective_symbol})
          ON CONFLICT DO NOTHING
          RETURNING *)
        SELECT ${columns} FROM m ${references}`
    }),
    /** The market that refused a new one: that of its tag, or else that of its name at the venue. */
    sameMarket: SqlSchema.findOneOption({
      Request: MarketKey,
      Result: Market,
      execute: (market) => sql`
        SELECT ${columns} FROM markets m ${references}
        WHERE m.tag_key = ${market.tag_key}
          OR (m.exchange_id = ${market.exchange_id} AND m.market_type = ${market.market_type}
            AND (m.effective_symbol = ${market.effective_symbol}
              OR (m.base_symbol_id = ${market.base_symbol_id} AND m.quote_symbol_id = ${market.quote_symbol_id}
                AND coalesce(m.native_symbol, '') = ${market.native_symbol ?? ""})))
        ORDER BY m.tag_key = ${market.tag_key} DESC, m.id LIMIT 1`
    }),
    /** All that have this tag but for case, in the order of their ids. */
    marketsByTag: SqlSchema.findAll({
      Request: Schema.String,
      Result: Market,
      execute: (tag) =>
        sql`SELECT ${columns} FROM markets m ${references} WHERE m.tag_key = ${folded(tag)} ORDER BY m.id`
    }),
    markets: SqlSchema.findAll({
      Request: MarketFilter,
      Result: Market,
      execute: (filter) => {
        const wanted = [
          filter.enabled === undefined ? [] : sql`m.level4_feed_enabled = ${filter.enabled}`,
          filter.exchange_id === undefined ? [] : sql`m.exchange_id = ${filter.exchange_id}::bigint`,
          filter.base_symbol_id === undefined ? [] : sql`m.base_symbol_id = ${filter.base_symbol_id}::bigint`,
          filter.quote_symbol_id === undefined ? [] : sql`m.quote_symbol_id = ${filter.quote_symbol_id}::bigint`,
          filter.market_type === undefined ? [] : sql`m.market_type = ${filter.market_type}`,
          filter.tag === undefined ? [] : sql`m.tag_key = ${folded(filter.tag)}`
        ].flat()
        return sql`SELECT ${columns} FROM markets m ${references} WHERE ${sql.and(wanted)} ORDER BY m.id`
      }
    }),
    market: SqlSchema.findOneOption({
      Request: MarketId,
      Result: Market,
      execute: (id) => sql`SELECT ${columns} FROM markets m ${references} WHERE m.id = ${id}::bigint`
    }),
    updateSwitch: SqlSchema.findOneOption({
      Request: Switch,
      Result: Market,
      execute: ({ enabled, id }) => sql`
        WITH m AS (UPDATE markets SET level4_feed_enabled = ${enabled} WHERE id = ${id}::bigint RETURNING *)
        SELECT ${columns} FROM m ${references}`
    }),
    /** None where it is gone, or its switch is on. */
    deleteMarket: SqlSchema.findOneOption({
      Request: MarketId,
      Result: Row,
      execute: (id) => sql`DELETE FROM markets WHERE id = ${id}::bigint AND NOT level4_feed_enabled RETURNING id`
    }),
    /** The first that use an exchange or a symbol, each with the count of all. */
    users: SqlSchema.findAll({
      Request: Used,
      Result: User,
      execute: ({ exchange_id, symbol_id }) => sql`
        SELECT ${columns}, count(*) OVER ()::integer AS count FROM markets m ${references}
        WHERE m.exchange_id = ${exchange_id}::bigint OR m.base_symbol_id = ${symbol_id}::bigint
          OR m.quote_symbol_id = ${symbol_id}::bigint
        ORDER BY m.id LIMIT ${USERS}`
    })
  }
}

export const makeCatalogQueries = (sql: SqlClient) => ({
  ...symbolQueries(sql),
  ...exchangeQueries(sql),
  ...marketQueries(sql),
  ping: sql`SELECT 1`
})
