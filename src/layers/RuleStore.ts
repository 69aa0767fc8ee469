// Owns the rules that are kept in the catalog: their SQL, and what an empty answer or a refused write means. What a
// rule does is Rules.ts's. Invariant: a pattern stands in one rule alone, whatever its case.
import { Effect, Option, Schema } from "effect"
import type { SqlClient } from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import * as SqlSchema from "effect/sql/SqlSchema"
import { AlreadyExists, type CatalogUnavailable, NotFound } from "../domain/Failures.ts"
import { folded } from "../domain/Names.ts"
import { Rule, RuleId } from "../domain/Rule.ts"

export interface RuleStore {
  /** In the order of their ids. */
  readonly all: Effect.Effect<ReadonlyArray<Rule>, CatalogUnavailable>
  find(id: RuleId): Effect.Effect<Rule, NotFound | CatalogUnavailable>
  /** The new rule is enabled. */
  create(rule: RuleDraft): Effect.Effect<Rule, AlreadyExists | CatalogUnavailable>
  setEnabled(id: RuleId, enabled: boolean): Effect.Effect<Rule, NotFound | CatalogUnavailable>
  remove(id: RuleId): Effect.Effect<void, NotFound | CatalogUnavailable>
  /** Gives how many were enabled. */
  readonly disableAll: Effect.Effect<number, CatalogUnavailable>
}

type RuleDraft = Pick<Rule, "pattern" | "start" | "max_markets">

/** The catalog's one way to its database. */
type Call = <A, E>(
  query: Effect.Effect<A, E | SqlError | Schema.SchemaError>
) => Effect.Effect<A, CatalogUnavailable | Exclude<Exclude<E, SqlError>, Schema.SchemaError>>

/** What patterns are compared by; several `*` in a row stand for no more than one does. */
export const patternKey = (pattern: string): string => folded(pattern).replace(/\*+/g, "*")

export const ruleExists = ({ id, pattern }: Rule) =>
  new AlreadyExists({ entity: "rule", name: pattern, id, same: "by_name" })

export const makeRuleStore = (sql: SqlClient, call: Call): RuleStore => {
  const columns = sql`id, pattern, start, max_markets, enabled`
  // an id too large for the column is a row that does not exist, not an error
  const byId = SqlSchema.findOneOption({
    Request: RuleId,
    Result: Rule,
    execute: (id) => sql`SELECT ${columns} FROM rules WHERE id = ${id}::bigint`
  })
  const byKey = SqlSchema.findOne({
    Request: Schema.String,
    Result: Rule,
    execute: (key) => sql`SELECT ${columns} FROM rules WHERE pattern_key = ${key}`
  })
  const insert = SqlSchema.findOneOption({
    Request: Schema.Struct({ pattern: Schema.String, start: Schema.Boolean, max_markets: Schema.Int }),
    Result: Rule,
    execute: ({ max_markets, pattern, start }) => sql`
      INSERT INTO rules (pattern, pattern_key, start, max_markets, enabled)
      VALUES (${pattern}, ${patternKey(pattern)}, ${start}, ${max_markets}, true)
      ON CONFLICT DO NOTHING RETURNING ${columns}`
  })
  const update = SqlSchema.findOneOption({
    Request: Schema.Struct({ id: RuleId, enabled: Schema.Boolean }),
    Result: Rule,
    execute: ({ enabled, id }) =>
      sql`UPDATE rules SET enabled = ${enabled} WHERE id = ${id}::bigint RETURNING ${columns}`
  })
  const remove = SqlSchema.findOneOption({
    Request: RuleId,
    Result: Rule,
    execute: (id) => sql`DELETE FROM rules WHERE id = ${id}::bigint RETURNING ${columns}`
  })
  const all = SqlSchema.findAll({
    Request: Schema.Void,
    Result: Rule,
    execute: () => sql`SELECT ${columns} FROM rules ORDER BY id`
  })
  const disabled = SqlSchema.findAll({
    Request: Schema.Void,
    Result: Rule,
    execute: () => sql`UPDATE rules SET enabled = false WHERE enabled RETURNING ${columns}`
  })
  const found = (id: RuleId, row: Effect.Effect<Option.Option<Rule>, SqlError | Schema.SchemaError>) =>
    call(
      Effect.flatMap(
        row,
        Option.match({
          onNone: () => Effect.fail(new NotFound({ entity: "rule", id })),
          onSome: (rule) => Effect.succeed(rule)
        })
      )
    )
  const create = Effect.fn("RuleStore.create")((draft: RuleDraft) =>
    call(
      Effect.gen(function* () {
        const made = Option.getOrNull(yield* insert(draft))
        if (made !== null) return made
        const twin = yield* byKey(patternKey(draft.pattern)).pipe(Effect.catchTag("NoSuchElementError", Effect.die))
        return yield* ruleExists(twin)
      })
    )
  )
  return {
    all: call(all(undefined)).pipe(Effect.withSpan("RuleStore.all")),
    find: Effect.fn("RuleStore.find")((id: RuleId) => found(id, byId(id))),
    create,
    setEnabled: Effect.fn("RuleStore.setEnabled")((id: RuleId, enabled: boolean) => found(id, update({ id, enabled }))),
    remove: Effect.fn("RuleStore.remove")((id: RuleId) => Effect.asVoid(found(id, remove(id)))),
    disableAll: call(Effect.map(disabled(undefined), ({ length }) => length)).pipe(
      Effect.withSpan("RuleStore.disableAll")
    )
  }
}
