// Owns Gemini's server side of today: the WebSocket API 0.10 of wss://ws.gemini.com (SPOT and PERP on one protocol) and
// the public REST book and lists, as the sheet of developer.gemini.com shows them (probed 2026-09-15, read 2026-11-23).
// Streams served: `@depth@100ms`, gathered (100 ms is no floor there), `@depth5|10|20` with and without `@100ms`, and
// `@trade`. Simplified: one name a book, where the real GUSD and USDC perpetuals are twins. Surprises kept:
// ids are not dense and shared by all symbols (`U` is the symbol's own last `u`); a fresh socket hears the snapshot
// before the acknowledgement, a later subscription after it; the first event may overlap the snapshot; one bad name
// refuses the whole frame; `E` is beyond 2^53. There is no history of trades, no heartbeat and no maintenance frame.
import type {
  Client,
  Conversation,
  Gateway,
  Listing,
  RestAnswer,
  SimLevel,
  SimMarket,
  SimStep,
  Venue
} from "../Venue.ts"
import { GeminiChains } from "./GeminiChains.ts"
import { GeminiConversation } from "./GeminiConversation.ts"

class GeminiGateway implements Gateway {
  private readonly markets: ReadonlyMap<string, SimMarket>
  private readonly chains: GeminiChains

  constructor(markets: ReadonlyMap<string, SimMarket>, rand: () => number) {
    this.markets = markets
    this.chains = new GeminiChains(rand)
  }

  step(market: SimMarket, step: SimStep): void {
    this.chains.step(market, step)
  }

  connect(path: string, client: Client, at: number): Conversation | string {
    const { pathname, searchParams } = new URL(path, "http://venue")
    if (pathname !== "/") return "not found"
    const snapshot = Math.trunc(Number(searchParams.get("snapshot") ?? 0)) || 0
    return new GeminiConversation(this.markets, this.chains, client, snapshot, at)
  }

  rest(path: string): RestAnswer | null {
    const { pathname, searchParams } = new URL(path, "http://venue")
    const listed = [...this.markets.values()].filter(({ state }) => state !== "dropped")
    if (pathname === "/v1/symbols") return ok(listed.map(({ symbol }) => symbol))
    // not documented, and answered all the same
    if (pathname === "/v1/symbols/details/all") return ok(listed.map(detailsOf))
    const [, name, symbol = ""] = /^\/v1\/(book|symbols\/details)\/([^/]+)$/.exec(pathname) ?? []
    if (name === undefined) return null
    const market = this.markets.get(symbol.toLowerCase())
    if (market === undefined) return { status: 400, body: invalidSymbol(symbol) }
    if (name === "symbols/details") return ok(detailsOf(market))
    const limit = (key: string): number => Number(searchParams.get(key) ?? 50) || Infinity
    const side = (levels: ReadonlyArray<SimLevel>, depth: number) =>
      levels.slice(0, depth).map(({ price, size }) => ({ price, amount: size, timestamp: "0" }))
    return ok({ bids: side(market.bids, limit("limit_bids")), asks: side(market.asks, limit("limit_asks")) })
  }

  /** The venue has no such frame: it closes the socket. */
  maintenance(): void {}

  renumber(symbol: string, back: number | null): boolean {
    this.chains.renumber(symbol, back)
    return true
  }
}

const ok = (body: unknown): RestAnswer => ({ status: 200, body: JSON.stringify(body) })

const invalidSymbol = (symbol: string): string =>
  JSON.stringify({ result: "error", reason: "InvalidSymbol", message: `Invalid symbol: ${symbol}` })

/** No word says that a symbol is not launched yet. */
const STATUS = { trading: "open", pre_launch: "closed", halted: "cancel_only", dropped: "closed" } as const

const detailsOf = ({ symbol, base, quote, priceDecimals, sizeDecimals, state }: SimMarket) => ({
  symbol: symbol.toUpperCase(),
  base_currency: base,
  quote_currency: quote,
  tick_size: Number(`1e-${sizeDecimals}`),
  quote_increment: Number(`1e-${priceDecimals}`),
  min_order_size: (10 ** -sizeDecimals).toFixed(sizeDecimals),
  status: STATUS[state],
  product_type: symbol.endsWith("perp") ? "swap" : "spot",
  ...(symbol.endsWith("perp") && { contract_type: "linear" })
})

const listed = (
  base: string,
  quote: string,
  priceDecimals: number,
  sizeDecimals: number,
  price: number,
  size: number,
  suffix = ""
): Listing => ({
  symbol: `${base}${quote}`.toLowerCase() + suffix,
  base,
  quote,
  priceDecimals,
  sizeDecimals,
  price,
  size
})

const numbered = (n: number): string => `S${String(n).padStart(3, "0")}`

const common = {
  exchange: "Gemini",
  history: false,
  ping: { everyMs: 20_000, pongWithinMs: 20_000 },
  limits: {
    connects: { count: 300, perMs: 300_000 },
    messages: { count: 7_000, perMs: 10_000 },
    rest: { weight: 120, perMs: 60_000, weightOf: () => 1 },
    // no cap is published: so many were held on one socket
    marketsPerSocket: 2_392,
    ban: { status: 429, ms: 60_000 }
  },
  gateway: (markets: ReadonlyMap<string, SimMarket>, rand: () => number) => new GeminiGateway(markets, rand)
} as const

export const geminiSpot: Venue = {
  ...common,
  marketType: "SPOT",
  listings: [
    listed("BTC", "USD", 2, 8, 62_145.38, 0.12),
    listed("ETH", "USD", 2, 6, 2_482.55, 1.4),
    listed("SOL", "USD", 3, 6, 148.215, 12),
    listed("ETH", "BTC", 5, 6, 0.03995, 0.9),
    listed("XRP", "USD", 5, 6, 2.18345, 900)
  ],
  listing: (n) => listed(numbered(n), "USD", 4, 6, 10 + n, 20)
}

export const geminiPerp: Venue = {
  ...common,
  marketType: "PERP",
  listings: [
    listed("BTC", "GUSD", 2, 4, 62_140.5, 0.15, "perp"),
    listed("ETH", "GUSD", 4, 3, 2_482.55, 1.1, "perp"),
    listed("AVAX", "GUSD", 6, 5, 7.487, 140, "perp")
  ],
  listing: (n) => listed(numbered(n), "GUSD", 4, 3, 10 + n, 20, "perp")
}
