// Owns what `level4 top` shows of each market, from two looks at the service's list, and how that looks: the worst
// state first, then the busiest. Pure. Invariant: a rate is of the time between two looks; where a counter fell, since
// the feed was started again in between, there is none.
import type { FeedState } from "../domain/FeedState.ts"
import type { ListedMarket } from "../domain/Market.ts"
import { span } from "./Ladder.ts"
import { paintState } from "./MarketTable.ts"
import { compareStates } from "./severity.ts"
import type { Style } from "./Style.ts"
import { cut, printable, table } from "./Table.ts"

/** One look; `at` in microseconds. */
export interface Look {
  readonly at: number
  readonly markets: ReadonlyArray<ListedMarket>
}

export interface TopRow {
  readonly market_id: number
  readonly tag: string
  readonly state: FeedState
  readonly reason: string | null
  /** Frames of the market a second; null before the second look. */
  readonly frames: number | null
  /** Events a second: changes of book and best quote, trades, states. */
  readonly events: number | null
  /** Microseconds since the book's last change was received. */
  readonly age: number | null
  /** Microseconds from the venue's stamp of that change to its receipt, by two clocks. */
  readonly lag: number | null
}

export const topRows = (before: Look, now: Look): ReadonlyArray<TopRow> => {
  const earlier = new Map(before.markets.map((market) => [market.id, market.feed]))
  const seconds = (now.at - before.at) / 1_000_000
  const rate = (count: number, was: number | undefined) =>
    was === undefined || count < was || seconds <= 0 ? null : (count - was) / seconds
  return now.markets
    .map(({ id, tag, feed }): TopRow => {
      const was = earlier.get(id)
      const { state, reason, ts_exchange, ts_received } = feed
      return {
        market_id: id,
        tag,
        state,
        reason,
        frames: rate(feed.counters.frames, was?.counters.frames),
        events: rate(feed.seq, was?.seq),
        age: ts_received === null ? null : Math.max(0, now.at - ts_received),
        lag: ts_received === null || ts_exchange === null ? null : ts_received - ts_exchange
      }
    })
    .toSorted((a, b) => compareStates(a.state, b.state) || (b.frames ?? 0) - (a.frames ?? 0))
}

const perSecond = (rate: number | null): string => (rate === null ? "-" : rate.toFixed(rate < 10 ? 1 : 0))
const millis = (micros: number | null): string => (micros === null ? "-" : `${(micros / 1000).toFixed(0)} ms`)

/** One line of the whole: how many markets are in which state, and what they receive together. */
const summary = (style: Style, rows: ReadonlyArray<TopRow>): string => {
  const counts = [...Map.groupBy(rows, ({ state }) => state)].map(([state, { length }]) =>
    paintState(style, state)(`${length} ${state}`)
  )
  const frames = rows.reduce((sum, row) => sum + (row.frames ?? 0), 0)
  return `${rows.length} markets${counts.length === 0 ? "" : `: ${counts.join(", ")}`}  ${perSecond(frames)} frames/s`
}

/** At most so many lines; `note` is what there is to say besides. */
export const topLines = (
  style: Style,
  rows: ReadonlyArray<TopRow>,
  {
    at,
    lines,
    note,
    title
  }: { readonly at: number; readonly lines: number; readonly note: string; readonly title: string }
): ReadonlyArray<string> => {
  const time = new Date(Math.floor(at / 1000)).toISOString().slice(11, 19)
  const heading = cut(printable(`${title}  ${time} UTC${note === "" ? "" : `  ${note}`}`), style.width)
  const room = Math.max(0, lines - 4)
  const shown = rows.slice(0, room)
  const body = shown.length === 0 ? [] : topTable(style, shown).split("\n")
  const left = rows.length - shown.length
  return [style.heading(heading), summary(style, rows), ...body, ...(left > 0 ? [style.quiet(`and ${left} more`)] : [])]
}

const topTable = (style: Style, rows: ReadonlyArray<TopRow>): string =>
  table(
    style,
    [
      { title: "MARKET", cell: ({ tag }) => tag },
      { title: "STATE", cell: ({ state }) => state, paint: (text, { state }) => paintState(style, state)(text) },
      { title: "FRAMES/S", cell: ({ frames }) => perSecond(frames), align: "right" },
      { title: "EVENTS/S", cell: ({ events }) => perSecond(events), align: "right" },
      { title: "AGE", cell: ({ age }) => (age === null ? "-" : span(age)), align: "right" },
      { title: "LAG", cell: ({ lag }) => millis(lag), align: "right", detail: true },
      { title: "REASON", cell: ({ reason }) => reason ?? "-", elastic: 12 }
    ],
    rows
  )
