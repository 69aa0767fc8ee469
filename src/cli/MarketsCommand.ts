// Owns `level4 markets`, its lists and details. Creating by names is MarketsNew's, starting and stopping
// MarketsSwitch's.
import { Effect, Option } from "effect"
import { CliError, Command, Flag } from "effect/cli"
import { clientFlags, connect } from "./ClientFlags.ts"
import { exchange, marketType } from "./DomainParams.ts"
import { findExchange } from "./findExchange.ts"
import { marketReference, resolveMarket } from "./MarketReference.ts"
import { marketsAdd } from "./MarketsAdd.ts"
import { marketsNew } from "./MarketsNew.ts"
import { marketsRemove } from "./MarketsRemove.ts"
import { marketsStart, marketsStop } from "./MarketsSwitch.ts"
import { marketDetails, marketTable } from "./MarketTable.ts"
import { printData, tell } from "./Output.ts"
import type { Seams } from "./Seams.ts"

const list = Command.make(
  "list",
  {
    enabled: Flag.Boolean("enabled").pipe(
      Flag.withDescription("Only markets whose switch is on"),
      Flag.withDefault(false),
      Flag.withoutNegation
    ),
    disabled: Flag.Boolean("disabled").pipe(
      Flag.withDescription("Only markets whose switch is off"),
      Flag.withDefault(false),
      Flag.withoutNegation
    ),
    exchange: exchange.pipe(Flag.withDescription("Only markets of this exchange"), Flag.optional),
    type: marketType("type").pipe(Flag.withDescription("Only markets of this type"), Flag.optional),
    ...clientFlags
  },
  Effect.fnUntraced(function* ({ enabled, disabled, exchange, type, url, json }) {
    const client = yield* connect(url)
    const markets = yield* client.markets({
      ...(enabled || disabled ? { enabled } : {}),
      ...(Option.isSome(exchange) ? { exchange_id: (yield* findExchange(client, exchange.value)).id } : {}),
      ...(Option.isSome(type) ? { market_type: type.value } : {})
    })
    if (markets.length === 0) yield* tell("No market matches; level4 markets new --help says how to add one")
    if (json || markets.length > 0) yield* printData(json, markets, marketTable)
  })
).pipe(
  Command.validate(({ enabled, disabled }) =>
    enabled && disabled
      ? Effect.fail(new CliError.ValidationError({ message: "--enabled and --disabled exclude each other" }))
      : Effect.void
  ),
  Command.withDescription("List the markets of the catalog with the state of their feeds"),
  Command.withExamples([
    { command: "level4 markets list", description: "All of them" },
    { command: "level4 markets list --enabled --exchange Kraken", description: "What runs on one exchange" },
    {
      command: `level4 markets list --json | jq -r '.[] | select(.feed.state != "live") | .tag'`,
      description: "The tags of markets whose books are not good at the moment"
    }
  ])
)

const show = Command.make(
  "show",
  { market: marketReference, ...clientFlags },
  Effect.fnUntraced(function* ({ market, url, json }) {
    const client = yield* connect(url)
    yield* printData(json, yield* client.market(yield* resolveMarket(client, market)), marketDetails)
  })
).pipe(
  Command.withDescription("Show a market: what it is, the state of its feed and everything the feed counted"),
  Command.withShortDescription("Show one market and its feed"),
  Command.withExamples([
    { command: "level4 markets show 3", description: "By its number" },
    { command: "level4 markets show KRAKEN.SPOT:BTC-USD --json", description: "By its tag, for a script" }
  ])
)

export const marketsCommand = <R>(seams: Seams<R>) =>
  Command.make("markets").pipe(
    Command.withDescription("Markets: what the catalog knows of them, and the feeds that follow them"),
    Command.withSubcommands([marketsNew(seams), marketsAdd, list, show, marketsStart, marketsStop, marketsRemove])
  )
