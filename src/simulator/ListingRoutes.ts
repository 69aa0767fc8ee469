// Owns the route by which a user of the simulator changes what its venues list: halts a market and lets it trade again,
// drops it, or lists more made-up ones. What follows on sockets and in REST answers is the venue's. Invariant: a
// request is done whole or not at all, and says which of its fields can't be used.
import { Result, Schema } from "effect"
import { MarketType } from "../domain/MarketType.ts"
import { json, parsed, wrongMethod } from "./ownAnswers.ts"
import type { TrueMarket } from "./Listings.ts"
import type { Answer } from "./SimServer.ts"
import type { SimulatedVenue } from "./SimulatedVenue.ts"

/** Markets of one venue and type. */
const MOST = 5_000

const Request = Schema.Union([
  Schema.Struct({
    exchange: Schema.String,
    market_type: MarketType,
    /** The venue's own spelling. */
    symbol: Schema.String,
    state: Schema.Literals(["trading", "pre_launch", "halted", "dropped"])
  }),
  Schema.Struct({
    exchange: Schema.String,
    market_type: MarketType,
    made_up: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: MOST }))
  })
])
const read = Schema.decodeUnknownResult(Request)

interface Simulated {
  readonly venues: ReadonlyArray<SimulatedVenue>
  readonly now: () => number
  /** Lists so many more made-up markets, which move as all others do. */
  readonly addMadeUp: (venue: SimulatedVenue, count: number) => ReadonlyArray<TrueMarket>
}

/**
 * GET: every market with its state. POST: `{"exchange","market_type","symbol","state"}` with `trading`, `pre_launch`,
 * `halted` (neither moves) or `dropped` (moves no more, is listed no more, and refused by name), or
 * `{"exchange","market_type","made_up":3}`, which lists so many more; either gives the markets that it changed.
 */
export const listingRoute = (simulated: Simulated, method: string, body: string): Answer => {
  if (method === "GET") return json(200, { listings: simulated.venues.flatMap((venue) => rows(venue, allOf(venue))) })
  if (method !== "POST") return wrongMethod
  const request = read(parsed(body))
  if (Result.isFailure(request)) return json(400, { detail: `no such change: ${request.failure.message}` })
  const { exchange, market_type } = request.success
  const venue = simulated.venues.find(({ prefix }) => prefix === `/${exchange}/${market_type}`.toLowerCase())
  if (venue === undefined) return json(404, { detail: `no ${market_type} market of ${exchange} is simulated` })
  if ("made_up" in request.success) {
    const room = MOST - venue.markets.size
    const { made_up } = request.success
    if (made_up > room) return json(422, { detail: `made_up: there is room for ${room} more` })
    return json(200, { listings: rows(venue, simulated.addMadeUp(venue, made_up)) })
  }
  const { symbol, state } = request.success
  const market = venue.markets.get(symbol)
  if (market === undefined) return json(404, { detail: `symbol: no market ${symbol} of ${exchange} ${market_type}` })
  venue.setState(market, state, simulated.now())
  return json(200, { listings: rows(venue, [market]) })
}

const allOf = ({ markets }: SimulatedVenue): ReadonlyArray<TrueMarket> => [...markets.values()]

const rows = ({ venue }: SimulatedVenue, markets: ReadonlyArray<TrueMarket>) =>
  markets.map(({ engine: { symbol, base, quote, state } }) => ({
    exchange: venue.exchange,
    market_type: venue.marketType,
    symbol,
    base,
    quote,
    state
  }))
