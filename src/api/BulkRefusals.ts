// Owns how failures of patterns and rules are answered on HTTP, one function a failure, as Refusals.ts does for others.
import type { TooManyMatches, TooManyRules, UnmatchedPattern } from "../domain/Failures.ts"
import { TooManyMatchesProblem, TooManyRulesProblem, UnmatchedPatternProblem } from "./BulkProblems.ts"

export const unmatchedPattern = ({ detail, nearest, pattern }: UnmatchedPattern) =>
  new UnmatchedPatternProblem({ pattern, nearest, detail: `${detail}.`.replace(/[?]\.$/, "?") })

export const tooManyMatches = ({ detail, limit, matched }: TooManyMatches) =>
  new TooManyMatchesProblem({ detail, matched, limit })

export const tooManyRules = ({ detail, limit }: TooManyRules) => new TooManyRulesProblem({ detail, limit })
