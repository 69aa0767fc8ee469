// Owns the line between a database that is away and a bug of ours: the first becomes CatalogUnavailable, which a caller
// may answer by trying again later, the second stays a defect. Invariant: a SQL error is never both and never neither.
import { Effect, Predicate } from "effect"
import type { SqlError } from "effect/sql/SqlError"
import { CatalogUnavailable } from "../domain/Failures.ts"

// SQLSTATE classes that only wrong SQL or wrong data from us can cause: feature not supported, cardinality, data
// exception, integrity constraint, invalid statement name, syntax or missing object
const BUG_CLASSES: ReadonlySet<string> = new Set(["0A", "21", "22", "23", "26", "42"])

/**
 * The fields that Postgres gave with its error, e.g. `code` (SQLSTATE) and `constraint`; empty where there are none.
 */
const field = (error: SqlError, name: "code" | "constraint" | "message"): string => {
  const cause = error.reason.cause
  if (!Predicate.hasProperty(cause, name)) return ""
  const value = cause[name]
  return typeof value === "string" ? value : ""
}

/** The constraint that refused a write; empty when the error is about something else. */
export const violatedConstraint = (error: SqlError): string => field(error, "constraint")

/** True when a table is missing: the database was emptied or replaced behind our back. */
export const isSchemaMissing = (error: SqlError): boolean => field(error, "code") === "42P01"

/**
 * An error without a code is the driver's own: a value that it could not encode or decode is a bug, the rest is not. It
 * gives nothing but these words: queryError in src/PgConnection.ts of @effect/sql-pg 4.0.5.
 */
const OWN_BUGS: ReadonlySet<string> = new Set([
  "PgConnection: Failed to decode row",
  "PgConnection: Failed to encode query"
])

const isBug = (error: SqlError): boolean => {
  switch (error.reason._tag) {
    case "SqlSyntaxError":
    case "UniqueViolation":
    case "ConstraintError":
      return true
    case "UnknownError": {
      const code = field(error, "code")
      return code === "" ? OWN_BUGS.has(error.reason.message ?? "") : BUG_CLASSES.has(code.slice(0, 2))
    }
    default:
      return false
  }
}

/** With what the database or the network said, for people; never a statement, address or secret of ours. */
export const unavailable = (error: SqlError): CatalogUnavailable =>
  new CatalogUnavailable({
    problem: "failing",
    said: field(error, "message") || (error.reason.message ?? error.reason._tag)
  })

/** Answers a SQL error: CatalogUnavailable when the database is away, a defect when level4 is wrong. */
export const databaseFault = (error: SqlError): Effect.Effect<never, CatalogUnavailable> =>
  isBug(error) ? Effect.die(error) : Effect.fail(unavailable(error))
