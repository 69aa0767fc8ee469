// Owns `level4 rules`: patterns that follow what exchanges list. Evaluating them is the service's.
import { Effect, Option, Schema } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { PatternText } from "../domain/MarketPattern.ts"
import { type ListedRule, RuleId } from "../domain/Rule.ts"
import { clientFlags, connect } from "./ClientFlags.ts"
import { inTurn } from "./inTurn.ts"
import { printData, tell } from "./Output.ts"
import { removeInTurn } from "./removeInTurn.ts"
import type { Style } from "./Style.ts"
import { table } from "./Table.ts"

const time = (micros: number): string => new Date(Math.floor(micros / 1000)).toISOString()

const ruleTable = (style: Style, rules: ReadonlyArray<ListedRule>): string =>
  table(
    style,
    [
      { title: "ID", cell: ({ id }) => id, align: "right" },
      { title: "PATTERN", cell: ({ pattern }) => pattern },
      {
        title: "RULE",
        cell: ({ enabled }) => (enabled ? "on" : "off"),
        paint: (text, { enabled }) => (enabled ? style.good : style.quiet)(text)
      },
      { title: "STARTS", cell: ({ start }) => (start ? "yes" : "no") },
      { title: "MARKETS", cell: ({ markets }) => markets, align: "right" },
      { title: "MOST", cell: ({ max_markets }) => max_markets, align: "right" },
      { title: "ADDED", cell: ({ added }) => added, align: "right" },
      {
        title: "EVALUATED",
        cell: ({ last_evaluated_at }) => (last_evaluated_at === null ? "-" : time(last_evaluated_at)),
        detail: true
      },
      { title: "ERROR", cell: ({ last_error }) => last_error ?? "-", elastic: 12 }
    ],
    rules
  )

const oneRule = (style: Style, rule: ListedRule): string => ruleTable(style, [rule])

const ruleIds = Argument.Int("id").pipe(
  Argument.withDescription("Numbers of rules; see: level4 rules list"),
  Argument.filterMap(Schema.decodeOption(RuleId), () => "Expected a rule's number, such as 1"),
  Argument.variadic({ min: 1 })
)

const add = Command.make(
  "add",
  {
    pattern: Argument.String("pattern").pipe(
      Argument.withDescription("A quoted pattern of tags such as 'KRAKEN.SPOT:*-USD'"),
      Argument.filter(Schema.is(PatternText), () => "Expected a pattern of tags such as 'KRAKEN.SPOT:*-USD'")
    ),
    start: Flag.Boolean("start").pipe(
      Flag.withDescription("Also start the feeds of what it adds"),
      Flag.withDefault(false),
      Flag.withoutNegation
    ),
    maxMarkets: Flag.Int("max-markets").pipe(
      Flag.withMetavar("<n>"),
      Flag.withDescription("Add nothing while so many markets match, 1 to 5000 (default 1000)"),
      Flag.filter(
        (most) => most >= 1 && most <= 5_000,
        () => "Expected 1 to 5000"
      ),
      Flag.optional
    ),
    ...clientFlags
  },
  Effect.fnUntraced(function* ({ pattern, start, maxMarkets, url, json }) {
    const client = yield* connect(url)
    const rule = yield* client.createRule({
      pattern,
      start,
      ...(Option.isSome(maxMarkets) ? { max_markets: maxMarkets.value } : {})
    })
    yield* printData(json, rule, oneRule)
  })
).pipe(
  Command.withDescription(
    "Follow a listing: at once, and at every reading of it, the rule adds what is listed, matches and is not in the " +
      "catalog, and with --start starts what it added. A market that a person stopped stays stopped."
  ),
  Command.withShortDescription("Follow a listing by a pattern"),
  Command.withExamples([
    { command: "level4 rules add 'KRAKEN.SPOT:*-USD' --start", description: "All of Kraken in US dollars, always" },
    { command: "level4 rules add 'BYBIT.PERP:*' --max-markets 50", description: "Into the catalog only, and no more" }
  ])
)

const list = Command.make(
  "list",
  clientFlags,
  Effect.fnUntraced(function* ({ url, json }) {
    const rules = yield* (yield* connect(url)).rules
    if (rules.length === 0) yield* tell("There are no rules; add one with: level4 rules add 'KRAKEN.SPOT:*-USD'")
    if (json || rules.length > 0) yield* printData(json, rules, ruleTable)
  })
).pipe(
  Command.withDescription(
    "List the rules, with the markets of the catalog that each matches, how many it added since the service began, " +
      "and what keeps it from following more"
  ),
  Command.withShortDescription("List the rules"),
  Command.withExamples([{ command: "level4 rules list", description: "Every rule with its number" }])
)

const remove = Command.make(
  "rm",
  { ids: ruleIds, ...clientFlags },
  Effect.fnUntraced(function* ({ ids, url, json }) {
    const client = yield* connect(url)
    yield* removeInTurn(
      ids.map((id) => ({ label: `rule ${id}`, remove: client.deleteRule(id) })),
      json
    )
  })
).pipe(
  Command.withDescription("Remove rules. The markets that they added stay, and run on."),
  Command.withShortDescription("Remove rules"),
  Command.withExamples([{ command: "level4 rules rm 1", description: "By its number" }])
)

const turn = (name: "enable" | "disable", description: string, short: string) =>
  Command.make(
    name,
    { ids: ruleIds, ...clientFlags },
    Effect.fnUntraced(function* ({ ids, url, json }) {
      const client = yield* connect(url)
      yield* inTurn(
        {
          items: ids,
          label: (id) => `rule ${id}`,
          ask: (id) => client.turnRule(id, name === "enable"),
          progress: ({ pattern }: ListedRule) => `${name}d ${pattern}`
        },
        (rules) => (json ? printData(true, rules, () => "") : Effect.void)
      )
    })
  ).pipe(
    Command.withDescription(description),
    Command.withShortDescription(short),
    Command.withExamples([{ command: `level4 rules ${name} 1`, description: "By its number" }])
  )

const enable = turn(
  "enable",
  "Let rules follow listings again: each is held against its listings at once. When the service starts, all rules " +
    "are off, unless LEVEL4_ON_BOOT is resume.",
  "Let rules follow again"
)
const disable = turn(
  "disable",
  "Let rules rest: they add nothing any more. The markets that they added stay, and run on.",
  "Let rules rest"
)

export const rulesCommand = Command.make("rules").pipe(
  Command.withDescription("Rules: patterns that add markets by themselves as exchanges list them"),
  Command.withSubcommands([add, list, remove, enable, disable])
)
