// Owns what `level4 status` says: the service, its database, and every feed that should be live and is not, the worst
// first. Pure; asking is StatusCommand's. Invariant: `ok` only where the service is ready and every market whose switch
// is on has a live feed.
import type { ListedMarket } from "../domain/Market.ts"
import type { FeedState } from "../domain/FeedState.ts"
import type { About, Readiness } from "./Client.ts"
import { span } from "./Ladder.ts"
import { paintState } from "./MarketTable.ts"
import { compareStates } from "./severity.ts"
import type { Style } from "./Style.ts"
import { printable, table } from "./Table.ts"

type NotLive = Readiness["feeds"]["not_live"][number]

export interface StatusReport {
  readonly ok: boolean
  readonly url: string
  readonly version: string
  /** Microseconds since 1970. */
  readonly started_at: number
  readonly ready: boolean
  readonly database: Readiness["database"]
  readonly feeds: Omit<Readiness["feeds"], "not_live"> & {
    /** The worst first, then the longest in its state. While the catalog can't be read, twenty at most. */
    readonly not_live: ReadonlyArray<NotLive>
  }
}

/** `enabled`: the markets whose switch is on; null while the catalog can't say. */
export const statusReport = (
  url: string,
  about: About,
  readiness: Readiness,
  enabled: ReadonlyArray<ListedMarket> | null
): StatusReport => {
  const { ready, database, feeds } = readiness
  const { not_live: named, ...counts } = feeds
  const known = enabled === null ? named : enabled.map(notLiveOf)
  const not_live = known
    .filter(({ state }) => state !== "live")
    .toSorted((a, b) => compareStates(a.state, b.state) || a.since - b.since)
  const { version, started_at } = about
  const ok = ready && enabled !== null && not_live.length === 0
  return { ok, url, version, started_at, ready, database, feeds: { ...counts, not_live } }
}

const notLiveOf = ({ id, tag, feed: { state, reason, reason_code, since } }: ListedMarket): NotLive => ({
  market_id: id,
  tag,
  state,
  reason,
  reason_code,
  since
})

/** Feeds that are named one by one to people; scripts get all. */
const NAMED = 50

export const statusLines = (style: Style, report: StatusReport, nowMicros: number): string => {
  const { url, version, started_at, ready, database, feeds } = report
  const state = ready ? style.good("ready") : style.bad("NOT READY")
  const { not_live } = feeds
  const states = Object.entries(feeds.states).filter(([, count]) => count > 0) as ReadonlyArray<[FeedState, number]>
  const counted = states
    .toSorted(([a], [b]) => compareStates(a, b))
    .map(([name, count]) => paintState(style, name)(`${count} ${name}`))
  const switches = feeds.enabled === null ? "switches unknown" : `${feeds.enabled} enabled`
  const byState = counted.length === 0 ? "" : `: ${counted.join(", ")}`
  return [
    `${style.heading(`level4 ${version}`)} at ${printable(url)}  ${state}  up ${span(nowMicros - started_at)}`,
    `database  ${database.ok ? style.good("ok") : style.bad(printable(database.detail ?? "not ok"))}`,
    `feeds     ${switches}, ${feeds.running} running${byState}`,
    ...(not_live.length === 0 ? [] : ["", notLiveTable(style, not_live.slice(0, NAMED), nowMicros)]),
    ...(not_live.length > NAMED ? [style.quiet(`and ${not_live.length - NAMED} more; --json has all`)] : [])
  ].join("\n")
}

const notLiveTable = (style: Style, feeds: ReadonlyArray<NotLive>, nowMicros: number): string =>
  table(
    style,
    [
      { title: "STATE", cell: ({ state }) => state, paint: (text, { state }) => paintState(style, state)(text) },
      // 0 stands for a time that nobody knows
      { title: "FOR", cell: ({ since }) => (since === 0 ? "-" : span(nowMicros - since)) },
      { title: "MARKET", cell: ({ tag }) => tag },
      { title: "REASON", cell: ({ reason }) => reason ?? "-", elastic: 24 }
    ],
    feeds
  )
