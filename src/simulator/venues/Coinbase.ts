// Owns the server side of Coinbase Exchange (spot): its websocket feed (`level2_batch`, `matches`, `heartbeat`,
// `status`, all without keys) and the REST book, trades and products. Source: venues/coinbase.md, its frames and the
// capture of 2021-04-17. The conversation is CoinbaseConversation's, the texts are CoinbaseTape's. Invariant:
// nothing of the book is said that could show a loss, no sequence and no checksum, as on the real feed.
import { isoTime } from "../isoTime.ts"
import type { Client, Conversation, Gateway, Listing, RestAnswer, SimLevel, SimMarket } from "../Venue.ts"
import type { SimStep, Venue } from "../Venue.ts"
import { CoinbaseConversation } from "./CoinbaseConversation.ts"
import { products } from "./coinbaseProducts.ts"
import { CoinbaseTape, makerSide } from "./CoinbaseTape.ts"

class CoinbaseGateway implements Gateway {
  private readonly markets: ReadonlyMap<string, SimMarket>
  private readonly tape: CoinbaseTape

  constructor(markets: ReadonlyMap<string, SimMarket>, rand: () => number) {
    this.markets = markets
    this.tape = new CoinbaseTape(markets, rand)
  }

  step(market: SimMarket, step: SimStep): void {
    this.tape.step(market, step)
  }

  connect(path: string, client: Client, at: number): Conversation | string {
    return path === "/" || path === "" ? new CoinbaseConversation(this.tape, client, at) : "no such feed"
  }

  rest(path: string, at: number): RestAnswer | null {
    const url = new URL(path, "http://venue")
    if (url.pathname === "/products") return ok(products(this.markets.values()))
    const [, id = "", what] = /^\/products\/([^/]+)\/(book|trades)$/.exec(url.pathname) ?? []
    if (what === undefined) return null
    const market = this.markets.get(id)
    if (market === undefined) return { status: 404, body: '{"message":"NotFound"}' }
    return what === "book" ? this.restBook(market, url.searchParams.get("level"), at) : restTrades(market)
  }

  maintenance(): void {
    // the feed has no frame for it: the socket closes
  }

  private restBook(market: SimMarket, level: string | null, at: number): RestAnswer {
    const depth = level === "2" ? Infinity : 1
    const rows = (levels: ReadonlyArray<SimLevel>) =>
      levels
        .slice(0, depth)
        .map(({ price, size, orders }) => `["${price}","${size}",${orders}]`)
        .join(",")
    return ok(
      `{"bids":[${rows(market.bids)}],"asks":[${rows(market.asks)}],` +
        `"sequence":${this.tape.product(market.symbol).sequence},` +
        `"auction_mode":false,"auction":null,"time":"${isoTime(at, 6)}"}`
    )
  }
}

const restTrades = ({ trades }: SimMarket): RestAnswer => {
  const rows = trades
    .slice(-1000)
    .reverse()
    .map(({ id, price, size, side, at }) => ({
      trade_id: id,
      side: makerSide(side),
      size,
      price,
      time: isoTime(at, 6)
    }))
  return ok(JSON.stringify(rows))
}

const ok = (body: string): RestAnswer => ({ status: 200, body })

const listing = (base: string, price: number, priceDecimals: number, size: number, sizeDecimals: number): Listing => ({
  symbol: `${base}-USD`,
  base,
  quote: "USD",
  priceDecimals,
  sizeDecimals,
  price,
  size
})

export const coinbase: Venue = {
  exchange: "Coinbase",
  marketType: "SPOT",
  history: false,
  listings: [
    listing("BTC", 82_600, 2, 0.05, 8),
    listing("ETH", 3_120, 2, 0.8, 8),
    listing("SOL", 142.5, 2, 12, 6),
    listing("SKL", 0.791, 4, 1200, 1)
  ],
  listing: (n) => listing(`S${String(n).padStart(3, "0")}`, 10 + n, 3, 25, 4),
  limits: {
    // 8 a second with a burst of 20, for connections and public REST alike
    connects: { count: 20, perMs: 2_500 },
    messages: { count: 100, perMs: 1_000 },
    rest: { weight: 20, perMs: 2_500, weightOf: () => 1 },
    marketsPerSocket: 1_000,
    ban: { status: 429, ms: 1_000 }
  },
  gateway: (markets, rand) => new CoinbaseGateway(markets, rand)
}
