// Owns `level4 markets new`: a market by names instead of numbers. The names are looked up in the catalog; with
// --create what is missing is added, without it every missing name is named with its fix and nothing is added. An
// exchange that level4 can't follow is added only with --force.
import { Effect, Option } from "effect"
import { CliError, Command, Flag } from "effect/cli"
import type { SymbolCode } from "../domain/Asset.ts"
import type { ExchangeName } from "../domain/Exchange.ts"
import { NewMarket } from "../domain/Market.ts"
import type { CallFailure, Client } from "./Client.ts"
import { clientFlags, connect } from "./ClientFlags.ts"
import { base, exchange, marketType, nativeSymbol, quote } from "./DomainParams.ts"
import { NotInCatalog } from "./Failures.ts"
import { sameName } from "./findExchange.ts"
import { marketTable } from "./MarketTable.ts"
import { printData, tell } from "./Output.ts"
import { force, refuseUnfollowed } from "./refuseUnfollowed.ts"
import type { Seams } from "./Seams.ts"

/** A row named on the command line, and the ways to it. */
interface Named<Row> {
  /** What people call it, e.g. `symbol BTC`. */
  readonly label: string
  readonly fix: string
  readonly find: Effect.Effect<Row | undefined, CallFailure>
  readonly create: Effect.Effect<Row, CallFailure>
}

const namedExchange = (client: Client, name: ExchangeName) => ({
  label: `exchange ${name}`,
  fix: `level4 exchanges new '${name}'`,
  find: Effect.map(client.exchanges, (rows) => rows.find((row) => sameName(row.name, name))),
  create: client.createExchange(name)
})

const namedSymbol = (client: Client, code: SymbolCode) => ({
  label: `symbol ${code}`,
  fix: `level4 symbols new ${code}`,
  find: Effect.map(client.symbols, (rows) => rows.find((row) => row.symbol === code)),
  create: client.createSymbol(code)
})

/** Adds the row; when somebody else added it meanwhile, that one is as good. */
const add = <Row>(named: Named<Row>): Effect.Effect<Row, CallFailure> =>
  named.create.pipe(
    Effect.tap(() => tell(`created ${named.label}`)),
    Effect.catchTag("Refused", (refused) =>
      Effect.filterOrFail(
        refused.status === 409 ? named.find : Effect.undefined,
        (row) => row !== undefined,
        () => refused
      )
    )
  )

const nothingMissing = (found: ReadonlyArray<readonly [Named<unknown>, unknown]>) => {
  const missing = found.flatMap(([named, row]) => (row === undefined ? [`${named.label}: ${named.fix}`] : []))
  if (missing.length === 0) return Effect.void
  const detail = ["the catalog lacks what this market needs", ...missing, "or repeat with --create to add it all"]
  return new NotInCatalog({ detail: detail.join("\n  ") })
}

export const marketsNew = <R>(seams: Seams<R>) =>
  Command.make(
    "new",
    {
      exchange,
      base,
      quote,
      type: marketType("type"),
      nativeSymbol,
      create: Flag.Boolean("create").pipe(
        Flag.withDescription("Also add the exchange and the symbols where the catalog lacks them"),
        Flag.withDefault(false),
        Flag.withoutNegation
      ),
      force,
      ...clientFlags
    },
    Effect.fnUntraced(function* (input) {
      if (input.create && !input.force) yield* refuseUnfollowed(seams, [input.exchange])
      const client = yield* connect(input.url)
      const names = {
        exchange: namedExchange(client, input.exchange),
        base: namedSymbol(client, input.base),
        quote: namedSymbol(client, input.quote)
      }
      const found = {
        exchange: yield* names.exchange.find,
        base: yield* names.base.find,
        quote: yield* names.quote.find
      }
      if (!input.create) {
        yield* nothingMissing([
          [names.exchange, found.exchange],
          [names.base, found.base],
          [names.quote, found.quote]
        ])
      }
      const market = yield* client.createMarket(
        new NewMarket({
          exchange_id: (found.exchange ?? (yield* add(names.exchange))).id,
          base_symbol_id: (found.base ?? (yield* add(names.base))).id,
          quote_symbol_id: (found.quote ?? (yield* add(names.quote))).id,
          market_type: input.type,
          ...(Option.isSome(input.nativeSymbol) ? { native_symbol: input.nativeSymbol.value } : {})
        })
      )
      yield* printData(input.json, market, (style, market) => marketTable(style, [market]))
    })
  ).pipe(
    Command.validate(({ base, quote, type, nativeSymbol }) => {
      const message =
        base === quote
          ? "--base and --quote must differ"
          : type === "FUTURE" && Option.isNone(nativeSymbol)
            ? "a FUTURE needs --native-symbol, since one pair has many dates"
            : undefined
      return message === undefined ? Effect.void : Effect.fail(new CliError.ValidationError({ message }))
    }),
    Command.withDescription(
      "Add a market to the catalog by names. Its feed is off until 'level4 markets start'. The exchange's own " +
        "spelling is needed only where its rule does not give it, and for every FUTURE."
    ),
    Command.withShortDescription("Add a market to the catalog"),
    Command.withExamples([
      {
        command: "level4 markets new --exchange Kraken --base BTC --quote USD --type SPOT --create",
        description: "A spot market; adds Kraken, BTC and USD if they are missing"
      },
      {
        command: "level4 markets new --exchange Binance --base BTC --quote USDT --type PERP",
        description: "A linear perpetual of an exchange and symbols that are there"
      },
      {
        command:
          "level4 markets new --exchange Binance --base BTC --quote USDT --type FUTURE --native-symbol " +
          "BTCUSDT_261225 --json",
        description: "A dated future, by the exchange's own name for it"
      }
    ])
  )
