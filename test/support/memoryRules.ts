// Owns the rules of the catalog in memory (MemoryCatalog.ts), with the refusals of the real ones.
import { Effect } from "effect"
import { type CatalogUnavailable, NotFound } from "../../src/domain/Failures.ts"
import { Rule, type RuleId } from "../../src/domain/Rule.ts"
import { patternKey, ruleExists, type RuleStore } from "../../src/layers/RuleStore.ts"

/** `call`: the way of that catalog to its rows, which may be down. */
export const makeMemoryRules = (
  call: <A, E>(body: () => Effect.Effect<A, E>) => Effect.Effect<A, E | CatalogUnavailable>
): RuleStore => {
  const rules = new Map<number, Rule>()
  let last = 0
  const stored = (id: RuleId) => {
    const rule = rules.get(id)
    return rule === undefined ? Effect.fail(new NotFound({ entity: "rule", id })) : Effect.succeed(rule)
  }
  const put = (rule: Rule) => {
    rules.set(rule.id, rule)
    return rule
  }
  return {
    all: call(() => Effect.sync(() => [...rules.values()])),
    find: (id) => call(() => stored(id)),
    create: (draft) =>
      call(() => {
        const twin = [...rules.values()].find((rule) => patternKey(rule.pattern) === patternKey(draft.pattern))
        if (twin !== undefined) return Effect.fail(ruleExists(twin))
        return Effect.sync(() => put(new Rule({ ...draft, id: ++last as RuleId, enabled: true })))
      }),
    setEnabled: (id, enabled) => call(() => Effect.map(stored(id), (rule) => put(switched(rule, enabled)))),
    remove: (id) => call(() => Effect.map(stored(id), () => void rules.delete(id))),
    disableAll: call(() =>
      Effect.sync(() => {
        const enabled = [...rules.values()].filter((rule) => rule.enabled)
        for (const rule of enabled) put(switched(rule, false))
        return enabled.length
      })
    )
  }
}

const switched = ({ id, max_markets, pattern, start }: Rule, enabled: boolean): Rule =>
  new Rule({ id, pattern, start, max_markets, enabled })
