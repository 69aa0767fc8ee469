// Owns the forms by which names in the catalog are compared, for every row: fills in what is missing, corrects what a
// scheme of today spells differently, and reports rows that are the same. What is compared is the domain's and the
// schemes'; that it is unique the database sees to. Invariant: of rows that are the same the earliest counts, the
// others point at it, stay, and work by their numbers; no row is dropped.
import { Effect, type Option, Schema } from "effect"
import { SqlClient } from "effect/sql/SqlClient"
import * as SqlSchema from "effect/sql/SqlSchema"
import { type MarketWords, tagOf } from "../domain/Market.ts"
import { MarketType } from "../domain/MarketType.ts"
import { folded } from "../domain/Names.ts"
import { effectiveSymbol } from "../schemes/effectiveSymbol.ts"

/** What a market is compared by: its tag without case, and the name by which its venue knows it, if that is known. */
export const keysOf = (market: MarketWords) => ({
  tag_key: folded(tagOf(market)),
  effective_symbol: effectiveSymbol({
    exchange: market.exchange.name,
    base: market.base_symbol.symbol,
    quote: market.quote_symbol.symbol,
    market_type: market.market_type,
    native_symbol: market.native_symbol
  })
})

/** The column of the form that names are compared by. */
const KEYS = { symbols: "symbol_key", exchanges: "name_key" } as const
const Key = Schema.NullOr(Schema.String)
const Earlier = Schema.NullOr(Schema.Int)
const Named = Schema.Struct({ id: Schema.Int, name: Schema.String, key: Key, same_as: Earlier })
const Stored = Schema.Struct({
  id: Schema.Int,
  exchange_id: Schema.Int,
  exchange: Schema.String,
  base: Schema.String,
  quote: Schema.String,
  market_type: MarketType,
  native_symbol: Schema.NullOr(Schema.String),
  tag_key: Key,
  effective_symbol: Key,
  same_tag_as: Earlier,
  same_symbol_as: Earlier
})
type Stored = typeof Stored.Type

/** Reports no more than these by name. */
const REPORTED = 20

/** Brings the forms of all rows up to date; to be run whenever the tables may hold rows of another level4. */
export const markDuplicates = Effect.gen(function* () {
  const sql = yield* SqlClient
  const reports = [
    ...(yield* settleNames(sql, "symbols", "symbol")),
    ...(yield* settleNames(sql, "exchanges", "name")),
    ...(yield* settleMarkets(sql))
  ]
  for (const report of reports.slice(0, REPORTED)) yield* Effect.logWarning(report)
  if (reports.length > REPORTED) {
    yield* Effect.logWarning(`${reports.length - REPORTED} more rows of the catalog are the same as earlier ones`)
  }
})

const POINTERS = {
  symbols: ["same_as"],
  exchanges: ["same_as"],
  markets: ["same_tag_as", "same_symbol_as"]
} as const

/**
 * Deletes a row with those that are the same as it: the first of them counts from then on. `deletion` gives None where
 * it deleted nothing. All or nothing.
 */
export const deleteAmongSame = <A, E>(
  sql: SqlClient,
  table: keyof typeof POINTERS,
  id: number,
  deletion: Effect.Effect<Option.Option<A>, E>
) =>
  sql.withTransaction(
    Effect.gen(function* () {
      // the database forgets the pointers with the row, and would find several that count
      const keys = table === "markets" ? sql`tag_key = NULL, effective_symbol = NULL` : sql`${sql(KEYS[table])} = NULL`
      const points = sql.or(POINTERS[table].map((column) => sql`${sql(column)} = ${id}::bigint`))
      const freed = yield* sql`UPDATE ${sql(table)} SET ${keys} WHERE ${points} RETURNING id`
      const deleted = yield* deletion
      if (freed.length > 0) yield* markDuplicates.pipe(Effect.provideService(SqlClient, sql))
      return deleted
    })
  )

/** For each row the earlier row with the same key. */
const firsts = () => {
  const seen = new Map<string, number>()
  return (key: string, id: number): number | null => {
    const first = seen.get(key)
    if (first === undefined) seen.set(key, id)
    return first ?? null
  }
}

const settleNames = (sql: SqlClient, table: keyof typeof KEYS, name: "symbol" | "name") =>
  Effect.gen(function* () {
    const key = KEYS[table]
    const rows = yield* SqlSchema.findAll({
      Request: Schema.Void,
      Result: Named,
      execute: () => sql`SELECT id, ${sql(name)} AS name, ${sql(key)} AS key, same_as FROM ${sql(table)} ORDER BY id`
    })(undefined)
    const first = firsts()
    const wanted = rows.map((row) => {
      const form = folded(row.name)
      return { row, form, same: first(form, row.id) }
    })
    const changed = wanted.filter(({ form, row, same }) => row.key !== form || row.same_as !== same)
    yield* together(sql, changed, {
      clear: ({ row }) => sql`UPDATE ${sql(table)} SET ${sql(key)} = NULL WHERE id = ${row.id}`,
      write: ({ form, row, same }) =>
        sql`UPDATE ${sql(table)} SET ${sql(key)} = ${form}, same_as = ${same} WHERE id = ${row.id}`
    })
    return wanted.flatMap(({ row, same }) =>
      same === null
        ? []
        : [`${row.name} in ${table} (id ${row.id}) is the same name as that with id ${same}: use the earlier one`]
    )
  })

const settleMarkets = (sql: SqlClient) =>
  Effect.gen(function* () {
    const rows = yield* SqlSchema.findAll({
      Request: Schema.Void,
      Result: Stored,
      execute: () => sql`
        SELECT m.id, m.exchange_id, e.name AS exchange, b.symbol AS base, q.symbol AS quote, m.market_type,
          m.native_symbol, m.tag_key, m.effective_symbol, m.same_tag_as, m.same_symbol_as
        FROM markets m
        JOIN exchanges e ON e.id = m.exchange_id
        JOIN symbols b ON b.id = m.base_symbol_id
        JOIN symbols q ON q.id = m.quote_symbol_id
        ORDER BY m.id`
    })(undefined)
    const [firstTag, firstSymbol] = [firsts(), firsts()]
    const wanted = rows.map((row) => {
      const keys = keysOf(asMarket(row))
      const { effective_symbol: symbol } = keys
      return {
        row,
        keys,
        sameTag: firstTag(keys.tag_key, row.id),
        sameSymbol: symbol === null ? null : firstSymbol(`${row.exchange_id} ${row.market_type} ${symbol}`, row.id)
      }
    })
    const changed = wanted.filter(
      ({ keys, row, sameSymbol, sameTag }) =>
        row.tag_key !== keys.tag_key ||
        row.effective_symbol !== keys.effective_symbol ||
        row.same_tag_as !== sameTag ||
        row.same_symbol_as !== sameSymbol
    )
    yield* together(sql, changed, {
      clear: ({ row }) => sql`UPDATE markets SET tag_key = NULL, effective_symbol = NULL WHERE id = ${row.id}`,
      write: ({ keys, row, sameSymbol, sameTag }) => sql`
        UPDATE markets SET tag_key = ${keys.tag_key}, effective_symbol = ${keys.effective_symbol},
          same_tag_as = ${sameTag}, same_symbol_as = ${sameSymbol} WHERE id = ${row.id}`
    })
    return wanted.flatMap(({ row, sameSymbol, sameTag }) => {
      const same = sameSymbol ?? sameTag
      if (same === null) return []
      const why = sameSymbol === null ? "has the tag of" : "is for its venue the same as"
      return [
        `market ${row.id} (${tagOf(asMarket(row))}) ${why} market ${same}: use the earlier one, or name it by its id`
      ]
    })
  })

const asMarket = ({ base, exchange, market_type, native_symbol, quote }: Stored): MarketWords => ({
  exchange: { name: exchange },
  base_symbol: { symbol: base },
  quote_symbol: { symbol: quote },
  market_type,
  native_symbol
})

/** All or nothing; forms that others had are free before they are taken. */
const together = <Row, A, E>(
  sql: SqlClient,
  rows: ReadonlyArray<Row>,
  statements: { readonly clear: (row: Row) => Effect.Effect<A, E>; readonly write: (row: Row) => Effect.Effect<A, E> }
) =>
  rows.length === 0
    ? Effect.void
    : sql.withTransaction(
        Effect.andThen(
          Effect.forEach(rows, statements.clear, { discard: true }),
          Effect.forEach(rows, statements.write, { discard: true })
        )
      )
