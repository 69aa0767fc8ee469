// Owns `level4 exchanges`: the venues of the catalog, and those that level4 can follow.
import { Effect } from "effect"
import { Command } from "effect/cli"
import type { ExchangeStatus, ListedExchange } from "../domain/Exchange.ts"
import { clientFlags, connect, json } from "./ClientFlags.ts"
import { exchangeNames } from "./DomainParams.ts"
import { inTurn } from "./inTurn.ts"
import { printData, tell } from "./Output.ts"
import { force, refuseUnfollowed } from "./refuseUnfollowed.ts"
import type { Seams, SupportedExchange } from "./Seams.ts"
import type { Style } from "./Style.ts"
import { table } from "./Table.ts"

const paintStatus =
  (style: Style) =>
  (text: string, { status }: { readonly status: ExchangeStatus }) =>
    status === "live" ? style.good(text) : style.quiet(text)

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

const offerTable = (style: Style, exchanges: ReadonlyArray<SupportedExchange>): string =>
  table(
    style,
    [
      { title: "EXCHANGE", cell: ({ name }) => name },
      { title: "TYPE", cell: ({ offer }) => offer?.market_type ?? "-" },
      { title: "STATUS", cell: ({ status }) => status, paint: paintStatus(style) },
      { title: "PROTOCOL", cell: ({ offer }) => offer?.protocol ?? "-" },
      { title: "SIZES IN", cell: ({ offer }) => offer?.size_unit ?? "-" },
      { title: "WHAT PROVES THE BOOK", cell: ({ offer }) => offer?.guarantee ?? "-" }
    ],
    exchanges.flatMap(({ name, status, offers }) =>
      (offers.length === 0 ? [undefined] : offers).map((offer) => ({ name, status, offer }))
    )
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

const supported = <R>(seams: Seams<R>) =>
  Command.make(
    "supported",
    { json },
    Effect.fnUntraced(function* ({ json }) {
      yield* printData(json, yield* seams.supported, offerTable)
    })
  ).pipe(
    Command.withDescription(
      "Show what this level4 can follow: exchange, market type, protocol, and what proves that a book is right. A " +
        "subscription that dies in silence no protocol shows: on every venue a market that is silent beyond its " +
        "tempo is asked about, by a REST book or by a second subscription. Needs no running service."
    ),
    Command.withShortDescription("Show what level4 can follow"),
    Command.withExamples([{ command: "level4 exchanges supported", description: "One line a market type" }])
  )

export const exchangesCommand = <R>(seams: Seams<R>) =>
  Command.make("exchanges").pipe(
    Command.withDescription("The exchanges of the catalog, and those that level4 can follow"),
    Command.withSubcommands([create(seams), list, supported(seams)])
  )
