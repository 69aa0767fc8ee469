// Owns the rules that follow listings: when each is held against what a venue lists, and that the listings of enabled
// rules are kept read. Rules are stored by the catalog (RuleStore), one evaluation is RuleEvaluation's, listings are
// read by Instruments. Invariants: there are at most MOST_RULES; where the service is to be idle at its start, no rule
// of an earlier process does anything.
import { Context, Duration, Effect, Fiber, Layer, Schedule, Semaphore, Stream } from "effect"
import {
  type AlreadyExists,
  type CatalogUnavailable,
  type NotFound,
  TooManyRules,
  UnmatchedPattern
} from "../domain/Failures.ts"
import { foreignText } from "../domain/ForeignText.ts"
import type { Market } from "../domain/Market.ts"
import type { MarketType } from "../domain/MarketType.ts"
import { ListedRule, type NewRule, type Rule, type RuleId } from "../domain/Rule.ts"
import { patternTargets, type PatternTarget } from "../schemes/patternTargets.ts"
import { Catalog } from "./Catalog.ts"
import { defectAsFailure } from "./defectAsFailure.ts"
import { Instruments, type ListingRead } from "./Instruments.ts"
import { makeRuleEvaluation, matchingMarkets } from "./RuleEvaluation.ts"
import { Settings } from "./Settings.ts"

export class Rules extends Context.Service<
  Rules,
  {
    /** In the order of their ids. */
    readonly all: Effect.Effect<ReadonlyArray<ListedRule>, CatalogUnavailable>
    find(id: RuleId): Effect.Effect<ListedRule, NotFound | CatalogUnavailable>
    /** Answers when the rule has been held against its listings, or after ten seconds, while that goes on. */
    create(
      rule: NewRule
    ): Effect.Effect<ListedRule, AlreadyExists | TooManyRules | UnmatchedPattern | CatalogUnavailable>
    /** The same, where it enables; what a rule added stays. */
    setEnabled(id: RuleId, enabled: boolean): Effect.Effect<ListedRule, NotFound | CatalogUnavailable>
    remove(id: RuleId): Effect.Effect<void, NotFound | CatalogUnavailable>
  }
>()("level4/layers/Rules") {
  static readonly layer = Layer.effect(Rules)(Effect.suspend(() => make))
}

const MOST_RULES = 100
const MOST_MARKETS = 1000
/** How long a caller waits for the first evaluation. */
const PATIENCE = Duration.seconds(10)
/** At the longest, between two looks at which listings are due; a venue is asked only for those. */
const LOOK_EVERY = Duration.seconds(30)
// jitter after the cap, or everybody writes at once when the database comes back
const untilAnswered = Schedule.jittered(
  Schedule.min([Schedule.exponential("250 millis"), Schedule.spaced("10 seconds")])
)

const make = Effect.gen(function* () {
  const catalog = yield* Catalog
  const instruments = yield* Instruments
  const { listingInterval, onBoot } = yield* Settings
  const scope = yield* Effect.scope
  const { beginAgain, evaluate, keep, memoryOf } = yield* makeRuleEvaluation
  const settling = yield* Semaphore.make(1)
  const creating = yield* Semaphore.make(1)
  /** By exchange: why its listing can't be had. */
  const unlisted = new Map<string, string>()

  let settled = onBoot === "resume"
  /** Comes before all else, whoever is the first to do something with rules. */
  const settle = settling.withPermit(
    Effect.gen(function* () {
      if (settled) return
      const count = yield* catalog.rules.disableAll
      if (count > 0) yield* Effect.logInfo(`disabled ${count} rules that an earlier process left enabled`)
      settled = true
    })
  )
  const stored = Effect.andThen(
    settle,
    Effect.tap(catalog.rules.all, (rules) => Effect.sync(() => keep(rules)))
  )
  const enabledRules = Effect.map(stored, (rules) => rules.filter((rule) => rule.enabled))

  const read = ({ exchange, marketTypes }: PatternTarget) =>
    instruments.list(exchange, marketTypes).pipe(
      Effect.match({
        onSuccess: () => void unlisted.delete(exchange),
        onFailure: ({ detail }) => void unlisted.set(exchange, detail)
      })
    )
  /** Has the listings read that are due, and holds the rules against those that they were not held against yet. */
  const follow = (rules: ReadonlyArray<Rule>) => {
    const owed = (rule: Rule) => targetsOf(rule).filter(({ exchange }) => !memoryOf(rule.id).evaluated.has(exchange))
    return Effect.andThen(
      Effect.forEach(together(rules.flatMap(targetsOf)), read, { concurrency: "unbounded", discard: true }),
      Effect.forEach(rules, (rule) => Effect.forEach(owed(rule), (target) => evaluate(rule.id, target)), {
        discard: true
      })
    )
  }
  const noteReading = ({ exchange, marketTypes }: ListingRead) =>
    Effect.flatMap(enabledRules, (rules) => {
      unlisted.delete(exchange)
      const concerns = (target: PatternTarget) =>
        target.exchange === exchange && target.marketTypes.some((type) => marketTypes.includes(type))
      return Effect.forEach(
        rules,
        (rule) => Effect.forEach(targetsOf(rule).filter(concerns), (target) => evaluate(rule.id, target)),
        { discard: true }
      )
    })
  const survived = defectAsFailure("rules could not be held against a listing")

  yield* instruments.readings.pipe(
    Stream.runForEach((reading) => Effect.ignore(survived(noteReading(reading)))),
    Effect.forkScoped({ startImmediately: true })
  )
  yield* Effect.retry(enabledRules, untilAnswered).pipe(
    Effect.flatMap(follow),
    survived,
    Effect.ignore,
    Effect.andThen(Effect.sleep(Duration.min(listingInterval, LOOK_EVERY))),
    Effect.forever,
    Effect.forkScoped({ startImmediately: true })
  )

  const evaluateNow = (rule: Rule) =>
    follow([rule]).pipe(
      survived,
      Effect.forkIn(scope),
      Effect.flatMap((fiber) => Effect.timeoutOption(Fiber.await(fiber), PATIENCE))
    )
  const shown = (rule: Rule, markets: ReadonlyArray<Market>): ListedRule => {
    const { enabled, id, max_markets, pattern, start } = rule
    const { added, faults, lastEvaluatedAt } = memoryOf(id)
    const listings = targetsOf(rule).flatMap(({ exchange }) => unlisted.get(exchange) ?? [])
    const errors = enabled ? [...listings, ...faults.values()] : []
    return new ListedRule({
      id,
      pattern,
      start,
      max_markets,
      enabled,
      markets: matchingMarkets(pattern, markets),
      added,
      last_evaluated_at: lastEvaluatedAt,
      last_error: errors.length === 0 ? null : foreignText(errors.join(" "), 500)
    })
  }
  const show = (rule: Rule) => Effect.map(catalog.markets({}), (markets) => shown(rule, markets))

  const insert = ({ max_markets = MOST_MARKETS, pattern, start = true }: NewRule) =>
    creating.withPermit(
      Effect.gen(function* () {
        if ((yield* stored).length >= MOST_RULES) return yield* new TooManyRules({ limit: MOST_RULES })
        return yield* catalog.rules.create({ pattern, start, max_markets })
      })
    )
  return Rules.of({
    all: Effect.flatMap(stored, (rules) =>
      Effect.map(catalog.markets({}), (markets) => rules.map((rule) => shown(rule, markets)))
    ),
    find: Effect.fn("Rules.find")((id: RuleId) => Effect.andThen(settle, Effect.flatMap(catalog.rules.find(id), show))),
    create: Effect.fn("Rules.create")(function* (draft: NewRule) {
      const targets = patternTargets(draft.pattern)
      if ("detail" in targets) return yield* new UnmatchedPattern({ pattern: draft.pattern, ...targets })
      const rule = yield* insert(draft)
      yield* evaluateNow(rule)
      return yield* show(rule)
    }),
    setEnabled: Effect.fn("Rules.setEnabled")(function* (id: RuleId, on: boolean) {
      yield* settle
      const rule = yield* catalog.rules.setEnabled(id, on)
      beginAgain(id)
      if (on) yield* evaluateNow(rule)
      return yield* show(rule)
    }),
    remove: Effect.fn("Rules.remove")((id: RuleId) => Effect.andThen(settle, catalog.rules.remove(id)))
  })
})

/** None for a pattern of earlier days, whose exchange level4 can follow no more. */
const targetsOf = ({ pattern }: Rule): ReadonlyArray<PatternTarget> => {
  const targets = patternTargets(pattern)
  return "detail" in targets ? [] : targets
}

/** Each exchange once. */
const together = (targets: ReadonlyArray<PatternTarget>): ReadonlyArray<PatternTarget> => {
  const types = new Map<string, Set<MarketType>>()
  for (const { exchange, marketTypes } of targets) {
    types.set(exchange, new Set([...(types.get(exchange) ?? []), ...marketTypes]))
  }
  return [...types].map(([exchange, marketTypes]) => ({ exchange, marketTypes: [...marketTypes] }))
}
