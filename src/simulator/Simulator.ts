// Owns a running simulation of exchanges: their venues behind one loopback address, the clock that moves their markets,
// the truth to compare with, and the faults that were asked for. Everything of it is SIMULATED and says so. What a
// venue speaks is src/simulator/venues; nothing of src/schemes or src/feeds is used. Invariant: the end of the scope
// ends its timers, its sockets and its address.
import { Context, Effect, Layer, type Scope } from "effect"
import type { WebSocket } from "ws"
import type { AddressRefused } from "../domain/AddressRefused.ts"
import { AddressLimits, retryAfter } from "./AddressLimits.ts"
import { Fault, WHOLE_VENUE, type FaultRequest } from "./Faults.ts"
import type { TrueMarket } from "./Listings.ts"
import { MarketClock } from "./MarketClock.ts"
import { ReferencePrices } from "./ReferencePrices.ts"
import { SimConnection } from "./SimConnection.ts"
import { answerOwn, type Simulation } from "./SimRoutes.ts"
import { type Answer, type Handlers, listen } from "./SimServer.ts"
import { SimulatedVenue } from "./SimulatedVenue.ts"
import type { SimLimits, Venue } from "./Venue.ts"

export interface SimulatorOptions {
  readonly venues: ReadonlyArray<Venue>
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  readonly seed: string
  /** Moves a second of every market. */
  readonly rate: number
  /** Made-up markets (`S000`…) of every venue besides its listing. */
  readonly madeUp: number
}

export interface Simulating extends Simulation {
  /** `127.0.0.1:4100`. */
  readonly authority: string
  readonly port: number
  /** Changes the moves a second of one market. False: there is none of this name. */
  readonly setRate: (exchange: string, marketType: string, symbol: string, rate: number) => boolean
}

const TURN_EVERY = 10
const TICK_EVERY = 100_000
/** Faults that GET /faults still shows when they are over. */
const KEPT_FAULTS = 1_000
/** Seconds since 1970 of 2026-09-21: trade ids rise by 100 a second from here, so that a new process goes on above. */
const IDS_SINCE = 1_790_000_000

const nowMicros = (): number => Math.round((performance.timeOrigin + performance.now()) * 1000)

export class Simulator extends Context.Service<Simulator, Simulating>()("level4/simulator/Simulator") {
  /** Simulates until the layer's scope ends. */
  static readonly layer = (options: SimulatorOptions): Layer.Layer<Simulator, AddressRefused> =>
    Layer.effect(Simulator)(make(options))
}

const make = Effect.fnUntraced(function* (
  options: SimulatorOptions
): Effect.fn.Return<Simulating, AddressRefused, Scope.Scope> {
  const { seed, madeUp, rate } = options
  const limits = new Map<SimLimits, Map<string, AddressLimits>>()
  const limitsOf = (venue: Venue, address: string): AddressLimits => {
    const shared = limits.get(venue.limits) ?? new Map<string, AddressLimits>()
    limits.set(venue.limits, shared)
    const own = shared.get(address) ?? new AddressLimits(venue.limits)
    shared.set(address, own)
    return own
  }
  const firstTrade = Math.max(0, Math.floor((nowMicros() / 1_000_000 - IDS_SINCE) * 100))
  const settings = { seed, madeUp, firstTrade, prices: new ReferencePrices(seed), now: nowMicros, limitsOf }
  const venues = options.venues.map((venue) => new SimulatedVenue(venue, settings))
  const { clock, rates, move } = clockOf(venues, seed, rate)
  const faults: Array<Fault> = []
  let injected = 0

  const simulation: Simulation = {
    venues,
    seed,
    now: nowMicros,
    faults: () => faults,
    inject: (request) => {
      const struck = venues.filter((venue) => concerns(request, venue))
      if (struck.length === 0) return `nothing simulated here is ${JSON.stringify(request)}`
      if (request.symbol !== undefined && WHOLE_VENUE.has(request.fault))
        return `${request.fault} strikes the whole venue: leave symbol out`
      const fault = new Fault(++injected, request, nowMicros())
      faults.push(fault)
      if (faults.length > KEPT_FAULTS) faults.shift()
      if (struck.filter((venue) => venue.inject(fault)).length === 0) fault.leaveOut()
      return fault
    },
    endFaults: () => faults.forEach((fault) => fault.end()),
    addMadeUp: (venue, count) =>
      Array.from({ length: count }, () => venue.addMadeUp(nowMicros())).flatMap((market) => {
        if (market === null) return []
        move(venue, market)
        return market
      }),
    bans: ({ venue }) => [...(limits.get(venue.limits)?.values() ?? [])].reduce((sum, { bans }) => sum + bans, 0),
    clock: () => ({ moves: clock.moves, left_out: clock.leftOut })
  }
  const { authority, port } = yield* listen(options, handlersOf(simulation))
  yield* ticking(venues, clock)
  return {
    ...simulation,
    authority,
    port,
    setRate: (exchange, marketType, symbol, rate) => {
      const entry = rates.get(`/${exchange}/${marketType}/`.toLowerCase() + symbol)
      entry?.setRate(rate)
      return entry !== undefined
    }
  }
})

const concerns = ({ exchange, market_type, symbol }: FaultRequest, { venue, markets }: SimulatedVenue): boolean =>
  exchange.toLowerCase() === venue.exchange.toLowerCase() &&
  (market_type === undefined || market_type === venue.marketType) &&
  (symbol === undefined || markets.has(symbol))

const clockOf = (venues: ReadonlyArray<SimulatedVenue>, seed: string, rate: number) => {
  const clock = new MarketClock(seed, nowMicros())
  const rates = new Map<string, ReturnType<MarketClock["add"]>>()
  const move = (venue: SimulatedVenue, market: TrueMarket): void => {
    const entry = clock.add(rate, (at) => venue.move(market, at))
    rates.set(`${venue.prefix}/${market.engine.symbol}`, entry)
  }
  for (const venue of venues) for (const market of venue.markets.values()) move(venue, market)
  return { clock, rates, move }
}

/** Moves markets every 10 ms and ticks venues every 100 ms, until the scope ends. */
const ticking = (
  venues: ReadonlyArray<SimulatedVenue>,
  clock: MarketClock
): Effect.Effect<unknown, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => {
      let ticked = nowMicros()
      return setInterval(() => {
        const at = nowMicros()
        clock.turn(at, () => performance.now())
        if (at - ticked < TICK_EVERY) return
        ticked = Math.max(ticked + TICK_EVERY, at - TICK_EVERY)
        for (const venue of venues) venue.tick(at)
      }, TURN_EVERY)
    }),
    (timer) => Effect.sync(() => clearInterval(timer))
  )

const handlersOf = (simulation: Simulation): Handlers => {
  const find = (path: string): readonly [SimulatedVenue, string] | null => {
    const venue = simulation.venues.find(
      ({ prefix }) => path.startsWith(prefix) && ["/", "?", undefined].includes(path[prefix.length])
    )
    if (venue === undefined) return null
    const own = path.slice(venue.prefix.length)
    return [venue, own.startsWith("/") ? own : `/${own}`]
  }
  return {
    call: ({ method, path, body, address }) => {
      const found = find(path)
      if (found === null) return answerOwn(simulation, method, path, body) ?? notFound(path)
      if (method !== "GET")
        return { status: 405, body: '{"detail":"only GET is simulated"}', headers: { allow: "GET" } }
      return guarded(found[0], () => found[0].rest(found[1], address, simulation.now()))
    },
    dial: (path, address) => {
      const found = find(path)
      return found === null ? notFound(path) : guarded(found[0], () => dial(found[0], found[1], address))
    }
  }
}

const dial = (venue: SimulatedVenue, path: string, address: string): Answer | ((socket: WebSocket) => void) => {
  const at = venue.now()
  const refusal = venue.admit(address, at)
  if (refusal !== null) {
    const body = '{"detail":"the simulated venue refuses to connect"}'
    return { status: refusal.status, body, headers: { "retry-after": retryAfter(refusal, at) } }
  }
  const connection = new SimConnection(venue, path, at)
  const talk = venue.converse(path, connection, at)
  if (typeof talk === "string") return { status: 400, body: JSON.stringify({ detail: talk }) }
  return (socket) => venue.connected(connection, socket, talk)
}

/** A defect of a venue is answered and counted, and ends nothing else. */
const guarded = <A>(venue: SimulatedVenue, work: () => A): A | Answer => {
  try {
    return work()
  } catch (defect) {
    venue.defect(defect)
    return { status: 500, body: '{"detail":"a defect of the simulator"}' }
  }
}

const notFound = (path: string): Answer => ({
  status: 404,
  body: JSON.stringify({
    simulated: true,
    detail: `nothing is simulated at ${path.slice(0, 200)}; GET / tells what is`
  })
})
