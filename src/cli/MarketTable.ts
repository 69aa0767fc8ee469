// Owns how markets look to people: one line each in a list, every known fact of a single one, broken over lines where
// it is long.
import type { ListedMarket } from "../domain/Market.ts"
import type { Style } from "./Style.ts"
import { printable, table } from "./Table.ts"
import { wrapText } from "./wrapText.ts"

/** Green for live, quiet for what is off, loud for a feed that runs and whose book is not good. */
export const paintState = (style: Style, state: string): ((text: string) => string) =>
  state === "live" ? style.good : state === "stopped" || state === "retired" ? style.quiet : style.bad

export const marketTable = (style: Style, markets: ReadonlyArray<ListedMarket>): string =>
  table(
    style,
    [
      { title: "ID", cell: ({ id }) => id, align: "right" },
      { title: "MARKET", cell: ({ tag }) => tag },
      { title: "NATIVE SYMBOL", cell: ({ native_symbol }) => native_symbol ?? "-", detail: true },
      { title: "SWITCH", cell: ({ level4_feed_enabled }) => (level4_feed_enabled ? "on" : "off") },
      {
        title: "STATE",
        cell: ({ feed }) => feed.state,
        paint: (text, { feed }) => paintState(style, feed.state)(text)
      },
      { title: "REASON", cell: ({ feed }) => feed.reason ?? "-", elastic: 24 },
      { title: "EPOCH", cell: ({ feed }) => feed.epoch, align: "right", detail: true },
      { title: "SEQ", cell: ({ feed }) => feed.seq, align: "right", detail: true }
    ],
    markets
  )

const time = (micros: number): string => new Date(Math.floor(micros / 1000)).toISOString()

export const marketDetails = (style: Style, market: ListedMarket): string => {
  const { feed } = market
  const facts: ReadonlyArray<readonly [string, string | number | null]> = [
    ["id", market.id],
    ["market", market.tag],
    ["exchange", `${market.exchange.name} (${market.exchange.id})`],
    ["native symbol", market.native_symbol],
    ["sizes in", market.size_unit],
    ["contract value", market.contract_value],
    ["switch", market.level4_feed_enabled ? "on" : "off"],
    ["state", feed.state],
    ["reason", feed.reason],
    ["since", feed.since === 0 ? null : time(feed.since)],
    ["next retry", feed.next_retry === null ? null : time(feed.next_retry)],
    ["epoch", feed.epoch],
    ["seq", feed.seq],
    ...Object.entries(feed.counters).map(([name, count]) => [name.replaceAll("_", " "), count] as const),
    ["unknown frame", feed.unknown_sample]
  ]
  const names = Math.max(...facts.map(([name]) => name.length))
  const lines = facts.flatMap(([name, value]) =>
    wrapText(printable(String(value ?? "-")), Math.max(20, style.width - names - 2)).map(
      (line, index) => [index === 0 ? name : "", line] as const
    )
  )
  return table(
    style,
    [
      { title: "FIELD", cell: ([name]) => name },
      {
        title: "VALUE",
        cell: ([, line]) => line,
        paint: (text, [name]) => (name === "state" ? paintState(style, feed.state)(text) : text)
      }
    ],
    lines
  )
}
