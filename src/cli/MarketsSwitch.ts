// Owns `level4 markets start` and `stop`: the switches of many markets, one after the other, with a line of progress
// for each. What a start means for the exchange is the service's; here is only the order and the delay between two.
import { Duration, Effect, Option } from "effect"
import { Argument, CliError, Command, Flag } from "effect/cli"
import type { ListedMarket } from "../domain/Market.ts"
import type { Client } from "./Client.ts"
import { clientFlags, connect } from "./ClientFlags.ts"
import { exchange, marketType } from "./DomainParams.ts"
import { DurationFlag } from "./DurationFlag.ts"
import { findExchange } from "./findExchange.ts"
import { inTurn } from "./inTurn.ts"
import { marketReference, resolveMarkets } from "./MarketReference.ts"
import { printData, tell } from "./Output.ts"

const verbs = {
  start: { enabled: true, done: "started", every: "Start every market whose switch is off" },
  stop: { enabled: false, done: "stopped", every: "Stop every market whose switch is on" }
} as const

const flags = (verb: keyof typeof verbs) => ({
  markets: marketReference.pipe(Argument.variadic()),
  all: Flag.Boolean("all").pipe(Flag.withDescription(verbs[verb].every), Flag.withDefault(false), Flag.withoutNegation),
  exchange: exchange.pipe(Flag.withDescription("With --all: only markets of this exchange"), Flag.optional),
  type: marketType("type").pipe(Flag.withDescription("With --all: only markets of this type"), Flag.optional),
  delay: DurationFlag("delay").pipe(
    Flag.withDescription("Wait this long between two markets, e.g. 250ms (default: not at all)"),
    Flag.withDefault(Duration.zero)
  ),
  ...clientFlags
})

/** Every market whose switch is not yet as wanted. */
const everyMarket = Effect.fnUntraced(function* (
  client: Client,
  enabled: boolean,
  only: Pick<Command.Command.Config.Infer<ReturnType<typeof flags>>, "exchange" | "type">
) {
  const markets = yield* client.markets({
    enabled,
    ...(Option.isSome(only.exchange) ? { exchange_id: (yield* findExchange(client, only.exchange.value)).id } : {}),
    ...(Option.isSome(only.type) ? { market_type: only.type.value } : {})
  })
  return markets.map(({ id, tag }) => ({ id, label: tag }))
})

const switchCommand = (verb: keyof typeof verbs) =>
  Command.make(
    verb,
    flags(verb),
    Effect.fnUntraced(function* (input) {
      const { enabled, done } = verbs[verb]
      const client = yield* connect(input.url)
      const items = input.all
        ? yield* everyMarket(client, !enabled, input)
        : yield* resolveMarkets(client, input.markets)
      if (items.length === 0) yield* tell(`nothing to ${verb}`)
      yield* inTurn(
        {
          items,
          label: ({ label }) => label,
          ask: ({ id }) => client.switchFeed(id, enabled),
          delay: input.delay,
          progress: ({ tag }: ListedMarket) => `${done} ${tag}`
        },
        (switched) => (input.json ? printData(true, switched, () => "") : Effect.void)
      )
    })
  ).pipe(
    Command.validate(({ markets, all, exchange, type }) => {
      const message =
        all === markets.length > 0
          ? `name markets to ${verb}, or give --all; not both`
          : !all && (Option.isSome(exchange) || Option.isSome(type))
            ? "--exchange and --type go with --all"
            : undefined
      return message === undefined ? Effect.void : Effect.fail(new CliError.ValidationError({ message }))
    })
  )

export const marketsStart = switchCommand("start").pipe(
  Command.withDescription(
    "Start the feeds of markets, in the order given, with a line of progress on stderr for each. A market that is " +
      "refused does not stop the others; the exit code is 2 then. Starting what runs already " +
      "changes nothing, but asks a venue again that had rejected the market."
  ),
  Command.withShortDescription("Start feeds"),
  Command.withExamples([
    { command: "level4 markets start 1 2 3", description: "By number" },
    { command: "level4 markets start KRAKEN.SPOT:BTC-USD", description: "By tag" },
    {
      command: "level4 markets start --all --exchange Kraken --delay 250ms",
      description: "All of an exchange, four a second"
    }
  ])
)

export const marketsStop = switchCommand("stop").pipe(
  Command.withDescription(
    "Stop the feeds of markets and close their connections, in the order given, with a line of progress on stderr " +
      "for each. Stopping what is stopped changes nothing."
  ),
  Command.withShortDescription("Stop feeds"),
  Command.withExamples([
    { command: "level4 markets stop 1", description: "One market" },
    { command: "level4 markets stop --all", description: "Everything that runs" }
  ])
)
