// Owns one evaluation of a rule: it holds the rule against what is known of one exchange's listing, adds what is
// missing, and starts it; and the memory of what each rule has done. When that is due is Rules.ts's. Invariants: one
// evaluation at a time; what a rule added is started once, and again only while the catalog was away in between.
import { Effect, Semaphore } from "effect"
import { type Market, type MarketId, tagOf } from "../domain/Market.ts"
import { marketPattern } from "../domain/MarketPattern.ts"
import type { Rule, RuleId } from "../domain/Rule.ts"
import { nowMicros } from "../feeds/core/Now.ts"
import type { PatternTarget } from "../schemes/patternTargets.ts"
import type { AddedMarket } from "./batchReport.ts"
import { Catalog } from "./Catalog.ts"
import { Instruments } from "./Instruments.ts"
import { MarketAdder, matching } from "./MarketAdder.ts"

/** What the process knows of a rule. */
export interface RuleMemory {
  added: number
  lastEvaluatedAt: number | null
  /** The exchanges that it has been held against; the others are owed. */
  readonly evaluated: Set<string>
  /** By exchange: what keeps it from following all that it should. */
  readonly faults: Map<string, string>
  /** Tags that it began to add; a write whose answer was lost may yet have been done. */
  readonly adding: Set<string>
  /** What it added and has still to start. */
  readonly unstarted: Set<MarketId>
}

/** Markets that a line of the log names. */
const NAMED = 20

const fresh = (): RuleMemory => ({
  added: 0,
  lastEvaluatedAt: null,
  evaluated: new Set(),
  faults: new Map(),
  adding: new Set(),
  unstarted: new Set()
})

export const makeRuleEvaluation = Effect.gen(function* () {
  const catalog = yield* Catalog
  const instruments = yield* Instruments
  const adder = yield* MarketAdder
  const one = yield* Semaphore.make(1)
  const alone = <A, E, R>(effect: Effect.Effect<A, E, R>) => one.withPermit(effect)
  const memories = new Map<RuleId, RuleMemory>()
  const memoryOf = (id: RuleId): RuleMemory => {
    const known = memories.get(id) ?? fresh()
    memories.set(id, known)
    return known
  }

  /** Adds what is missing; gives what could not be added, in words. */
  const addMissing = Effect.fnUntraced(function* (
    rule: Rule,
    memory: RuleMemory,
    { exchange, marketTypes }: PatternTarget
  ) {
    const listed = instruments.known(exchange, marketTypes)
    if (listed === null) return null
    const pattern = marketPattern(rule.pattern)
    const room = rule.max_markets - matchingMarkets(rule.pattern, yield* catalog.markets({}))
    const before = (tags: ReadonlyArray<string>) => tags.forEach((tag) => memory.adding.add(tag))
    const outcomes = yield* adder.addListed(exchange, matching(exchange, listed, [pattern]), { room, before })
    const added = outcomes.flatMap(({ market, tag }) => (market !== null && memory.adding.delete(tag) ? [market] : []))
    memory.added += added.length
    if (rule.start) for (const { id } of added) memory.unstarted.add(id)
    if (added.length > 0) {
      const tags = added.slice(0, NAMED).map(tagOf).join(", ")
      yield* Effect.logInfo(`the rule ${rule.pattern} added ${added.length} markets: ${tags}`)
    }
    return faultsOf(rule, outcomes)
  })
  const startAdded = Effect.fnUntraced(function* (memory: RuleMemory) {
    const started = yield* adder.start([...memory.unstarted])
    for (const [id, { again }] of started) if (!again) memory.unstarted.delete(id)
    const failed = [...started.values()].flatMap(({ detail }) => detail ?? [])
    return failed.length === 0 ? [] : [`${failed.length} feeds could not be started: ${failed[0]}`]
  })

  const evaluate = Effect.fn("Rules.evaluate")(function* (id: RuleId, target: PatternTarget) {
    const memory = memoryOf(id)
    // owed again until it is done
    memory.evaluated.delete(target.exchange)
    const rule = yield* catalog.rules.find(id)
    if (!rule.enabled) return
    const missing = yield* addMissing(rule, memory, target)
    if (missing === null) return
    const faults = [...missing, ...(yield* startAdded(memory))]
    if (faults.length === 0) memory.faults.delete(target.exchange)
    else memory.faults.set(target.exchange, `${target.exchange}: ${faults.join("; ")}`)
    memory.lastEvaluatedAt = nowMicros()
    if (memory.unstarted.size === 0) memory.evaluated.add(target.exchange)
  }, alone)

  return {
    memoryOf,
    /** What it has done stays; all else it begins with again. */
    beginAgain: (id: RuleId) => {
      const { adding, evaluated, faults, unstarted } = memoryOf(id)
      for (const held of [adding, evaluated, faults, unstarted]) held.clear()
    },
    /** Forgets the rules that are not among these. */
    keep: (rules: ReadonlyArray<Rule>) => {
      const ids = new Set(rules.map(({ id }) => id))
      for (const id of memories.keys()) if (!ids.has(id)) memories.delete(id)
    },
    /** Done, or failed in a way that the memory says. */
    evaluate: (id: RuleId, target: PatternTarget) =>
      evaluate(id, target).pipe(
        Effect.catchTags({
          NotFound: () => Effect.sync(() => void memories.delete(id)),
          CatalogUnavailable: ({ detail }) => Effect.sync(() => void memoryOf(id).faults.set(target.exchange, detail))
        })
      )
  }
})

export const matchingMarkets = (pattern: string, markets: ReadonlyArray<Market>): number => {
  const { matches } = marketPattern(pattern)
  return markets.filter((market) => matches(tagOf(market))).length
}

const faultsOf = ({ max_markets }: Rule, outcomes: ReadonlyArray<AddedMarket>): ReadonlyArray<string> => {
  const beyond = outcomes.filter(({ outcome }) => outcome === "would_add").length
  const refused = outcomes.filter(({ outcome }) => outcome === "refused")
  const [first] = refused
  return [
    ...(beyond === 0 ? [] : [`${beyond} instruments are beyond max_markets ${max_markets} and were not added`]),
    ...(first === undefined ? [] : [`${refused.length} can't be added, e.g. ${first.tag}: ${first.detail}`])
  ]
}
