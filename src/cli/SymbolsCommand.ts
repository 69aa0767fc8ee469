// Owns `level4 symbols`: the asset codes of the catalog.
import { Effect } from "effect"
import { Command } from "effect/cli"
import type { Asset } from "../domain/Asset.ts"
import { clientFlags, connect } from "./ClientFlags.ts"
import { canAsk, confirmRemoval, yes } from "./confirm.ts"
import { symbolCodes } from "./DomainParams.ts"
import { inTurn } from "./inTurn.ts"
import { printData, tell } from "./Output.ts"
import { removeInTurn } from "./removeInTurn.ts"
import type { Style } from "./Style.ts"
import { table } from "./Table.ts"

const symbolTable = (style: Style, symbols: ReadonlyArray<Asset>): string =>
  table(
    style,
    [
      { title: "ID", cell: ({ id }) => id, align: "right" },
      { title: "SYMBOL", cell: ({ symbol }) => symbol }
    ],
    symbols
  )

const create = Command.make(
  "new",
  { codes: symbolCodes, ...clientFlags },
  Effect.fnUntraced(function* ({ codes, url, json }) {
    const client = yield* connect(url)
    yield* inTurn({ items: codes, label: (code) => code, ask: client.createSymbol }, (created) =>
      printData(json, created, symbolTable)
    )
  })
).pipe(
  Command.withDescription("Add asset codes to the catalog. Codes are kept as written; one that exists is refused."),
  Command.withShortDescription("Add asset codes to the catalog"),
  Command.withExamples([
    { command: "level4 symbols new BTC USD", description: "Two at once" },
    { command: "level4 symbols new BTC --json", description: "A JSON array of what was created" }
  ])
)

const remove = Command.make(
  "rm",
  { codes: symbolCodes, yes, ...clientFlags },
  Effect.fnUntraced(function* ({ codes, yes, url, json }) {
    const client = yield* connect(url)
    yield* confirmRemoval(yes, codes, ["symbol", "symbols"])
    yield* removeInTurn(
      codes.map((code) => ({ label: code, remove: client.deleteSymbol(code) })),
      json
    )
  })
).pipe(
  Command.validate((input) => canAsk(input)),
  Command.withDescription(
    "Take asset codes that no market uses out of the catalog. It asks first; where stdin or stdout is no terminal " +
      "--yes is needed."
  ),
  Command.withShortDescription("Take asset codes out of the catalog"),
  Command.withExamples([{ command: "level4 symbols rm BTCC --yes", description: "One that was misspelt" }])
)

const list = Command.make(
  "list",
  clientFlags,
  Effect.fnUntraced(function* ({ url, json }) {
    const symbols = yield* (yield* connect(url)).symbols
    if (symbols.length === 0) yield* tell("The catalog has no symbols yet; add some with: level4 symbols new BTC USD")
    if (json || symbols.length > 0) yield* printData(json, symbols, symbolTable)
  })
).pipe(
  Command.withDescription("List the asset codes of the catalog"),
  Command.withExamples([{ command: "level4 symbols list", description: "Every symbol with its number" }])
)

export const symbolsCommand = Command.make("symbols").pipe(
  Command.withDescription("The asset codes of the catalog, such as BTC"),
  Command.withSubcommands([create, list, remove])
)
