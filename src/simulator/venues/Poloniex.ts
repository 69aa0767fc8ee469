// Owns Poloniex's server side: spot websocket v2 (/ws/public) and futures v3 (/ws/v3/public), as the sheet of
// api-docs.poloniex.com, a capture of 2022-08-22 and probes of 2026-09 show them (read 2026-11-23): what is listed and
// allowed, one gateway, the lists of what trades (poloniexInstruments), and the REST books, which have no ids to join
// on (spot writes its sides as flat lists, unverified in the sheet). The talk itself is PoloniexConversation.
// Simplified: channels book_lv2, trades and that of the listing alone.
import type { Client, Conversation, Gateway, Listing, RestAnswer, SimMarket, SimStep, Venue } from "../Venue.ts"
import { PoloniexChains } from "./PoloniexChains.ts"
import { type PoloniexBooks, PoloniexConversation } from "./PoloniexConversation.ts"
import { poloniexPerpPlatform, type PoloniexPlatform, poloniexSpotPlatform } from "./PoloniexPlatform.ts"

/** Levels a side that REST gives; the default first. */
const LIMITS = [10, 20, 50, 100, 150]

class PoloniexGateway implements Gateway, PoloniexBooks {
  readonly platform: PoloniexPlatform
  readonly markets: ReadonlyMap<string, SimMarket>
  readonly chains: PoloniexChains
  readonly rand: () => number

  constructor(platform: PoloniexPlatform, markets: ReadonlyMap<string, SimMarket>, rand: () => number) {
    this.platform = platform
    this.markets = markets
    this.rand = rand
    this.chains = new PoloniexChains(platform, markets, rand)
  }

  step(market: SimMarket, step: SimStep): void {
    this.chains.step(market, step)
  }

  connect(path: string, client: Client, at: number): Conversation | string {
    return path === this.platform.path ? new PoloniexConversation(this, client, at) : "not found"
  }

  rest(path: string, at: number): RestAnswer | null {
    const { pathname, searchParams } = new URL(path, "http://venue")
    if (pathname === this.platform.listing.path)
      return { status: 200, body: this.platform.listing.body(this.markets.values(), at) }
    const symbol = this.platform.restSymbol(pathname, searchParams)
    if (symbol === null) return null
    const asked = Number(searchParams.get("limit") ?? LIMITS[0])
    const limit = LIMITS.find((one) => one >= asked) ?? LIMITS.at(-1)!
    return this.platform.restBook(this.markets.get(symbol), limit, Math.floor(at / 1000))
  }

  /** The venue has no such frame: it closes the socket. */
  maintenance(): void {}

  renumber(symbol: string, back: number | null): boolean {
    return this.chains.renumber(symbol, back)
  }
}

const pair = (base: string, suffix: string, numbers: Omit<Listing, "symbol" | "base" | "quote">): Listing => ({
  symbol: `${base}_USDT${suffix}`,
  base,
  quote: "USDT",
  ...numbers
})

const made = (n: number): string => `S${String(n).padStart(3, "0")}`

const common = { exchange: "Poloniex", history: false } as const
const limits: Venue["limits"] = {
  // connections are limited in number, not in rate: 2,000 at a time
  connects: { count: 2_000, perMs: 60_000 },
  messages: { count: 500, perMs: 1_000 },
  // futures: 300 a second for market data; spot's figure is not known
  rest: { weight: 300, perMs: 1_000, weightOf: () => 1 },
  // no cap is published
  marketsPerSocket: 1_000,
  ban: { status: 429, ms: 60_000 }
}

export const poloniexSpot: Venue = {
  ...common,
  marketType: "SPOT",
  listings: [
    pair("BTC", "", { priceDecimals: 2, sizeDecimals: 6, price: 97_000, size: 0.25 }),
    pair("ETH", "", { priceDecimals: 2, sizeDecimals: 6, price: 3_400, size: 2 }),
    pair("TRX", "", { priceDecimals: 6, sizeDecimals: 3, price: 0.2816, size: 4_000 })
  ],
  listing: (n) => pair(made(n), "", { priceDecimals: 3, sizeDecimals: 4, price: 25, size: 40 }),
  limits,
  gateway: (markets, rand) => new PoloniexGateway(poloniexSpotPlatform, markets, rand)
}

export const poloniexPerp: Venue = {
  ...common,
  marketType: "PERP",
  listings: [
    pair("BTC", "_PERP", { priceDecimals: 2, sizeDecimals: 0, price: 97_000, size: 400 }),
    pair("ETH", "_PERP", { priceDecimals: 2, sizeDecimals: 0, price: 3_400, size: 300 }),
    pair("DOGE", "_PERP", { priceDecimals: 5, sizeDecimals: 0, price: 0.15123, size: 90 })
  ],
  listing: (n) => pair(made(n), "_PERP", { priceDecimals: 3, sizeDecimals: 0, price: 25, size: 40 }),
  limits,
  gateway: (markets, rand) => new PoloniexGateway(poloniexPerpPlatform, markets, rand)
}
