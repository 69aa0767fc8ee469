// Owns `level4 exchanges`: the venues of the catalog. Those that level4 can follow are ExchangesSupported's.
import { Effect } from "effect"
import { Command } from "effect/cli"
import type { ListedExchange } from "../domain/Exchange.ts"
import { clientFlags, connect } from "./ClientFlags.ts"
import { exchangeNames } from "./DomainParams.ts"
import { exchangesSupported, paintStatus } from "./ExchangesSupported.ts"
import { inTurn } from "./inTurn.ts"
import { printData, tell } from "./Output.ts"
import type { Seams } from "./Seams.ts"
import type { Style } from "./Style.ts"
import { table } from "./Table.ts"

const exchangeTable = (style: Style, exchanges: ReadonlyArray<ListedExchange>): string =>
  table(
    style,
    [
      { title: "ID", cell: ({ id }) => id, align: "right" },
      { title: "EXCHANGE", cell: ({ name }) => name },
      { title: "STATUS", cell: ({ status }) => status, paint: paintStatus(style) },
      { title: "MARKET TYPES", cell: ({ market_types }) => market_types.join(" ") || "-" }
    ],
    exchanges
  )

const create = Command.make(
  "new",
  { names: exchangeNames, ...clientFlags },
  Effect.fnUntraced(function* ({ names, url, json }) {
    const client = yield* connect(url)
    yield* inTurn({ items: names, label: (name) => name, ask: client.createExchange }, (created) =>
      printData(json, created, exchangeTable)
    )
  })
).pipe(
  Command.withDescription(
    "Add exchanges to the catalog. Feeds run for those that 'exchanges supported' shows; any other name can be " +
      "added, unless it only looks like one of them."
  ),
  Command.withShortDescription("Add exchanges to the catalog"),
  Command.withExamples([{ command: "level4 exchanges new Kraken Binance", description: "Two at once" }])
)

const list = Command.make(
  "list",
  clientFlags,
  Effect.fnUntraced(function* ({ url, json }) {
    const exchanges = yield* (yield* connect(url)).exchanges
    if (exchanges.length === 0)
      yield* tell("The catalog has no exchanges yet; add one with: level4 exchanges new Kraken")
    if (json || exchanges.length > 0) yield* printData(json, exchanges, exchangeTable)
  })
).pipe(
  Command.withDescription("List the exchanges of the catalog"),
  Command.withExamples([{ command: "level4 exchanges list", description: "Every exchange with its number" }])
)

export const exchangesCommand = <R>(seams: Seams<R>) =>
  Command.make("exchanges").pipe(
    Command.withDescription("The exchanges of the catalog, and those that level4 can follow"),
    Command.withSubcommands([create, list, exchangesSupported(seams)])
  )
