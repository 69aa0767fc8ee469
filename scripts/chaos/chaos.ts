// Owns a run of chaos from end to end: sets the stage, lets every book become live, strikes by plan while books, stream
// and memory are watched, waits until what an audit has to mend had its time, and hands the evidence over to be judged.
import { Cause, Effect } from "effect"
import { startFeeds } from "../support/followMarkets.ts"
import { BookWatch, type Sighting } from "./BookWatch.ts"
import { Memory } from "./Memory.ts"
import { planOf, type Target } from "./Plan.ts"
import { stage, type Stage } from "./Stage.ts"
import { StreamWatch } from "./StreamWatch.ts"
import { Strikes, type Strike } from "./Strikes.ts"
import { TrueTrades } from "./TrueTrades.ts"
import { heapBound, verdict, type Verdict } from "./verdict.ts"

export interface ChaosOptions {
  readonly seed: string
  readonly seconds: number
  /** Names; none: all. */
  readonly exchanges: ReadonlyArray<string>
  readonly marketsEach: number
  /** A feed has to be live again so soon after its last fault, in ms. */
  readonly liveWithin: number
  /** Progress, for people. */
  readonly say: (text: string) => void
}

export interface ChaosOutcome extends Verdict {
  readonly seed: string
  readonly seconds: number
  readonly auditBound: number
  readonly sightings: ReadonlyArray<Sighting>
  readonly strikes: ReadonlyArray<Strike>
  readonly log: string
}

/** The audits' interval of the service under test. */
const AUDIT_EVERY = 15_000
/** An audit begins up to a tenth late, looks twice for 5 s each, and then repairs. */
const AUDIT_BOUND = AUDIT_EVERY * 1.1 + 13_500
/** No live book stands still for longer, on any venue, in ms: the promise for a market that changes once a minute. */
const DEAD_BOUND = 60_000
/** No fault begins in the last part of a run, in ms: at most so much, and at most half of it. */
const TAIL = 15_000
/** bitFlyer publishes no limit and the service is careful; so many faults a minute need what the simulator allows. */
const CONNECTS = new Map([["bitFlyer", { count: 30, perMs: 60_000 }]])
/** On a busy machine the heap of a healthy process is collected that seldom, in ms. */
const HEAP_PATIENCE = 60_000
/** Moves a second of every market. */
const RATE = 5

export const chaos = Effect.fn("chaos")(function* (options: ChaosOptions) {
  const { seed, seconds, liveWithin, say } = options
  const { set, stream } = yield* live(options)
  const books = new BookWatch(set)
  const memory = new Memory(set.url)
  const strikes = new Strikes(set)
  const trades = new TrueTrades(set)
  const watching = Promise.all([books.run(), memory.run()])
  yield* Effect.promise(() => tried(options, { set, stream, books, memory, strikes, trades })).pipe(
    // a failure of the stage is reported before the stage is cleared, which may take its time
    Effect.tapCause((cause) =>
      Effect.sync(() => say(`chaos itself failed: ${Cause.pretty(cause)}\n${set.log().slice(-2_000)}`))
    ),
    Effect.ensuring(
      Effect.promise(() => {
        for (const watch of [books, memory, trades]) watch.stop()
        return watching
      })
    )
  )
  const evidence = {
    stage: set,
    books,
    stream,
    strikes: strikes.done,
    truth: trades.byMarket,
    listed: yield* set.client.markets({}),
    memory,
    liveWithin,
    auditBound: AUDIT_BOUND,
    deadBound: DEAD_BOUND
  }
  const outcome: ChaosOutcome = {
    ...verdict(evidence),
    seed,
    seconds,
    auditBound: AUDIT_BOUND,
    sightings: books.sightings,
    strikes: strikes.done,
    log: set.log()
  }
  return outcome
}, Effect.scoped)

/** Sets the stage, and waits until its books are live. */
const live = Effect.fnUntraced(function* ({ seed, seconds, exchanges, marketsEach, say }: ChaosOptions) {
  say(`seed ${seed}, ${seconds} s: starting Postgres, the simulator and the service`)
  const set = yield* stage({
    exchanges,
    port: 0,
    seed,
    rate: RATE,
    markets: 0,
    marketsEach,
    marketTypes: ["SPOT", "PERP", "INVERSE"],
    environment: { LEVEL4_AUDIT_INTERVAL: `${AUDIT_EVERY} millis` },
    connects: CONNECTS
  })
  const stream = new StreamWatch()
  yield* Effect.acquireRelease(
    Effect.promise(() => stream.open(set.url)),
    () => Effect.sync(() => stream.close())
  )
  yield* startFeeds(set.client, yield* set.client.markets({}))
  yield* Effect.promise(() => allLive(set, stream, say))
  return { set, stream }
})

interface Play {
  readonly set: Stage
  readonly stream: StreamWatch
  readonly books: BookWatch
  readonly memory: Memory
  readonly strikes: Strikes
  readonly trades: TrueTrades
}

/** Strikes by plan, and gives what has to be mended its time. */
const tried = async (
  { seed, seconds, liveWithin, say }: ChaosOptions,
  { set, stream, books, memory, strikes, trades }: Play
): Promise<void> => {
  const tail = Math.min(TAIL, seconds * 500)
  const plan = planOf(seed, seconds * 1_000 - tail, targetsOf(set, seconds * 1_000))
  say(`${set.markets.length} markets are followed; ${plan.faults.length} faults are planned`)
  await strikes.run(plan, () => trades.collect())
  say("the last fault is over")
  await pause(tail)
  const settled = (): boolean => !books.open && allAreLive(set, stream)
  const patience = Math.max(AUDIT_BOUND, DEAD_BOUND) + liveWithin
  for (const begun = Date.now(); !settled() && Date.now() - begun < patience;) await pause(200)
  books.close()
  await memory.settle(heapBound(memory.least(0, 0.15).heap), HEAP_PATIENCE)
  await trades.collect()
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

const LIVE_BOUND = 120_000

/** Waits until every market was reported live. */
const allLive = async (set: Stage, stream: StreamWatch, say: (text: string) => void): Promise<void> => {
  const begun = Date.now()
  for (;;) {
    const missing = set.markets.filter(({ id }) => stream.turns.get(id)?.at(-1)?.state !== "live")
    if (missing.length === 0) return
    if (Date.now() - begun > LIVE_BOUND) {
      const states = missing.map(({ id, tag }) => `${tag} ${JSON.stringify(stream.turns.get(id)?.at(-1))}`)
      say(`not live within ${LIVE_BOUND / 1000} s, going on without: ${states.join("; ")}`)
      return
    }
    await pause(100)
  }
}

const allAreLive = (set: Stage, { turns }: StreamWatch): boolean =>
  set.markets.every(({ id }) => turns.get(id)?.at(-1)?.state === "live")

const targetsOf = ({ markets }: Stage, ms: number): ReadonlyArray<Target> => {
  const types = (exchange: string): number =>
    new Set(markets.filter((one) => one.exchange === exchange).map(({ market_type }) => market_type)).size
  const targets = new Map<string, Target>()
  for (const { exchange, market_type, symbol, asksRest, connects, lacks } of markets) {
    const key = `${exchange} ${market_type}`
    const symbols = [...(targets.get(key)?.symbols ?? []), symbol]
    const allowed = connects.count * Math.max(1, ms / connects.perMs)
    const share = Math.floor(allowed / types(exchange))
    targets.set(key, { exchange, market_type, symbols, asksRest, lacks, connects: share })
  }
  return [...targets.values()]
}
