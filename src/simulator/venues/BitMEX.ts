// Owns the server side of BitMEX: the realtime API with `orderBookL2` and `trade` of spot, linear and inverse markets,
// and the REST book and instruments. Source: venues/bitmex.md, its rows of 2026-09 and the capture of 2021-07-22. The
// conversation is BitMEXConversation's, the rows are BitMEXTape's and bitmexInstruments'. Sizes are whole contracts
// everywhere, Bitcoin is XBT.
// Invariant: no sequence, no checksum; what can show a loss are the keys alone.
import type { MarketType } from "../../domain/MarketType.ts"
import type {
  Client,
  Conversation,
  Gateway,
  Listing,
  RestAnswer,
  SimLimits,
  SimMarket,
  SimStep,
  Venue
} from "../Venue.ts"
import { BitMEXConversation } from "./BitMEXConversation.ts"
import { aliased, bitmexInstruments } from "./bitmexInstruments.ts"
import { BitMEXTape, type Pool } from "./BitMEXTape.ts"

class BitMEXGateway implements Gateway {
  private readonly type: MarketType
  private readonly markets: ReadonlyMap<string, SimMarket>
  private readonly tape: BitMEXTape

  constructor(type: MarketType, markets: ReadonlyMap<string, SimMarket>, rand: () => number) {
    this.type = type
    this.markets = markets
    this.tape = new BitMEXTape(type === "INVERSE", markets, rand)
  }

  step(market: SimMarket, step: SimStep): void {
    this.tape.step(market, step)
  }

  connect(path: string, client: Client, at: number): Conversation | string {
    const { pathname, searchParams } = new URL(path, "http://venue")
    if (pathname !== "/realtime") return "no such socket"
    const asked = searchParams.get("subscribe")?.split(",") ?? []
    return new BitMEXConversation(this.tape, this.markets, client, asked, at)
  }

  rest(path: string, at: number): RestAnswer | null {
    const { pathname, searchParams } = new URL(path, "http://venue")
    if (pathname === "/api/v1/instrument/active")
      return { status: 200, body: bitmexInstruments(this.type, this.markets.values(), at) }
    if (pathname !== "/api/v1/orderBook/L2") return null
    const symbol = searchParams.get("symbol") ?? ""
    const market = this.markets.get(symbol)
    const pool = POOLS[searchParams.get("pool") ?? "Aggregated"]
    if (market === undefined || pool === undefined) {
      const message = market === undefined ? `Unknown symbol ${symbol}` : "Unknown pool"
      return { status: 400, body: JSON.stringify({ error: { message, name: "HTTPError" } }) }
    }
    const depth = Number(searchParams.get("depth") ?? 0) || Infinity
    return { status: 200, body: this.tape.book(market, pool, depth, at) }
  }

  maintenance(): void {
    // there is no frame for it: the socket closes
  }
}

const POOLS: Readonly<Record<string, Pool>> = { Primary: "Primary", Secondary: "Secondary", Aggregated: "Aggregated" }

/** Counted together: all types of market share one host. */
const LIMITS: SimLimits = {
  connects: { count: 60, perMs: 3_600_000 },
  // public subscriptions on an open connection are not limited
  messages: { count: 1_000, perMs: 1_000 },
  rest: { weight: 30, perMs: 60_000, weightOf: () => 1 },
  marketsPerSocket: 500,
  ban: { status: 429, ms: 60_000 }
}

type ListingOf = (base: string, price: number, priceDecimals: number, priceStep: number, size: number) => Listing

const venue = (marketType: MarketType, of: ListingOf, listings: ReadonlyArray<Listing>): Venue => ({
  exchange: "BitMEX",
  marketType,
  history: true,
  listings,
  listing: (n) => of(`S${String(n).padStart(3, "0")}`, 20 + n, 2, 1, 20_000),
  limits: LIMITS,
  gateway: (markets, rand) => new BitMEXGateway(marketType, markets, rand)
})

const spot: ListingOf = (base, price, priceDecimals, priceStep, size) => ({
  symbol: `${aliased(base)}_USDT`,
  base,
  quote: "USDT",
  priceDecimals,
  sizeDecimals: 0,
  price,
  size,
  priceStep,
  sizeStep: 1_000
})

const linear: ListingOf = (base, ...rest) => ({ ...spot(base, ...rest), symbol: `${aliased(base)}USDT` })

const inverse =
  (quote: string): ListingOf =>
  (base, ...rest) => ({ ...spot(base, ...rest), symbol: `${aliased(base)}${quote}`, quote, sizeStep: 100 })

export const bitmexSpot = venue("SPOT", spot, [
  spot("BTC", 82_640, 1, 5, 30_000),
  spot("ETH", 3_119.5, 2, 5, 40_000),
  spot("SOL", 142.51, 2, 1, 200_000)
])

export const bitmexPerp = venue("PERP", linear, [
  linear("BTC", 82_642.5, 1, 5, 50_000),
  linear("ETH", 3_119.5, 2, 5, 60_000),
  linear("SOL", 142.51, 2, 1, 300_000)
])

export const bitmexInverse = venue("INVERSE", inverse("USD"), [
  inverse("USD")("BTC", 82_611.5, 1, 5, 25_000),
  inverse("EUR")("BTC", 71_204, 1, 5, 8_000)
])
