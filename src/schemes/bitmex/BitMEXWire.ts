// Owns the frames and REST rows of BitMEX as schemas. What they mean is BitMEX.ts. Invariant: a row of the book has its
// key, and a malformed frame of one of our tables passes for no other table's.
import { Schema } from "effect"
import type { Numeric } from "../../domain/Decimal.ts"
import { Amount } from "../../wire/Amount.ts"
import { Recurring } from "../../wire/Recurring.ts"
import { Rfc3339 } from "../../wire/Rfc3339.ts"
import { parse } from "../../wire/Wire.ts"

const key = {
  symbol: Recurring,
  id: Schema.Int,
  side: Schema.Literals(["Buy", "Sell"]),
  timestamp: Schema.optionalKey(Rfc3339),
  pool: Schema.optionalKey(Schema.String)
}
const table = Schema.Literal("orderBookL2")
const WholeRow = Schema.Struct({ ...key, size: Amount, price: Amount })
const Filter = Schema.Struct({ symbol: Schema.optionalKey(Schema.String) })
const Changed = Schema.Struct({
  table,
  action: Schema.Literal("update"),
  data: Schema.Array(Schema.Struct({ ...key, size: Amount, price: Schema.optionalKey(Amount) }))
})
const Inserted = Schema.Struct({ table, action: Schema.Literal("insert"), data: Schema.Array(WholeRow) })
const Deleted = Schema.Struct({
  table,
  action: Schema.Literal("delete"),
  data: Schema.Array(Schema.Struct({ ...key, price: Schema.optionalKey(Amount) }))
})
const Partial = Schema.Struct({
  table,
  action: Schema.Literal("partial"),
  filter: Schema.optionalKey(Filter),
  data: Schema.Array(WholeRow)
})
export const Trades = Schema.Struct({
  table: Schema.Literal("trade"),
  action: Schema.Literals(["partial", "insert", "update", "delete"]),
  data: Schema.Array(
    Schema.Struct({
      symbol: Recurring,
      timestamp: Rfc3339,
      side: Schema.optionalKey(Schema.String),
      size: Amount,
      price: Amount,
      trdMatchID: Schema.optionalKey(Schema.String),
      trdType: Schema.optionalKey(Schema.String),
      pool: Schema.optionalKey(Schema.String)
    })
  )
})
/** Tables that we do not ask for (sheet section 4, read 2026-11). */
const OTHERS =
  "orderBookL2_\\d+|orderBook10|quote|(quote|trade)Bin\\w+|instrument|funding|insurance|liquidation|settlement|" +
  "announcement|publicNotifications|connected|chat"
const OTHER = new RegExp(`^(${OTHERS})$`)
const OtherTable = Schema.Struct({ table: Schema.String.check(Schema.isPattern(OTHER)) })
const Welcome = Schema.Struct({ info: Schema.String })
const Pong = Schema.Struct({ pong: Schema.Literal(true) })
export const Acknowledgement = Schema.Struct({
  success: Schema.Literal(true),
  subscribe: Schema.optionalKey(Schema.String),
  pool: Schema.optionalKey(Schema.String)
})
export const Failure = Schema.Struct({
  error: Schema.String,
  status: Schema.optionalKey(Schema.Number),
  meta: Schema.optionalKey(Schema.Struct({ retryAfter: Schema.optionalKey(Schema.Number) })),
  request: Schema.optionalKey(
    Schema.Struct({
      op: Schema.optionalKey(Schema.String),
      args: Schema.optionalKey(Schema.Union([Schema.String, Schema.Array(Schema.String)]))
    })
  )
})

/** Books and trades come as rows of their tables. */
export const isControl = (json: unknown): boolean =>
  typeof json === "object" &&
  json !== null &&
  !Array.isArray(json) &&
  ("table" in json
    ? typeof json.table === "string" && json.table !== "orderBookL2" && json.table !== "trade"
    : !("data" in json) && !("action" in json))

const Book = Schema.Union([Changed, Inserted, Deleted, Partial])
export const Frame = Schema.Union([Book, Trades, OtherTable, Acknowledgement, Failure, Welcome, Pong])
export type Frame = typeof Frame.Type
export type BookFrame = typeof Book.Type
export type Row = BookFrame["data"][number] & { readonly size?: Numeric; readonly price?: Numeric }

export const decodeRows = parse(Schema.Array(Schema.Struct({ side: Schema.String, price: Amount, size: Amount })))
