// Owns `level4 markets rm`: markets taken out of the catalog, after a question. What may be removed is the service's to
// say; a market whose feed runs may not.
import { Effect } from "effect"
import { Command } from "effect/cli"
import { clientFlags, connect } from "./ClientFlags.ts"
import { canAsk, confirmRemoval, yes } from "./confirm.ts"
import { marketTargets, resolveTargets } from "./MarketTargets.ts"
import { removeInTurn } from "./removeInTurn.ts"

export const marketsRemove = Command.make(
  "rm",
  { markets: marketTargets(1), yes, ...clientFlags },
  Effect.fnUntraced(function* ({ markets, yes, url, json }) {
    const client = yield* connect(url)
    const items = yield* resolveTargets(client, markets)
    yield* confirmRemoval(
      yes,
      items.map(({ label }) => label),
      ["market", "markets"]
    )
    yield* removeInTurn(
      items.map(({ id, label }) => ({ label, remove: client.deleteMarket(id) })),
      json
    )
  })
).pipe(
  Command.validate((input) => canAsk(input)),
  Command.withDescription(
    "Take markets out of the catalog. It asks first; where stdin or stdout is no terminal --yes is needed. A market " +
      "whose feed runs is refused: stop it first. One that is refused does not stop the others; the exit code is 2 " +
      "then. A rule that still matches a market which its exchange lists adds it again."
  ),
  Command.withShortDescription("Take markets out of the catalog"),
  Command.withExamples([
    { command: "level4 markets rm KRAKEN.SPOT:BTC-USD", description: "One, after a question" },
    { command: "level4 markets rm 'KRAKEN.*' --yes", description: "All of an exchange, without" }
  ])
)
