// Owns the trial of many markets of one exchange within the limits that the simulator enforces like the venue: how soon
// all are live after a start and after the venue was gone for half a minute, how fast it was dialled meanwhile, and
// whether it ever had to refuse. Invariant: what the simulator counted is asked of it, not of the service under trial.
import { Effect } from "effect"
import { startFeeds } from "../support/followMarkets.ts"
import type { SimulatorClient } from "../support/SimulatorClient.ts"
import { stage, type Stage } from "./Stage.ts"
import { StreamWatch } from "./StreamWatch.ts"

export interface ScaleOutcome {
  readonly exchange: string
  readonly markets: number
  /** Milliseconds from the first switch until all are live; null: not within PATIENCE. */
  readonly startMs: number | null
  /** The same from the simulator's return. */
  readonly returnMs: number | null
  readonly first: VenueLoad
  readonly second: VenueLoad
  readonly broken: ReadonlyArray<string>
}

/** What the simulated venue was asked. */
interface VenueLoad {
  readonly connects: number
  /** The most within one second. */
  readonly connectsASecond: number
  readonly restCalls: number
  /** Refused connects and calls, and sockets that said too much. */
  readonly refused: number
}

const AWAY = 30_000
const WITHIN = 60_000
const PATIENCE = 300_000
const LOOK_EVERY = 200
/** Moves a second of every market: most markets of a venue are quiet. */
const RATE = 0.5

export const scale = Effect.fn("scale")(function* (
  exchange: string,
  markets: number,
  seed: string,
  say: (text: string) => void
) {
  say(`${markets} markets of ${exchange}, SIMULATED with its limits: starting Postgres, the simulator and the service`)
  const set = yield* stage({
    exchanges: [exchange],
    port: 0,
    seed,
    rate: RATE,
    markets,
    marketsEach: markets,
    marketTypes: ["SPOT"],
    environment: {},
    connects: new Map()
  })
  const stream = new StreamWatch()
  yield* Effect.acquireRelease(
    Effect.promise(() => stream.open(set.url)),
    () => Effect.sync(() => stream.close())
  )
  const listed = yield* set.client.markets({})
  say(`starting ${listed.length} feeds`)
  const begun = Date.now()
  const load = new LoadWatch(set.simulator)
  const started = Effect.promise(() => allLive(set, stream, begun, say))
  const [startMs] = yield* Effect.all([started, startFeeds(set.client, listed)], { concurrency: 2 })
  const first = yield* Effect.promise(() => load.stop())
  say("killing the simulator for 30 s")
  yield* Effect.promise(() => set.killSimulator())
  yield* Effect.promise(() => pause(AWAY))
  yield* Effect.promise(() => set.restartSimulator())
  const back = Date.now()
  const again = new LoadWatch(set.simulator)
  const returnMs = yield* Effect.promise(() => allLive(set, stream, back, say))
  const second = yield* Effect.promise(() => again.stop())
  return judged({ exchange, markets: listed.length, startMs, returnMs, first, second })
}, Effect.scoped)

const judged = (seen: Omit<ScaleOutcome, "broken">): ScaleOutcome => {
  const broken: Array<string> = []
  const late = (what: string, ms: number | null): void => {
    if (ms === null || ms > WITHIN)
      broken.push(`${what}: all live after ${ms === null ? "more than 300" : ms / 1000} s`)
  }
  late("start", seen.startMs)
  late("return", seen.returnMs)
  const refused = seen.first.refused + seen.second.refused
  if (refused > 0) broken.push(`the venue refused ${refused} times`)
  return { ...seen, broken }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Waits until every market is live; gives the time of the last one after `begun`, in ms. */
const allLive = async (
  { markets }: Stage,
  { turns }: StreamWatch,
  begun: number,
  say: (text: string) => void
): Promise<number | null> => {
  const isLive = (id: number): boolean => {
    const last = turns.get(id)?.at(-1)
    return last?.state === "live" && last.at >= begun * 1_000
  }
  for (let looks = 1; Date.now() - begun < PATIENCE; looks++) {
    await pause(LOOK_EVERY)
    const live = markets.filter(({ id }) => isLive(id)).length
    if (live === markets.length) {
      const last = markets.reduce((most, { id }) => Math.max(most, turns.get(id)!.at(-1)!.at), 0)
      return Math.round(last / 1_000 - begun)
    }
    if (looks % 25 === 0)
      say(`${live} of ${markets.length} are live after ${((Date.now() - begun) / 1_000).toFixed(0)} s`)
  }
  return null
}

/** Looks at the venue's counters several times a second. */
class LoadWatch {
  private readonly simulator: SimulatorClient
  private readonly seen: Array<{ readonly at: number; readonly connects: number }> = []
  private readonly watching: Promise<void>
  private isOver = false

  constructor(simulator: SimulatorClient) {
    this.simulator = simulator
    this.watching = this.watch()
  }

  async stop(): Promise<VenueLoad> {
    this.isOver = true
    await this.watching
    const now = await this.counts()
    return {
      connects: now.connects,
      connectsASecond: this.seen.reduce((most, one) => Math.max(most, this.within(one)), 0),
      restCalls: now.rest,
      refused: now.refused
    }
  }

  private within({ at, connects }: { readonly at: number; readonly connects: number }): number {
    const later = this.seen.findLast((one) => one.at <= at + 1_000)
    return (later?.connects ?? connects) - connects
  }

  private async watch(): Promise<void> {
    while (!this.isOver) {
      this.seen.push({ at: Date.now(), connects: (await this.counts()).connects })
      await pause(LOOK_EVERY)
    }
  }

  private async counts() {
    const venues = (await this.simulator.overview())?.venues ?? []
    const sum = (of: (venue: (typeof venues)[number]) => number) => venues.reduce((total, one) => total + of(one), 0)
    return {
      connects: sum(({ connects }) => connects),
      rest: sum(({ rest }) => rest),
      refused: sum((one) => one.connects_refused + one.rest_refused + one.message_breaches)
    }
  }
}

export const scaleReport = ({ exchange, markets, startMs, returnMs, first, second, broken }: ScaleOutcome): string => {
  const time = (ms: number | null): string => (ms === null ? "not within 300 s" : `${(ms / 1000).toFixed(1)} s`)
  const load = ({ connects, connectsASecond, restCalls, refused }: VenueLoad): string =>
    `${connects} connects (at most ${connectsASecond} a second), ${restCalls} REST calls, ${refused} refused`
  return [
    `${markets} markets of ${exchange}, SIMULATED with its limits`,
    `start:                all live in ${time(startMs)}; ${load(first)}`,
    `return after 30 s:    all live in ${time(returnMs)}; ${load(second)}`,
    broken.length === 0 ? "every promise was kept" : ["BROKEN:", ...broken.map((one) => `  ${one}`)].join("\n")
  ].join("\n")
}
