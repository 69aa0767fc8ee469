// Owns what the demo shows while it runs: one line a market with its state, best bid and ask, drawn again in place on a
// terminal and printed now and then elsewhere.
import type { Book } from "../../src/domain/Event.ts"
import type { ListedMarket } from "../../src/domain/Market.ts"
import { paintState } from "../../src/cli/MarketTable.ts"
import type { Style } from "../../src/cli/Style.ts"
import { table } from "../../src/cli/Table.ts"

/** A market with its newest book; null: it has none to show. */
export interface Shown {
  readonly market: ListedMarket
  readonly book: Book | null
}

const bestOf = (book: Book | null, side: "bids" | "asks"): string => book?.[side][0]?.join(" × ") ?? "-"

export const liveTable = (style: Style, shown: ReadonlyArray<Shown>): string => {
  const live = shown.filter(({ market }) => market.feed.state === "live").length
  const rows = table(
    style,
    [
      { title: "ID", cell: ({ market }: Shown) => market.id, align: "right" },
      { title: "MARKET (SIMULATED)", cell: ({ market }: Shown) => market.tag },
      {
        title: "STATE",
        cell: ({ market }: Shown) => market.feed.state,
        paint: (text, { market }: Shown) => paintState(style, market.feed.state)(text)
      },
      { title: "BEST BID", cell: ({ book }: Shown) => bestOf(book, "bids"), align: "right" },
      { title: "BEST ASK", cell: ({ book }: Shown) => bestOf(book, "asks"), align: "right" },
      { title: "FRAMES", cell: ({ market }: Shown) => market.feed.counters.frames, align: "right" },
      { title: "TRADES", cell: ({ market }: Shown) => market.feed.counters.trades, align: "right" },
      { title: "REASON", cell: ({ market }: Shown) => market.feed.reason ?? "" }
    ],
    shown
  )
  return `${rows}\n${live} of ${shown.length} books are live; every price is SIMULATED. Ctrl-C ends the demo.`
}
