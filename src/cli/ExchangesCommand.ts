// Owns `level4 exchanges`: the venues of the catalog. Those that level4 can follow are ExchangesSupported's.
import { Effect } from "effect"
import { Command } from "effect/cli"
import type { ListedExchange } from "../domain/Exchange.ts"
import { clientFlags, connect } from "./ClientFlags.ts"
import { canAsk, confirmRemoval, yes } from "./confirm.ts"
import { exchangeNames } from "./DomainParams.ts"
import { exchangesSupported, paintStatus } from "./ExchangesSupported.ts"
import { inTurn } from "./inTurn.ts"
import { printData, tell } from "./Output.ts"
import { force, refuseUnfollowed } from "./refuseUnfollowed.ts"
import { removeInTurn } from "./removeInTurn.ts"
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

const create = <R>(seams: Seams<R>) =>
  Command.make(
    "new",
    { names: exchangeNames, force, ...clientFlags },
    Effect.fnUntraced(function* ({ names, force, url, json }) {
      if (!force) yield* refuseUnfollowed(seams, names)
      const client = yield* connect(url)
      yield* inTurn({ items: names, label: (name) => name, ask: client.createExchange }, (created) =>
        printData(json, created, exchangeTable)
      )
    })
  ).pipe(
    Command.withDescription(
      "Add exchanges to the catalog. Feeds run for those that 'exchanges supported' shows; any other name is most " +
        "likely misspelt and needs --force, and never passes if it only looks like one of them."
    ),
    Command.withShortDescription("Add exchanges to the catalog"),
    Command.withExamples([
      { command: "level4 exchanges new Kraken Binance", description: "Two at once" },
      { command: "level4 exchanges new Atlantis --force", description: "One that level4 can't follow" }
    ])
  )

const remove = Command.make(
  "rm",
  { names: exchangeNames, yes, ...clientFlags },
  Effect.fnUntraced(function* ({ names, yes, url, json }) {
    const client = yield* connect(url)
    yield* confirmRemoval(yes, names, ["exchange", "exchanges"])
    yield* removeInTurn(
      names.map((name) => ({ label: name, remove: client.deleteExchange(name) })),
      json
    )
  })
).pipe(
  Command.validate((input) => canAsk(input)),
  Command.withDescription(
    "Take exchanges that have no market out of the catalog. It asks first; where stdin or stdout is no terminal " +
      "--yes is needed."
  ),
  Command.withShortDescription("Take exchanges out of the catalog"),
  Command.withExamples([{ command: "level4 exchanges rm Krakem --yes", description: "One that was misspelt" }])
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
    Command.withSubcommands([create(seams), list, remove, exchangesSupported(seams)])
  )
