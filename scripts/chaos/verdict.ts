// Owns the judgement of a run: one row a venue and type, and the promises that were broken. Pure arithmetic over what
// the watches saw. How it is printed is left to report.ts.
import type { ListedMarket } from "../../src/domain/Market.ts"
import type { TrueTrade } from "../support/SimulatorClient.ts"
import { STILL, type BookWatch, type Looks } from "./BookWatch.ts"
import type { Memory } from "./Memory.ts"
import { outages, recovery } from "./outages.ts"
import type { Stage, TriedMarket } from "./Stage.ts"
import type { StreamWatch, Turn } from "./StreamWatch.ts"
import type { Strike } from "./Strikes.ts"
import { tradeAccount, type TradeAccount } from "./tradeAccount.ts"

export interface Evidence {
  readonly stage: Pick<Stage, "markets">
  readonly books: Pick<BookWatch, "looks">
  readonly stream: Pick<StreamWatch, "turns" | "trades" | "reported" | "breaks">
  readonly strikes: ReadonlyArray<Strike>
  readonly truth: ReadonlyMap<number, ReadonlyArray<TrueTrade>>
  readonly listed: ReadonlyArray<ListedMarket>
  readonly memory: Pick<Memory, "least">
  /** How soon an audit has to have mended a difference, in ms. */
  readonly auditBound: number
  /** No live book may stand still for longer, in ms. */
  readonly deadBound: number
  /** A feed has to be live again so soon after its last fault, in ms. */
  readonly liveWithin: number
}

/** Times in milliseconds; null: nothing to measure. */
export interface Row {
  readonly venue: string
  readonly audited: boolean
  readonly dense: boolean
  readonly faults: number
  readonly looks: number
  readonly wrong: number
  readonly longestWrong: number
  readonly latest: number
  readonly recoveryP50: number | null
  readonly recoveryMax: number | null
  readonly afterLast: number | "never" | null
  /** What the slowest of them went through. */
  readonly story: string
  readonly trades: number
  readonly reported: number
  readonly silent: number
  readonly repeated: number
  readonly resyncs: number
  readonly audits: number
  readonly auditDifferences: number
  /** For how long, in ms, a live book stood still whose ids had begun again below its own. */
  readonly stillAnew: number
  /** Which live book stood still for longest, and what had struck its venue then. */
  readonly stillStory: string
}

export interface Verdict {
  readonly rows: ReadonlyArray<Row>
  readonly heap: { readonly start: number; readonly end: number; readonly rssStart: number; readonly rssEnd: number }
  readonly broken: ReadonlyArray<string>
}

/** The heap may end at so many times its start, and so many bytes more. */
const HEAP_FACTOR = 1.5
const HEAP_MORE = 16 << 20

/** The heap may be no more than this in the end, when it was so much at first. */
export const heapBound = (start: number): number => start * HEAP_FACTOR + HEAP_MORE

export const verdict = (evidence: Evidence): Verdict => {
  const venues = [...new Set(evidence.stage.markets.map(venueOf))]
  const rows = venues.map((venue) => rowOf(evidence, venue))
  const heapAt = (from: number, to: number) => evidence.memory.least(from, to)
  const [start, end] = [heapAt(0, 0.15), heapAt(0.85, 1)]
  const heap = { start: start.heap, end: end.heap, rssStart: start.rss, rssEnd: end.rss }
  const broken = rows.flatMap((row) => brokenBy(row, evidence))
  if (end.heap > heapBound(start.heap))
    broken.push(`the heap grew from ${megabytes(start.heap)} to ${megabytes(end.heap)} MB`)
  for (const { tag, feed } of evidence.listed)
    if (feed.state !== "live") broken.push(`${tag} is ${feed.state} in the end: ${feed.reason}`)
  for (const { market, failed } of evidence.books.looks)
    if (failed > 0) broken.push(`${market.tag}: the service failed to show its book ${failed} times`)
  if (evidence.stream.breaks > 0) broken.push(`the stream broke ${evidence.stream.breaks} times`)
  return { rows, heap, broken }
}

export const megabytes = (bytes: number): string => (bytes / 1_048_576).toFixed(1)

const venueOf = ({ exchange, market_type }: TriedMarket): string => `${exchange} ${market_type}`

/** Within so many µs of a fault a market moves. */
const MOVES = 2_000_000
/** Frames of a snapshot's own time may be old for so long: after it, ids that are too low are a loss, in ms. */
const OLD_IDS = 5_000 + STILL

const brokenBy = (row: Row, { auditBound, deadBound, liveWithin }: Evidence): ReadonlyArray<string> => {
  const broken: Array<string> = []
  const { venue, wrong, audited, longestWrong, latest, stillAnew, stillStory, afterLast, story, silent, dense } = row
  if (latest > deadBound)
    broken.push(
      `${venue}: a live book stood still for ${seconds(latest)} s, longer than ${seconds(deadBound)} s (${stillStory})`
    )
  if (!audited && stillAnew > OLD_IDS)
    broken.push(`${venue}: a live book stood still for ${seconds(stillAnew)} s although its ids had begun again`)
  if (wrong > 0 && !audited) broken.push(`${venue}: ${wrong} looks at a live book that never was true`)
  if (audited && longestWrong > auditBound)
    broken.push(`${venue}: a wrong book stood for ${seconds(longestWrong)} s, longer than ${seconds(auditBound)} s`)
  if (afterLast === "never" || (afterLast ?? 0) > liveWithin)
    broken.push(
      `${venue}: ${afterLast === "never" ? "never" : `${seconds(afterLast!)} s until`} ` +
        `live after the last fault (${story})`
    )
  if (dense && silent > 0) broken.push(`${venue}: ${silent} trades were lost in silence`)
  return broken
}

const seconds = (ms: number): string => (ms / 1000).toFixed(1)

const rowOf = (evidence: Evidence, venue: string): Row => {
  const { stage, books, strikes, listed } = evidence
  const markets = stage.markets.filter((market) => venueOf(market) === venue)
  const ids = new Set(markets.map(({ id }) => id))
  const looks = books.looks.filter(({ market }) => ids.has(market.id))
  const counters = listed.filter(({ id }) => ids.has(id)).map(({ feed }) => feed.counters)
  const own = strikes.filter((strike) => strike.exchange === null || concerns(strike, markets[0]!))
  const feed = own.filter(({ name }) => name !== "database")
  const times = markets.flatMap((market) => recoveries(evidence, market, feed)).sort((a, b) => a - b)
  const accounts = markets.map((market) => accountOf(evidence, market))
  return {
    venue,
    audited: markets[0]!.audited,
    dense: markets[0]!.denseTrades,
    faults: own.filter(({ hits }) => hits > 0).length,
    looks: sum(looks, ({ live }) => live),
    wrong: sum(looks, ({ wrong }) => wrong),
    longestWrong: most(looks, ({ longestWrong }) => longestWrong),
    latest: most(looks, ({ latest }) => latest),
    recoveryP50: times[Math.floor(times.length / 2)] ?? null,
    recoveryMax: times.at(-1) ?? null,
    ...afterLast(evidence, markets, feed),
    trades: sum(accounts, ({ heard }) => heard),
    reported: sum(accounts, ({ reported }) => reported),
    silent: sum(accounts, ({ silent }) => silent),
    repeated: sum(accounts, ({ repeated }) => repeated),
    resyncs: sum(counters, ({ resyncs }) => resyncs),
    audits: sum(counters, ({ audits }) => audits),
    auditDifferences: sum(counters, ({ audit_differences }) => audit_differences),
    stillStory: stillStory(looks, feed),
    stillAnew: looks.reduce((most, one) => Math.max(most, stillAnew(one, feed)), 0)
  }
}

const sum = <A>(list: ReadonlyArray<A>, of: (one: A) => number): number =>
  list.reduce((total, one) => total + of(one), 0)
const most = <A extends Looks>(list: ReadonlyArray<A>, of: (one: A) => number): number =>
  list.reduce((greatest, one) => Math.max(greatest, of(one)), 0)

const concerns = (strike: Strike, { exchange, market_type }: TriedMarket): boolean =>
  strike.exchange === exchange && (strike.market_type === null || strike.market_type === market_type)

const stillStory = (looks: ReadonlyArray<Looks>, strikes: ReadonlyArray<Strike>): string => {
  const [worst] = looks
    .flatMap(({ market, still }) => still.map(({ at, age }) => ({ market, age, moved: at - age * 1000 })))
    .sort((a, b) => b.age - a.age)
  if (worst === undefined) return ""
  const near = strikes
    .filter(({ begun, end, hits }) => hits > 0 && begun < worst.moved + MOVES && end > worst.moved - STILL * 1000)
    .map(({ name, symbol }) => (symbol === null ? name : `${name} of ${symbol}`))
  return `${worst.market.tag}, after ${near.join(", ")}`
}

/** How long a market's live book stood still that last moved when its ids began again, before any other fault. */
const stillAnew = ({ market, still }: Looks, strikes: ReadonlyArray<Strike>): number =>
  strikes
    .filter(({ name, symbol, hits }) => name === "ids_anew" && symbol === market.symbol && hits > 0)
    .flatMap(({ begun }) => {
      const next = strikes.reduce((first, one) => (one.begun > begun ? Math.min(first, one.begun) : first), Infinity)
      const moved = ({ at, age }: Looks["still"][number]): number => at - age * 1000
      return still.filter((look) => moved(look) > begun - MOVES && moved(look) < Math.min(next, begun + MOVES))
    })
    .reduce((most, { age }) => Math.max(most, age), 0)

/**
 * Times to live again, in ms, of faults that were over before the venue's next one began. Markets share sockets, so a
 * fault that was meant for one may hurt all of its venue and type.
 */
const recoveries = (
  { stream }: Evidence,
  market: TriedMarket,
  strikes: ReadonlyArray<Strike>
): ReadonlyArray<number> => {
  const spans = outages(stream.turns.get(market.id) ?? [])
  return strikes.flatMap(({ begun, end }) => {
    const next = strikes.reduce((first, one) => (one.begun > begun ? Math.min(first, one.begun) : first), Infinity)
    const time = recovery(spans, begun, end, next)
    return typeof time !== "number" || end + time > next ? [] : [time / 1000]
  })
}

/** How long after its last fault the slowest market was live again, and what it went through. */
const afterLast = (
  { stream, books }: Evidence,
  markets: ReadonlyArray<TriedMarket>,
  strikes: ReadonlyArray<Strike>
): Pick<Row, "afterLast" | "story"> => {
  const times = markets.flatMap((market) => {
    const last = strikes.reduce<Strike | null>((last, one) => (last === null || one.end > last.end ? one : last), null)
    if (last === null) return []
    // an audit that finds a difference later is counted where wrong books are
    const turns = stream.turns.get(market.id) ?? []
    const spans = outages(turns).filter(({ code }) => code !== "audit")
    const time = recovery(spans, last.begun, promised(books, market, last), Infinity) ?? 0
    return [
      {
        time: time === "never" ? Infinity : time / 1000,
        story: `${market.tag} after ${last.name}: ${storyOf(turns, last)}`
      }
    ]
  })
  const slowest = times.sort((a, b) => b.time - a.time)[0]
  if (slowest === undefined) return { afterLast: null, story: "" }
  return { afterLast: slowest.time === Infinity ? "never" : slowest.time, story: slowest.story }
}

/** The end of a fault; of a refusal, the next try that the service announced, since refusals are asked again slowly. */
const promised = ({ looks }: Evidence["books"], { id }: TriedMarket, { name, end }: Strike): number => {
  if (name !== "refuse_name" && name !== "refuse_moment") return end
  const retries = looks.find(({ market }) => market.id === id)?.retries ?? []
  return retries.find((at) => at >= end) ?? end
}

/**
 * The states a market went through since shortly before a fault, with seconds after its end; the newest alone if none.
 */
const storyOf = (turns: ReadonlyArray<Turn>, { begun, end }: Strike): string =>
  turns
    .filter(({ at }, index) => at > begun - 1_000_000 || index === turns.length - 1)
    .map(({ at, state, reason }) =>
      `${((at - end) / 1_000_000).toFixed(1)} s ${state} ${reason?.slice(0, 60) ?? ""}`.trim()
    )
    .join(", ")

const accountOf = ({ truth, stream, listed }: Evidence, { id }: TriedMarket): TradeAccount =>
  tradeAccount(
    truth.get(id) ?? [],
    stream.trades.get(id) ?? [],
    stream.reported.get(id) ?? [],
    listed.find((market) => market.id === id)?.feed.counters.trades_missed ?? 0
  )
