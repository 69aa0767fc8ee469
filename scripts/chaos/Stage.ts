// Owns what a run of chaos needs on its stage: a Postgres server, the simulator and the real service, each a process of
// its own, the markets named in the catalog, and the hands that stop the database and kill the simulator. Invariant:
// the end of the scope ends all of them.
import { type Config, Effect, type Scope } from "effect"
import type { MarketType } from "../../src/domain/MarketType.ts"
import { makeClient, type CallFailure, type Client } from "../../src/cli/Client.ts"
import type { Rate } from "../../src/feeds/venue/Allowance.ts"
import { nowMicros } from "../../src/feeds/core/Now.ts"
import { resolve } from "../../src/schemes/Schemes.ts"
import type { FaultName } from "../../src/simulator/Faults.ts"
import { PostgresServer } from "../../test/support/Postgres.ts"
import { serviceProcess } from "../../test/support/ServiceProcess.ts"
import { nameMarkets } from "../support/followMarkets.ts"
import { SimulatorClient, type SimulatedMarket } from "../support/SimulatorClient.ts"
import { SimulatorProcess, type SimulatorOptions } from "../support/SimulatorProcess.ts"
import { ServiceClock } from "./ServiceClock.ts"

/** A market that is tried, in the words of both sides. */
export interface TriedMarket extends SimulatedMarket {
  /** The catalog's number. */
  readonly id: number
  readonly tag: string
  /** Its protocol cannot show a loss: differences are found by audits. */
  readonly audited: boolean
  readonly denseTrades: boolean
  /** Its book is asked for by REST. */
  readonly asksRest: boolean
  /** What the venue allows the process. */
  readonly connects: Rate
  /** What the simulated venue has no way to do. */
  readonly lacks: ReadonlyArray<FaultName>
}

export interface StageOptions extends SimulatorOptions {
  /** Markets of each venue and type that are followed; the others trade unheard. */
  readonly marketsEach: number
  readonly marketTypes: ReadonlyArray<MarketType>
  readonly environment: Readonly<Record<string, string>>
  /** Connects of exchanges that are allowed other than the service would allow itself. */
  readonly connects: ReadonlyMap<string, Rate>
}

export interface Stage {
  readonly url: string
  readonly client: Client
  readonly markets: ReadonlyArray<TriedMarket>
  readonly simulator: SimulatorClient
  readonly database: PostgresServer
  /** The service's own. */
  readonly clock: ServiceClock
  /** Rises with every kill. */
  readonly incarnation: () => number
  /** The last kill, in microseconds since 1970; 0: there was none. */
  readonly killedAt: () => number
  readonly killSimulator: () => Promise<void>
  /** The same address, other books. */
  readonly restartSimulator: () => Promise<void>
  readonly log: () => string
}

/** Exchanges whose protocol cannot show a loss, or not every one. */
const AUDITED: ReadonlySet<string> = new Set(["Coinbase", "BitMEX", "bitFlyer", "Bitstamp"])

export const stage = Effect.fn("stage")(function* (
  options: StageOptions
): Effect.fn.Return<Stage, CallFailure | Config.ConfigError, Scope.Scope> {
  const database = yield* Effect.acquireRelease(
    Effect.promise(() => PostgresServer.start()),
    (server) => Effect.promise(() => server.dispose())
  )
  const play = yield* Effect.acquireRelease(
    Effect.promise(async () => ({ now: await SimulatorProcess.start(options), incarnation: 0, killedAt: 0 })),
    ({ now }) => Effect.promise(() => now.stop())
  )
  const { announced, port } = play.now
  const clock = yield* ServiceClock.make
  const service = yield* serviceProcess({
    ...clock.environment,
    LEVEL4_DATABASE_URL: database.url(),
    ...announced.environment,
    ...options.environment,
    ...connectSettings(options)
  })
  clock.rules(service.child)
  // a process that is stopped cannot end
  yield* Effect.addFinalizer(() => Effect.sync(() => clock.go()))
  const client = yield* makeClient(service.url)
  const simulator = new SimulatorClient(announced.url)
  return {
    url: service.url,
    client,
    markets: yield* named(client, simulator, options),
    simulator,
    database,
    clock,
    incarnation: () => play.incarnation,
    killedAt: () => play.killedAt,
    killSimulator: async () => {
      await play.now.kill()
      play.killedAt = nowMicros()
      play.incarnation++
    },
    restartSimulator: async () => {
      play.now = await SimulatorProcess.start({ ...options, port, seed: `${options.seed}/${play.incarnation}` })
    },
    log: service.log
  }
})

const connectSettings = ({ connects }: StageOptions): Record<string, string> =>
  Object.fromEntries(
    [...connects].map(([exchange, { count, perMs }]) => [
      `LEVEL4_${exchange.toUpperCase()}_CONNECTS`,
      `${count}/${perMs}ms`
    ])
  )

/** Names the markets that are tried: the first so many of every venue and type that still exists. */
const named = Effect.fnUntraced(function* (client: Client, simulator: SimulatorClient, options: StageOptions) {
  const overview = yield* Effect.promise(() => simulator.overview())
  const lacks = new Map(overview?.venues.map((one) => [`${one.exchange} ${one.market_type}`, one.lacks]))
  const counts = new Map<string, number>()
  const wanted = (overview?.markets ?? []).filter(({ exchange, market_type, base }) => {
    const key = `${exchange} ${market_type}`
    if (!options.marketTypes.includes(market_type)) return false
    // large runs are about made-up markets alone, which all are alike
    if (options.markets > 0 && !/^S\d{3}/.test(base)) return false
    counts.set(key, (counts.get(key) ?? 0) + 1)
    return counts.get(key)! <= options.marketsEach
  })
  const markets = yield* nameMarkets(client, wanted)
  return markets.map(({ id, tag }, index): TriedMarket => {
    const { exchange, market_type, base, quote, symbol } = wanted[index]!
    const found = resolve({ exchange, market_type, base, quote, native_symbol: null })
    if (typeof found === "string") throw new Error(found)
    const denseTrades = found.scheme.tradeIds === "dense"
    const asksRest = found.scheme.rest !== null
    const audited = AUDITED.has(exchange)
    const connects = options.connects.get(exchange) ?? found.scheme.limits.connects
    const lacking = lacks.get(`${exchange} ${market_type}`) ?? []
    return { id, tag, exchange, market_type, symbol, audited, denseTrades, asksRest, connects, lacks: lacking }
  })
})
