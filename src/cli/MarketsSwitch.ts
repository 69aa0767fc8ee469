// Owns `level4 markets start` and `stop`: the switches of many markets, one after the other, with a line of progress
// for each, or one request for all that match a pattern. What a start means for the exchange is the service's; here is
// only the order, the delay between two, and the wait for their books (waitLive.ts).
import { Duration, Effect, Option } from "effect"
import { CliError, Command, Flag } from "effect/cli"
import type { ListedMarket, MarketId } from "../domain/Market.ts"
import type { Client } from "./Client.ts"
import { clientFlags, connect } from "./ClientFlags.ts"
import { exchange, marketType } from "./DomainParams.ts"
import { DurationFlag } from "./DurationFlag.ts"
import { SomeRefused } from "./Failures.ts"
import { findExchange } from "./findExchange.ts"
import { inTurn } from "./inTurn.ts"
import { resolveMarkets } from "./MarketReference.ts"
import { marketTargets, noMatch, type Pattern, patterns, singles } from "./MarketTargets.ts"
import { printData, tell } from "./Output.ts"
import { timeoutWithoutWait, waitFlags, waitLive } from "./waitLive.ts"

const verbs = {
  start: { enabled: true, done: "started", every: "Start every market whose switch is off" },
  stop: { enabled: false, done: "stopped", every: "Stop every market whose switch is on" }
} as const
type Verb = keyof typeof verbs

const flags = (verb: Verb) => ({
  markets: marketTargets(0),
  all: Flag.Boolean("all").pipe(Flag.withDescription(verbs[verb].every), Flag.withDefault(false), Flag.withoutNegation),
  exchange: exchange.pipe(Flag.withDescription("With --all: only markets of this exchange"), Flag.optional),
  type: marketType("type").pipe(Flag.withDescription("With --all: only markets of this type"), Flag.optional),
  delay: DurationFlag("delay").pipe(
    Flag.withDescription("Wait this long between two markets, e.g. 250ms (default: not at all)"),
    Flag.optional
  ),
  ...clientFlags
})
type Input = Command.Command.Config.Infer<ReturnType<typeof flags>>

/** Every market whose switch is not yet as wanted. */
const everyMarket = Effect.fnUntraced(function* (
  client: Client,
  enabled: boolean,
  only: Pick<Input, "exchange" | "type">
) {
  const markets = yield* client.markets({
    enabled,
    ...(Option.isSome(only.exchange) ? { exchange_id: (yield* findExchange(client, only.exchange.value)).id } : {}),
    ...(Option.isSome(only.type) ? { market_type: only.type.value } : {})
  })
  return markets.map(({ id, tag }) => ({ id, label: tag }))
})

/** What became of the markets that one turn was about. */
interface Turned {
  readonly label: string
  readonly markets: ReadonlyArray<{ readonly id: MarketId; readonly outcome: string; readonly tag: string }>
  /** The line on stderr. */
  readonly line: string
}

const turnOne =
  (client: Client, verb: Verb) =>
  ({ id, label }: { readonly id: MarketId; readonly label: string }) => ({
    label,
    ask: Effect.map(client.switchFeed(id, verbs[verb].enabled), ({ tag }): Turned => {
      const outcome = verbs[verb].done
      return { label: tag, markets: [{ id, outcome, tag }], line: `${outcome} ${tag}` }
    })
  })

const turnMatching =
  (client: Client, verb: Verb) =>
  ({ pattern }: Pattern) => ({
    label: pattern,
    ask: Effect.map(client.switchFeeds(pattern, verbs[verb].enabled), (switched): Turned => {
      const counts = Map.groupBy(switched, ({ outcome }) => outcome)
      const summary = [...counts].map(([outcome, of]) => `${of.length} ${outcome}`).join(", ")
      const refusals = switched
        .filter(({ outcome }) => outcome === "refused")
        .map(({ tag, detail }) => `\n  refused ${tag}: ${detail ?? ""}`)
      return {
        label: pattern,
        markets: switched.map(({ market_id, outcome, tag }) => ({ id: market_id, outcome, tag })),
        line: `${pattern}: ${summary || "no market matches"}${refusals.join("")}`
      }
    })
  })

const report = Effect.fnUntraced(function* (
  client: Client,
  turned: ReadonlyArray<Turned>,
  json: boolean,
  waiting: Command.Command.Config.Infer<typeof waitFlags>
) {
  const markets = turned.flatMap((one) => one.markets)
  const ids = [...new Set(markets.filter(({ outcome }) => outcome !== "refused").map(({ id }) => id))]
  const print = (rows: ReadonlyArray<ListedMarket>) => (json ? printData(true, rows, () => "") : Effect.void)
  if (Option.isSome(waiting.wait)) yield* waitLive(client, ids, waiting.timeout, print)
  else if (json) {
    const byId = new Map((ids.length === 0 ? [] : yield* client.markets({})).map((market) => [market.id, market]))
    yield* print(ids.flatMap((id) => byId.get(id) ?? []))
  }
  const unmatched = turned.find((one) => one.markets.length === 0)
  if (unmatched !== undefined) return yield* noMatch(unmatched.label)
  const refused = markets.filter(({ outcome }) => outcome === "refused")
  if (refused.length > 0) {
    const tags = refused.map(({ tag }) => tag).join(", ")
    return yield* new SomeRefused({ summary: `${refused.length} of ${markets.length} refused: ${tags}` })
  }
})

const switchMarkets = Effect.fnUntraced(function* (
  verb: Verb,
  input: Input,
  waiting: Command.Command.Config.Infer<typeof waitFlags>
) {
  const client = yield* connect(input.url)
  const named = input.all
    ? yield* everyMarket(client, !verbs[verb].enabled, input)
    : yield* resolveMarkets(client, singles(input.markets))
  const items = [...named.map(turnOne(client, verb)), ...patterns(input.markets).map(turnMatching(client, verb))]
  if (items.length === 0) yield* tell(`nothing to ${verb}`)
  yield* inTurn(
    {
      items,
      label: ({ label }) => label,
      ask: ({ ask }) => ask,
      delay: Option.getOrElse(input.delay, () => Duration.zero),
      progress: ({ line }: Turned) => line
    },
    (turned) => report(client, turned, input.json, waiting)
  )
})

const faultOf = ({ all, delay, exchange, markets, type }: Input, verb: Verb): string | undefined =>
  all === markets.length > 0
    ? `name markets to ${verb}, or give --all; not both`
    : !all && (Option.isSome(exchange) || Option.isSome(type))
      ? "--exchange and --type go with --all"
      : Option.isSome(delay) && patterns(markets).length > 0
        ? "--delay does not go with a pattern, whose markets are switched by one request"
        : undefined

const refuse = (message: string | undefined): Effect.Effect<void, CliError.ValidationError> =>
  message === undefined ? Effect.void : Effect.fail(new CliError.ValidationError({ message }))

export const marketsStart = Command.make("start", { ...flags("start"), ...waitFlags }, (input) =>
  switchMarkets("start", input, input)
).pipe(
  Command.validate((input) => refuse(faultOf(input, "start") ?? timeoutWithoutWait(input))),
  Command.withDescription(
    "Start the feeds of markets, in the order given, then those that match patterns, with a line of progress on " +
      "stderr for each. A market that is refused does not stop the others; the exit code is 2 then. Starting what " +
      "runs already changes nothing, but asks a venue again that had rejected the market. With --wait live it ends " +
      "when every book is live, or with 2 and the names of those that are not."
  ),
  Command.withShortDescription("Start feeds"),
  Command.withExamples([
    { command: "level4 markets start 1 2 3", description: "By number" },
    {
      command: "level4 markets start KRAKEN.SPOT:BTC-USD --wait live --timeout 30s",
      description: "Until its book is live"
    },
    { command: "level4 markets start 'KRAKEN.*' '*.SPOT:BTC-*'", description: "All that match" },
    {
      command: "level4 markets start --all --exchange Kraken --delay 250ms",
      description: "All of an exchange, four a second"
    }
  ])
)

const noWait = { wait: Option.none(), timeout: Option.none() }

export const marketsStop = Command.make("stop", flags("stop"), (input) => switchMarkets("stop", input, noWait)).pipe(
  Command.validate((input) => refuse(faultOf(input, "stop"))),
  Command.withDescription(
    "Stop the feeds of markets and close their connections, in the order given, with a line of progress on stderr " +
      "for each. Stopping what is stopped changes nothing."
  ),
  Command.withShortDescription("Stop feeds"),
  Command.withExamples([
    { command: "level4 markets stop 1 'BYBIT.*'", description: "One market, and all of an exchange" },
    { command: "level4 markets stop --all", description: "Everything that runs" }
  ])
)
