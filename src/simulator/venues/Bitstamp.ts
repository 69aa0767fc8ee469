// Owns the server side of Bitstamp: websocket v2 with `diff_order_book_`, `order_book_` and `live_trades_` of spot and
// perpetual markets, and the REST book and list of markets. Source: venues/bitstamp.md, its frames, and the capture of
// 2022-01-04. The conversation is BitstampConversation's, the texts are BitstampTape's. Frames go out with each step of
// a market rather than sampled. Invariant: nothing is sent that could show a lost diff but stamps and crossed books.
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
import { decimalStep } from "../decimalStep.ts"
import { BitstampConversation } from "./BitstampConversation.ts"
import { BitstampTape, type MarketKind } from "./BitstampTape.ts"

class BitstampGateway implements Gateway {
  private readonly kind: MarketKind
  private readonly markets: ReadonlyMap<string, SimMarket>
  private readonly tape: BitstampTape

  constructor(kind: MarketKind, markets: ReadonlyMap<string, SimMarket>) {
    this.kind = kind
    this.markets = markets
    this.tape = new BitstampTape(kind, markets)
  }

  step(market: SimMarket, step: SimStep): void {
    this.tape.step(market, step)
  }

  connect(path: string, client: Client): Conversation | string {
    return path === "/" || path === "" ? new BitstampConversation(this.tape, client) : "no such socket"
  }

  rest(path: string, at: number): RestAnswer | null {
    const { pathname, searchParams } = new URL(path, "http://venue")
    if (pathname === "/api/v2/markets/") return { status: 200, body: this.list() }
    const symbol = /^\/api\/v2\/order_book\/([^/]+)\/?$/.exec(pathname)?.[1]
    if (symbol === undefined || (searchParams.get("group") ?? "1") !== "1") return null
    const market = this.markets.get(symbol)
    if (market === undefined) return { status: 404, body: '{"status": "error", "reason": "Not found."}' }
    return { status: 200, body: this.tape.restBook(market, at) }
  }

  maintenance(client: Client): void {
    client.send("error", null, '{"event":"bts:request_reconnect","channel":"","data":null}')
  }

  shutdown(client: Client): void {
    this.maintenance(client)
  }

  renumber(symbol: string, back: number | null): boolean {
    const market = this.markets.get(symbol)
    return market !== undefined && this.tape.renumber(market, back)
  }

  private list(): string {
    const listed = [...this.markets.values()].filter(({ state }) => state !== "dropped")
    return JSON.stringify(listed.map((market) => rowOf(this.kind, market)))
  }
}

const rowOf = (kind: MarketKind, { symbol, base, quote, priceDecimals, sizeDecimals, state }: SimMarket) => ({
  market_symbol: symbol,
  name: kind === "spot" ? `${base}/${quote}` : `${base}/${quote}-PERP`,
  base_currency: base,
  base_decimals: sizeDecimals,
  counter_currency: quote,
  counter_decimals: priceDecimals,
  minimum_order_value: "10",
  // there is no other word, not even before a launch
  trading: state === "trading" ? "Enabled" : "Disabled",
  market_type: kind === "spot" ? "SPOT" : "PERPETUAL",
  ...(kind === "perp" && {
    minimum_order_amount: decimalStep(sizeDecimals),
    payoff_type: "Linear",
    contract_size: "1.00000000"
  })
})

/** Counted together: both kinds of market share one host. */
const LIMITS: SimLimits = {
  // neither connections nor messages have a published limit
  connects: { count: 100, perMs: 1_000 },
  messages: { count: 1_000, perMs: 1_000 },
  rest: { weight: 10_000, perMs: 600_000, weightOf: () => 1 },
  // two of 1,024 channels each
  marketsPerSocket: 512,
  ban: { status: 429, ms: 60_000 }
}

const venue = (marketType: MarketType, kind: MarketKind, of: ListingOf, listings: ReadonlyArray<Listing>): Venue => ({
  exchange: "Bitstamp",
  marketType,
  history: false,
  listings,
  listing: (n) => of(`S${String(n).padStart(3, "0")}`, 10 + n, 3, 25, 5),
  limits: LIMITS,
  gateway: (markets) => new BitstampGateway(kind, markets)
})

type ListingOf = (base: string, price: number, priceDecimals: number, size: number, sizeDecimals: number) => Listing

const spot: ListingOf = (base, price, priceDecimals, size, sizeDecimals) => ({
  symbol: `${base}usd`.toLowerCase(),
  base,
  quote: "USD",
  priceDecimals,
  sizeDecimals,
  price,
  size
})

const perp: ListingOf = (base, ...rest) => ({ ...spot(base, ...rest), symbol: `${base}usd-perp`.toLowerCase() })

export const bitstampSpot = venue("SPOT", "spot", spot, [
  spot("BTC", 82_600, 2, 0.05, 8),
  spot("ETH", 3_119.5, 2, 0.6, 8),
  spot("XRP", 2.34125, 5, 350, 8)
])

export const bitstampPerp = venue("PERP", "perp", perp, [
  perp("BTC", 82_610, 0, 0.3, 5),
  perp("ETH", 3_119.5, 1, 4, 4),
  perp("SOL", 142.51, 2, 30, 2)
])
