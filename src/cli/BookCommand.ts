// Owns `level4 book`: one look at a market's book, or a look every interval until Ctrl-C (exit code 130).
import { Clock, Effect } from "effect"
import { Command, Flag } from "effect/cli"
import type { Book } from "../domain/Event.ts"
import { clientFlags, connect } from "./ClientFlags.ts"
import { ladder } from "./Ladder.ts"
import { depth, printLooks, watchFlags } from "./Looks.ts"
import { marketReference, resolveMarket } from "./MarketReference.ts"
import { style } from "./Style.ts"

const drawn = Effect.fnUntraced(function* (book: Book) {
  return ladder(yield* style, book, (yield* Clock.currentTimeMillis) * 1000)
})

const flags = {
  market: marketReference,
  depth,
  ...watchFlags,
  requireLive: Flag.Boolean("require-live").pipe(
    Flag.withDescription("Fail with exit code 2, and print no prices, when the book is not live"),
    Flag.withDefault(false),
    Flag.withoutNegation
  ),
  ...clientFlags
}

export const bookCommand = Command.make(
  "book",
  flags,
  Effect.fnUntraced(function* ({ market, depth, watch, interval, requireLive, url, json }) {
    const client = yield* connect(url)
    const look = client.book(yield* resolveMarket(client, market), depth, requireLive)
    yield* printLooks({ watch, interval, json }, look, drawn)
  })
).pipe(
  Command.withDescription(
    "Show the order book of a market: its state, then asks above bids, the best in the middle. A book whose state is " +
      "not live may be wrong or old: the first line says so, and with --require-live the command fails instead."
  ),
  Command.withShortDescription("Show the order book of a market"),
  Command.withExamples([
    { command: "level4 book 1", description: "The best ten levels a side" },
    { command: "level4 book KRAKEN.SPOT:BTC-USD --depth 5 --watch", description: "Again every second, until Ctrl-C" },
    {
      command: "level4 book 1 --depth 1 --require-live --json | jq -r '.bids[0][0]'",
      description: "The best bid for a script, or a failure when it can't be trusted"
    }
  ])
)
