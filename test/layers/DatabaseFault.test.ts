// Owns the proof of where the line runs between a database that is away and a bug.
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit } from "effect"
import {
  AuthenticationError,
  ConnectionError,
  ConstraintError,
  SqlError,
  SqlSyntaxError,
  UnknownError
} from "effect/sql/SqlError"
import { databaseFault } from "../../src/layers/DatabaseFault.ts"

const withCode = (code: string) =>
  new SqlError({
    reason: new UnknownError({ cause: Object.assign(new Error("said so"), { code }), message: "Query failed" })
  })
const own = (message: string) => new SqlError({ reason: new UnknownError({ cause: new Error("x"), message }) })
const cause = new Error("s")

describe("DatabaseFault", () => {
  it.effect("calls a database that is away unavailable, with what it said", () =>
    Effect.gen(function* () {
      const away = [
        ...["53300", "53100", "57P01", "57P02", "57P03", "3D000", "25006", "58030", "XX000"].map(withCode),
        own("PgClient: COMMIT rolled back an aborted transaction"),
        new SqlError({ reason: new ConnectionError({ cause }) }),
        new SqlError({ reason: new AuthenticationError({ cause }) })
      ]
      for (const error of away) {
        const failure = yield* Effect.flip(databaseFault(error))
        assert.match(failure.detail, /^The catalog's database does not answer \((said so|x|s)\)\./)
      }
    })
  )
  it.effect("leaves a bug a defect", () =>
    Effect.gen(function* () {
      const bugs = [
        ...["0A000", "22P02", "22003", "21000", "26000"].map(withCode),
        own("PgConnection: Failed to decode row"),
        own("PgConnection: Failed to encode query"),
        new SqlError({ reason: new SqlSyntaxError({ cause }) }),
        new SqlError({ reason: new ConstraintError({ cause }) })
      ]
      for (const error of bugs) assert.isTrue(Exit.hasDies(yield* Effect.exit(databaseFault(error))))
    })
  )
})
