// Owns `level4 book`: one look at a market's book, or a look every interval until Ctrl-C (exit code 130).
import { Clock, Console, Duration, Effect, Schedule } from "effect"
import { Command, Flag, TerminalCapabilities } from "effect/cli"
import type { Book } from "../domain/Event.ts"
import { clientFlags, connect } from "./ClientFlags.ts"
import { DurationFlag } from "./DurationFlag.ts"
import { ladder } from "./Ladder.ts"
import { marketReference, resolveMarket } from "./MarketReference.ts"
import { printData } from "./Output.ts"
import { style } from "./Style.ts"

const DEFAULT_DEPTH = 10

/** Cursor home, and nothing left of what the terminal showed. */
const CLEAR = "\u{1b}[H\u{1b}[2J"

const drawn = Effect.fnUntraced(function* (book: Book) {
  return ladder(yield* style, book, (yield* Clock.currentTimeMillis) * 1000)
})

/** One look of many: a line of JSON; on a terminal each look in the place of the last, else below it. */
const printLook = Effect.fnUntraced(function* (json: boolean, book: Book) {
  if (json) return yield* Console.log(JSON.stringify(book))
  const { canAnimate } = yield* TerminalCapabilities.TerminalCapabilities
  yield* Console.log(canAnimate ? CLEAR + (yield* drawn(book)) : `${yield* drawn(book)}\n`)
})

const flags = {
  market: marketReference,
  depth: Flag.Int("depth").pipe(
    Flag.withMetavar("<levels>"),
    Flag.withDescription(`Levels a side, 1 to 5000 (default ${DEFAULT_DEPTH})`),
    Flag.withDefault(DEFAULT_DEPTH),
    Flag.filter(
      (depth) => depth >= 1 && depth <= 5000,
      () => "Expected 1 to 5000 levels"
    )
  ),
  watch: Flag.Boolean("watch").pipe(
    Flag.withDescription("Look again and again until Ctrl-C; with --json one line a look"),
    Flag.withDefault(false),
    Flag.withoutNegation
  ),
  interval: DurationFlag("interval").pipe(
    Flag.withDescription("With --watch: how long between two looks (default 1s, at least 50ms)"),
    Flag.withDefault(Duration.seconds(1)),
    Flag.filter(
      (interval) => Duration.toMillis(interval) >= 50,
      () => "Expected at least 50ms"
    )
  ),
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
    if (watch) {
      yield* Effect.repeat(
        Effect.flatMap(look, (book) => printLook(json, book)),
        Schedule.spaced(interval)
      )
    } else {
      const book = yield* look
      const picture = yield* drawn(book)
      yield* printData(json, book, () => picture)
    }
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
