// Owns `level4 consolidated`: one book over all live feeds of a pair, each level with its exchange.
import { Effect } from "effect"
import { Argument, Command } from "effect/cli"
import type { Consolidated, ConsolidatedLevel } from "../domain/Consolidated.ts"
import { clientFlags, connect } from "./ClientFlags.ts"
import { commonType, isPair, PAIR } from "./DomainParams.ts"
import { aligned, middle } from "./Ladder.ts"
import { depth, printLooks, watchFlags } from "./Looks.ts"
import { style, type Style } from "./Style.ts"
import { printable } from "./Table.ts"

const flags = {
  pair: Argument.String("pair").pipe(
    Argument.withDescription("Base and quote, such as BTC-USD"),
    Argument.filter(isPair, () => PAIR)
  ),
  type: commonType,
  depth,
  ...watchFlags,
  ...clientFlags
}

export const consolidatedCommand = Command.make(
  "consolidated",
  flags,
  Effect.fnUntraced(function* ({ pair, type, depth, watch, interval, url, json }) {
    const client = yield* connect(url)
    const look = client.consolidated(pair, { market_type: type, depth })
    yield* printLooks({ watch, interval, json }, look, (book) => Effect.map(style, (style) => picture(style, book)))
  })
).pipe(
  Command.withDescription(
    "Show one book over all live feeds of a pair: asks above bids, each level with the exchange that has it. Sizes " +
      "count the base currency, of INVERSE the quote currency. Who is left out is named with the reason. No fees are " +
      "included, and exchanges may cross each other."
  ),
  Command.withShortDescription("Show one book over all exchanges of a pair"),
  Command.withExamples([
    { command: "level4 consolidated BTC-USD", description: "The best ten levels a side, over all exchanges" },
    { command: "level4 consolidated BTC-USDT --type PERP --depth 5 --watch", description: "Again every second" },
    {
      command: "level4 consolidated BTC-USD --depth 1 --json | jq -r '.best_ask.exchange'",
      description: "Who asks the least"
    }
  ])
)

const picture = (style: Style, book: Consolidated): string => {
  const levels = [...book.asks, ...book.bids]
  const prices = aligned(levels.map(({ price }) => price))
  const sizes = aligned(levels.map(({ size }) => size))
  const line = (side: string, { exchange }: ConsolidatedLevel, index: number) =>
    `${side}  ${prices[index]}  ${sizes[index]}  ${printable(exchange)}`
  const asks = book.asks.map((level, index) => style.bad(line("ask", level, index))).reverse()
  const bids = book.bids.map((level, index) => style.good(line("bid", level, book.asks.length + index)))
  const pairs = (side: ReadonlyArray<ConsolidatedLevel>) => side.map(({ price, size }) => [price, size] as const)
  const crossed = book.crossed ? `  ${style.bad("crossed")}` : ""
  return [
    headLine(style, book),
    ...asks,
    style.quiet(`     ${middle({ asks: pairs(book.asks), bids: pairs(book.bids) })}`) + crossed,
    ...bids,
    ...book.left_out.map(({ reason, tag }) => style.quiet(`left out: ${printable(tag)} (${printable(reason)})`))
  ].join("\n")
}

const headLine = (style: Style, { feeds, market_type, pair, size_unit }: Consolidated): string => {
  const name = style.heading(printable(`${market_type} ${pair}`))
  if (feeds.length === 0) return `${name}  ${style.bad("NOT LIVE: no book of the pair is")}`
  const count = `${feeds.length} live ${feeds.length === 1 ? "book" : "books"}`
  return `${name}  ${style.good(count)}  sizes in ${size_unit} currency`
}
