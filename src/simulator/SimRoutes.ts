// Owns the simulator's own routes, beside the venues' REST: the truth, the faults, and what is listed. All is JSON that
// says `simulated`. What a path means is said at `answerOwn`. Invariant: nothing here changes a market or a venue but
// by a fault, or by the listing (ListingRoutes).
import { Result, Schema } from "effect"
import { canonical } from "../domain/Decimal.ts"
import { FaultRequest, type Fault } from "./Faults.ts"
import type { Answer } from "./SimServer.ts"
import { listingRoute } from "./ListingRoutes.ts"
import type { TrueMarket } from "./Listings.ts"
import { json, parsed, wrongMethod } from "./ownAnswers.ts"
import type { SimulatedVenue } from "./SimulatedVenue.ts"
import { TRUTH_DEPTH } from "./TruthRing.ts"
import type { SimLevel } from "./Venue.ts"

export interface Simulation {
  readonly venues: ReadonlyArray<SimulatedVenue>
  readonly seed: string
  readonly now: () => number
  readonly faults: () => ReadonlyArray<Fault>
  /** A sentence where the fault concerns nothing that is simulated. */
  readonly inject: (request: FaultRequest) => Fault | string
  readonly endFaults: () => void
  /** Lists so many more made-up markets, which move as all others do. */
  readonly addMadeUp: (venue: SimulatedVenue, count: number) => ReadonlyArray<TrueMarket>
  readonly bans: (venue: SimulatedVenue) => number
  readonly clock: () => { readonly moves: number; readonly left_out: number }
}

const Rows = Schema.Array(Schema.Tuple([Schema.String, Schema.String]))
const Shown = Schema.Struct({ bids: Rows, asks: Rows })
const isShown = Schema.is(Shown)
const readFault = Schema.decodeUnknownResult(FaultRequest)
const DECIMAL = /^\d+(\.\d+)?$/

/**
 * Answers one request; null for a path that is none of these:
 *
 *   GET  /                                        where everything is
 *   GET  /truth                                   venues and markets with their counters
 *   GET  /truth/<exchange>/<type>/<symbol>?depth= the true book of now (symbol percent-encoded)
 *   GET  /truth/…/<symbol>/trades?after=<serial>  what traded, oldest first, of the newest 1,000; `serial` is the
 *                                                 trade's id, and goes on where a fault lets the ids begin again
 *   POST /truth/…/<symbol>/match                  {"bids":[["p","s"]…],"asks":[…]}: the best 10, canonical or not ->
 *                                                 {"matches":true,"age_ms":120}: true until 120 ms ago;
 *                                                 {"matches":false}: never in memory. With "between":true it lies
 *                                                 between two versions that followed each other, as venues show that
 *                                                 send a frame a level
 *   GET  /listings, POST /listings {…ListingRoutes.ts}
 *   GET  /faults, POST /faults {…Faults.ts}, DELETE /faults (ends all)
 */
export const answerOwn = (simulation: Simulation, method: string, path: string, body: string): Answer | null => {
  const url = new URL(path, "http://simulator")
  const [first = "", ...rest] = url.pathname.split("/").slice(1).map(decoded)
  if (first === "" && method === "GET") return json(200, index(simulation))
  if (first === "faults" && rest.length === 0) return faults(simulation, method, body)
  if (first === "listings" && rest.length === 0) return listingRoute(simulation, method, body)
  if (first !== "truth") return null
  if (rest.length === 0) return method === "GET" ? json(200, overview(simulation)) : wrongMethod
  const [exchange = "", type = "", symbol = "", what] = rest
  const venue = simulation.venues.find(({ prefix }) => prefix === `/${exchange}/${type}`.toLowerCase())
  const market = venue?.markets.get(symbol)
  if (venue === undefined || market === undefined)
    return json(404, { detail: `no market ${symbol} of ${exchange} ${type}` })
  if (what === undefined && method === "GET") return json(200, book(venue, market, depthOf(url), simulation.now()))
  if (what === "trades" && method === "GET")
    return json(200, trades(market, Number(url.searchParams.get("after") ?? 0)))
  if (what === "match" && method === "POST") return match(market, body, simulation.now())
  return what === "match" || what === undefined || what === "trades" ? wrongMethod : null
}

const index = ({ venues, seed }: Simulation) => ({
  seed,
  truth: "/truth",
  faults: "/faults",
  listings: "/listings",
  venues: venues.map(({ prefix }) => prefix)
})

const overview = (simulation: Simulation) => ({
  seed: simulation.seed,
  at: simulation.now(),
  ...simulation.clock(),
  venues: simulation.venues.map((one) => ({
    exchange: one.venue.exchange,
    market_type: one.venue.marketType,
    history: one.venue.history,
    open: one.connections.size,
    ...one.counts,
    bans: simulation.bans(one),
    last_defect: one.lastDefect,
    lacks: one.lacks
  })),
  markets: simulation.venues.flatMap((one) =>
    [...one.markets.values()].map(({ engine }) => {
      const { base, quote, version, lastTrade } = engine
      return Object.assign(names(one, engine), { base, quote, version, last_trade: lastTrade })
    })
  )
})

const names = ({ venue }: SimulatedVenue, { symbol }: { readonly symbol: string }) => ({
  exchange: venue.exchange,
  market_type: venue.marketType,
  symbol
})

const book = (venue: SimulatedVenue, { engine }: TrueMarket, depth: number, at: number) => {
  const rows = (side: ReadonlyArray<SimLevel>) =>
    side.slice(0, depth).map(({ price, size }) => [canonical(price), canonical(size)])
  return { ...names(venue, engine), at, version: engine.version, bids: rows(engine.bids), asks: rows(engine.asks) }
}

const trades = ({ engine }: TrueMarket, after: number) => ({
  trades: engine.history.filter(({ serial }) => serial > after)
})

const match = ({ truth }: TrueMarket, body: string, at: number): Answer => {
  const shown = parsed(body)
  if (!isShown(shown))
    return json(400, { detail: 'expected {"bids":[["price","size"]…],"asks":[…]} with decimal text' })
  const sides = [shown.bids, shown.asks].map((side) =>
    side.slice(0, TRUTH_DEPTH).map(([price, size]) => ({ price, size }))
  )
  if (sides.flat().some(({ price, size }) => !DECIMAL.test(price) || !DECIMAL.test(size)))
    return json(400, { detail: "expected plain decimals, without sign or exponent" })
  const [bids, asks] = [sides[0]!, sides[1]!]
  const age = truth.age(bids, asks, at)
  if (age !== null) return json(200, { matches: true, age_ms: Math.round(age) })
  const between = truth.ageBetween(bids, asks, at)
  return json(
    200,
    between === null ? { matches: false } : { matches: true, between: true, age_ms: Math.round(between) }
  )
}

const faults = (simulation: Simulation, method: string, body: string): Answer => {
  const at = simulation.now()
  if (method === "GET") return json(200, { faults: simulation.faults().map((fault) => fault.view(at)) })
  if (method === "DELETE") {
    simulation.endFaults()
    return json(200, { faults: simulation.faults().map((fault) => fault.view(at)) })
  }
  if (method !== "POST") return wrongMethod
  const request = readFault(parsed(body))
  if (Result.isFailure(request)) return json(400, { detail: `no such fault: ${request.failure.message}` })
  const fault = simulation.inject(request.success)
  return typeof fault === "string" ? json(422, { detail: fault }) : json(201, fault.view(at))
}

const depthOf = (url: URL): number => {
  const depth = Number(url.searchParams.get("depth") ?? Infinity)
  return depth >= 0 ? depth : Infinity
}

const decoded = (part: string): string => {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
