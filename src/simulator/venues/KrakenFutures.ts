// Owns Kraken's derivatives server side: websocket v1 (wss://futures.kraken.com/ws/v1), feeds book, trade and
// heartbeat, as the sheet of docs.kraken.com and a capture of 2021-07-22 show them (read 2026-11-23): what is listed
// and allowed, and one gateway with its sequences. Serves PERP (`PF_`, sizes in base) and INVERSE (`PI_`, contracts of
// 1 USD). The talk itself is KrakenFuturesConversation. Simplified: of REST the book and the instruments alone; the
// sequence of trades, unlike that of books, outlives a restart. Surprise kept: one level a frame, so a step is many
// frames, each with the product's next `seq`. Invariant: no frame of a step leaves the book crossed.
import { isoTime } from "../isoTime.ts"
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
import { KrakenFuturesConversation, type Product, type Products } from "./KrakenFuturesConversation.ts"
import { bookFrame, restLevels } from "./krakenFuturesFrames.ts"
import { instrumentsBody } from "./krakenFuturesInstruments.ts"

class FuturesGateway implements Gateway, Products {
  readonly rand: () => number
  private readonly markets: ReadonlyMap<string, SimMarket>
  private readonly products = new Map<string, Product>()

  constructor(markets: ReadonlyMap<string, SimMarket>, rand: () => number) {
    this.rand = rand
    this.markets = markets
    for (const market of markets.values()) {
      const seq = Math.floor(rand() * 5_000_000)
      this.products.set(market.symbol.toUpperCase(), {
        market,
        seq,
        gone: { bids: [], asks: [] },
        frames: []
      })
    }
  }

  product(name: string): Product | undefined {
    const product = this.products.get(name.toUpperCase())
    return product !== undefined && this.markets.has(product.market.symbol) ? product : undefined
  }

  step({ symbol }: SimMarket, { bids, asks, at }: SimStep): void {
    const product = this.products.get(symbol.toUpperCase())
    if (product === undefined) return
    const gone = { bids: bids.filter(isGone), asks: asks.filter(isGone) }
    const frame = (side: string) => (level: SimLevel) => bookFrame(symbol, side, ++product.seq, level, at)
    // what is left after the removals is part of both books, so nothing set later can cross it
    product.frames = [
      ...gone.bids.map(frame("buy")),
      ...gone.asks.map(frame("sell")),
      ...bids.filter((level) => !isGone(level)).map(frame("buy")),
      ...asks.filter((level) => !isGone(level)).map(frame("sell"))
    ]
    product.gone = gone
  }

  connect(path: string, client: Client, at: number): Conversation | string {
    if (path !== "/ws/v1") return "not found"
    client.send("acknowledgement", null, `{"event":"info","version":1}`)
    return new KrakenFuturesConversation(this, client, at)
  }

  /** The whole book of a product, or all products. */
  rest(path: string, at: number): RestAnswer | null {
    const { pathname, searchParams } = new URL(path, "http://venue")
    if (pathname === "/derivatives/api/v3/instruments")
      return { status: 200, body: instrumentsBody(this.markets.values(), at) }
    if (pathname !== "/derivatives/api/v3/orderbook") return null
    const product = this.product(searchParams.get("symbol") ?? "")
    const tail = `"serverTime":"${isoTime(at, 3)}"}`
    if (product === undefined) return { status: 200, body: `{"result":"error","error":"notFound",${tail}` }
    const { bids, asks } = product.market
    const book = `{"bids":${restLevels(bids)},"asks":${restLevels(asks)}}`
    return { status: 200, body: `{"result":"success","orderBook":${book},${tail}` }
  }

  /** The venue has no such frame: it closes the socket. */
  maintenance(): void {}

  renumber(symbol: string, back: number | null): boolean {
    const product = this.products.get(symbol.toUpperCase())
    if (product === undefined) return false
    product.seq = back === null ? 1 : Math.max(1, product.seq - back)
    return true
  }
}

const isGone = ({ orders }: SimLevel): boolean => orders === 0

const common = { exchange: "Kraken", history: false } as const
const limits: Venue["limits"] = {
  // connections are limited in number, not in rate: 100 at a time
  connects: { count: 100, perMs: 60_000 },
  messages: { count: 100, perMs: 1_000 },
  // 500 units in 10 s; public calls cost next to none of them
  rest: { weight: 500, perMs: 10_000, weightOf: () => 1 },
  marketsPerSocket: 1_000,
  ban: { status: 429, ms: 60_000 }
}
const gateway: Venue["gateway"] = (markets, rand) => new FuturesGateway(markets, rand)

const linear = (base: string, native: string, priceDecimals: number, price: number, size: number): Listing => ({
  symbol: `PF_${native}USD`,
  base,
  quote: "USD",
  priceDecimals,
  sizeDecimals: 4,
  price,
  size
})

const inverse = (
  base: string,
  native: string,
  priceDecimals: number,
  price: number,
  size: number,
  priceStep = 1
): Listing => ({
  symbol: `PI_${native}USD`,
  base,
  quote: "USD",
  priceDecimals,
  sizeDecimals: 0,
  price,
  size,
  priceStep
})

const made = (n: number): string => `S${String(n).padStart(3, "0")}`

export const krakenPerp: Venue = {
  ...common,
  marketType: "PERP",
  listings: [
    linear("BTC", "XBT", 0, 97_000, 0.25),
    linear("ETH", "ETH", 1, 3_400, 2),
    linear("PEPE", "PEPE", 10, 0.000_012_345, 900_000)
  ],
  listing: (n) => linear(made(n), made(n), 3, 25, 40),
  limits,
  gateway
}

export const krakenInverse: Venue = {
  ...common,
  marketType: "INVERSE",
  listings: [
    inverse("BTC", "XBT", 1, 97_000, 12_000, 5),
    inverse("ETH", "ETH", 2, 3_400, 5_000, 5),
    inverse("LTC", "LTC", 2, 119, 4_000)
  ],
  listing: (n) => inverse(made(n), made(n), 3, 25, 1_000),
  limits,
  gateway
}
