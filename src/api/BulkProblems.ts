// Owns the problems of calls that name markets by patterns: what may go wrong with a pattern, with how much it matches,
// and with the rules that are made of them. Part of the contract, as Problems.ts is, which has all that other calls
// answer too.
import { Schema } from "effect"
import { HttpApiError } from "effect/http-api"

const uri = <const Name extends string>(name: Name) => `https://level4.dev/problems/${name}` as const

const detail = Schema.String.annotate({ description: "What went wrong and what to do about it" })

/** No instrument that level4 can follow can have a tag that matches. */
export class UnmatchedPatternProblem extends HttpApiError.Problem<UnmatchedPatternProblem>()(
  "UnmatchedPatternProblem",
  { type: uri("unmatched-pattern"), status: 422, title: "No exchange or market type matches the pattern" },
  {
    detail,
    pattern: Schema.String,
    nearest: Schema.NullOr(Schema.String).annotate({ description: "The exchange that is meant, most likely" })
  }
) {}

/** Nothing was added. */
export class TooManyMatchesProblem extends HttpApiError.Problem<TooManyMatchesProblem>()(
  "TooManyMatchesProblem",
  { type: uri("too-many-matches"), status: 422, title: "The patterns match too many instruments" },
  { detail, matched: Schema.Int, limit: Schema.Int }
) {}

export class TooManyRulesProblem extends HttpApiError.Problem<TooManyRulesProblem>()(
  "TooManyRulesProblem",
  { type: uri("too-many-rules"), status: 409, title: "There are too many rules" },
  { detail, limit: Schema.Int }
) {}
