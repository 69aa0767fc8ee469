// Owns the rule entity: a pattern that follows what venues list. Its table is the catalog's fourth; evaluating it is
// layers/Rules.ts. Invariant: what a rule has done is known to the process alone, and begins with it.
import { Schema } from "effect"
import { PatternText } from "./MarketPattern.ts"

export const RuleId = Schema.Int.check(Schema.isGreaterThan(0)).pipe(
  Schema.brand("RuleId"),
  Schema.annotate({ identifier: "RuleId", description: "The catalog's number of a rule" })
)
export type RuleId = typeof RuleId.Type

const MaxMarkets = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 5000 })).annotate({
  description: "The rule adds nothing while this many markets of the catalog match its pattern; 1000 if left out"
})

/** What a rule is made of; what is left out has the default that its field says. */
export const NewRule = Schema.Struct({
  pattern: PatternText,
  start: Schema.optionalKey(
    Schema.Boolean.annotate({ description: "Whether the rule starts the feeds of what it adds; true if left out" })
  ),
  max_markets: Schema.optionalKey(MaxMarkets)
})
export type NewRule = typeof NewRule.Type

/** A rule as the catalog stores it. */
export class Rule extends Schema.Class<Rule>("RuleRow")({
  id: RuleId,
  pattern: Schema.String,
  start: Schema.Boolean,
  max_markets: Schema.Int,
  enabled: Schema.Boolean
}) {}

/** A rule as clients see it. */
export class ListedRule extends Schema.Class<ListedRule>("Rule")({
  ...Rule.fields,
  markets: Schema.Int.annotate({ description: "Markets of the catalog that its pattern matches, whoever added them" }),
  added: Schema.Int.annotate({ description: "Markets that it has added since the process began" }),
  last_evaluated_at: Schema.NullOr(Schema.Int).annotate({
    description: "When it was last held against a listing; microseconds since 1970, null: not yet"
  }),
  last_error: Schema.NullOr(Schema.String).annotate({
    description: "What keeps it from following all that it should, as of then; null: nothing"
  })
}) {}
