// Owns the examples of calls that name markets by patterns, for the OpenAPI document; DocumentExamples.ts has the rest.
import { TooManyMatches, TooManyRules } from "../domain/Failures.ts"
import type { MarketBatch } from "../domain/MarketBatch.ts"
import type { ListedRule } from "../domain/Rule.ts"

const pattern = "KRAKEN.SPOT:*-USD"
const there = { tag: "KRAKEN.SPOT:BTC-USD", native_symbol: "BTC/USD", market_id: 1, started: false, detail: null }
const added = { tag: "KRAKEN.SPOT:ETH-USD", native_symbol: "ETH/USD", market_id: 10, started: true, detail: null }

const batch: typeof MarketBatch.Encoded = {
  matched: 2,
  added: 1,
  existing: 1,
  started: 1,
  refused: 0,
  dry_run: false,
  exchanges: [{ exchange: "Kraken", age: 12, error: null }],
  markets: [
    { ...there, outcome: "exists" },
    { ...added, outcome: "added" }
  ]
}

const rule: typeof ListedRule.Encoded = {
  id: 1,
  pattern,
  start: true,
  max_markets: 1000,
  enabled: true,
  markets: 431,
  added: 2,
  last_evaluated_at: 1_795_436_108_318_013,
  last_error: null
}

/** By operation. */
export const BULK_CALLS = {
  "bulk.add": { request: { patterns: [pattern], start: true }, answer: batch },
  "rules.create": { request: { pattern }, answer: rule },
  "rules.list": { answer: [rule] },
  "rules.find": { answer: rule },
  "rules.update": { request: { enabled: true }, answer: rule }
}

const [matched, limit, rules] = [612, 500, 100]

/** By component, without the members that every problem of the kind has alike. */
export const BULK_PROBLEMS = {
  UnmatchedPatternProblem: {
    detail: "KRAKEM names no exchange of a tag such as KRAKEN.SPOT:*-USD; did you mean Kraken?",
    pattern: "KRAKEM.SPOT:*-USD",
    nearest: "Kraken"
  },
  TooManyMatchesProblem: { detail: new TooManyMatches({ matched, limit }).detail, matched, limit },
  TooManyRulesProblem: { detail: new TooManyRules({ limit: rules }).detail, limit: rules }
}
