// Owns `level4 simulate` but for its flags: chooses the venues, runs the simulator with its schedule of faults until it
// is interrupted, and says where it is. Stdout holds the lines that point a service at it, or one JSON object; nothing
// else.
import { Clock, Console, Effect, Option, Runtime, Schema } from "effect"
import { endpointVariable } from "../domain/endpointVariable.ts"
import { chaosPlan, readSchedule, type ScheduledFault } from "./FaultSchedule.ts"
import { Simulator, type Simulating } from "./Simulator.ts"
import type { Venue } from "./Venue.ts"
import { venues } from "./Venues.ts"

export interface SimulateOptions {
  /** Names of exchanges, in any case; none: all. */
  readonly exchanges: ReadonlyArray<string>
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  readonly seed: string
  /** Moves a second of every market. */
  readonly rate: number
  /** Made-up markets of every venue besides its listing. */
  readonly markets: number
  /** A file of faults, or `chaos`: drawn from the seed. */
  readonly faults: Option.Option<string>
  /** One JSON object on stdout instead of lines. */
  readonly json: boolean
}

/** An exchange that is not simulated. */
export class NotSimulated extends Schema.TaggedError<NotSimulated>()("NotSimulated", { exchange: Schema.String }) {
  /** The command line's code for what was refused. */
  override get [Runtime.errorExitCode](): number {
    return 2
  }
  override get message(): string {
    return `${this.exchange} is not simulated; these are: ${exchangeNames().join(", ")}`
  }
}

const CHAOS_EVERY = 3_000

/** Runs until it is interrupted. */
export const simulate = Effect.fn("simulate")(function* (options: SimulateOptions) {
  const { host, port, seed, rate } = options
  const chosen = yield* choose(options.exchanges)
  const schedule = yield* Option.match(options.faults, {
    onNone: () => Effect.succeed(null),
    onSome: (faults) => (faults === "chaos" ? Effect.succeed("chaos" as const) : readSchedule(faults))
  })
  const layer = Simulator.layer({ venues: chosen, host, port, seed, rate, madeUp: options.markets })
  return yield* Effect.gen(function* () {
    const simulator = yield* Simulator
    yield* Console.log(options.json ? JSON.stringify(summary(simulator)) : lines(simulator))
    yield* Console.error("Ctrl-C ends it")
    if (schedule !== null) yield* strike(simulator, schedule === "chaos" ? chaos(simulator) : schedule)
    return yield* Effect.never
  }).pipe(Effect.provide(layer))
})

const exchangeNames = (): ReadonlyArray<string> => [...new Set(venues.map(({ exchange }) => exchange))].sort()

const choose = (names: ReadonlyArray<string>): Effect.Effect<ReadonlyArray<Venue>, NotSimulated> => {
  const known = new Set(venues.map(({ exchange }) => exchange.toLowerCase()))
  const unknown = names.find((name) => !known.has(name.toLowerCase()))
  if (unknown !== undefined) return Effect.fail(new NotSimulated({ exchange: unknown }))
  const wanted = new Set(names.map((name) => name.toLowerCase()))
  return Effect.succeed(venues.filter(({ exchange }) => wanted.size === 0 || wanted.has(exchange.toLowerCase())))
}

/** The settings that point a service at the simulator. */
export const environment = ({ authority, venues }: Simulating): Readonly<Record<string, string>> =>
  Object.fromEntries(
    venues.flatMap(({ venue: { exchange, marketType }, prefix }) => [
      [endpointVariable(exchange, marketType, "WS"), `ws://${authority}${prefix}/`],
      [endpointVariable(exchange, marketType, "REST"), `http://${authority}${prefix}`]
    ])
  )

const summary = (simulator: Simulating) => ({
  simulated: true,
  url: `http://${simulator.authority}`,
  truth: `http://${simulator.authority}/truth`,
  faults: `http://${simulator.authority}/faults`,
  listings: `http://${simulator.authority}/listings`,
  seed: simulator.seed,
  environment: environment(simulator),
  venues: simulator.venues.map(({ venue: { exchange, marketType, history }, markets }) => ({
    exchange,
    market_type: marketType,
    history,
    symbols: [...markets.keys()]
  }))
})

const lines = (simulator: Simulating): string =>
  [
    `# SIMULATED exchanges at http://${simulator.authority}, seed ${simulator.seed}: nothing here is a real price`,
    `# the true books: http://${simulator.authority}/truth   faults: http://${simulator.authority}/faults`,
    "# for a service that is to follow them:",
    ...Object.entries(environment(simulator)).map(([name, value]) => `${name}=${value}`)
  ].join("\n")

const chaos = ({ seed, venues }: Simulating): Iterable<ScheduledFault> =>
  chaosPlan({
    seed,
    everyMs: CHAOS_EVERY,
    untilMs: Infinity,
    targets: venues.map(({ venue: { exchange, marketType }, markets }) => ({
      exchange,
      market_type: marketType,
      symbols: [...markets.keys()]
    }))
  })

/** Injects each fault at its time, and tells it. */
const strike = Effect.fnUntraced(function* (simulator: Simulating, schedule: Iterable<ScheduledFault>) {
  const begun = yield* Clock.currentTimeMillis
  for (const { after_ms, ...request } of schedule) {
    yield* Effect.sleep(Math.max(0, begun + after_ms - (yield* Clock.currentTimeMillis)))
    const fault = simulator.inject(request)
    yield* typeof fault === "string"
      ? Effect.logWarning(`no such fault: ${fault}`)
      : Effect.logInfo(`fault ${fault.id}: ${JSON.stringify(request)}`)
  }
})
