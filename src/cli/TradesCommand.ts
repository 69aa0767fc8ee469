// Owns `level4 trades`: the trades of one market as they come, each a line of a table. Following is tail.ts, loaded
// only then. Invariant: what else the stream says, such as that the market is not live or something was missed, is said
// too.
import { Effect } from "effect"
import { Command } from "effect/cli"
import type { StreamEvent } from "../domain/StreamEvent.ts"
import { clientFlags, connect } from "./ClientFlags.ts"
import { marketReference, resolveMarket } from "./MarketReference.ts"
import type { Style } from "./Style.ts"
import { printable } from "./Table.ts"

const TIME = 12
const SIDE = 7
const PRICE = 14
const SIZE = 14

const COLUMNS = ["TIME".padEnd(TIME), "SIDE".padEnd(SIDE), "PRICE".padStart(PRICE), "SIZE".padStart(SIZE), "ID"]

export const tradesCommand = Command.make(
  "trades",
  { market: marketReference, ...clientFlags },
  Effect.fnUntraced(function* ({ market, url, json }) {
    const id = yield* resolveMarket(yield* connect(url), market)
    const [{ tail }, { tailLine }] = yield* Effect.promise(() =>
      Promise.all([import("./tail.ts"), import("./tailLine.ts")])
    )
    let headed = false
    const line = (style: Style, event: StreamEvent): string => {
      if (event.type !== "trade") return tailLine(style, event)
      const row = tradeRow(style, event)
      if (headed) return row
      headed = true
      return `${style.heading(COLUMNS.join("  "))}\n${row}`
    }
    yield* tail(url, { markets: [id], channels: ["trade"], delivery: "lossless", since: {} }, json, line)
  })
).pipe(
  Command.withDescription(
    "Follow the trades of a market until Ctrl-C: when, what the taker did, price, size, and the venue's id. The " +
      "state of the feed is printed when it changes. With --json every line is one JSON object, as of level4 tail."
  ),
  Command.withShortDescription("Follow the trades of a market"),
  Command.withExamples([
    { command: "level4 trades KRAKEN.SPOT:BTC-USD", description: "Each trade as a line" },
    {
      command: "level4 trades 1 --json | jq -r 'select(.type == \"trade\") | [.price, .size] | @csv'",
      description: "Prices and sizes for a script"
    }
  ])
)

const tradeRow = (style: Style, { id, price, side, size, ts_received }: Extract<StreamEvent, { type: "trade" }>) => {
  const time = new Date(Math.floor(ts_received / 1000)).toISOString().slice(11, 23)
  const paint = side === "buy" ? style.good : side === "sell" ? style.bad : style.quiet
  const cells = [side.padEnd(SIDE), price.padStart(PRICE), size.padStart(SIZE), printable(id ?? "-")]
  return `${style.quiet(time)}  ${paint(cells.join("  "))}`
}
