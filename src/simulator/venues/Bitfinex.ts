// Owns Bitfinex's server side: websocket v2 (wss://api-pub.bitfinex.com/ws/2), spot and derivatives alike, as the
// sheet of docs.bitfinex.com, a capture of 2021-04-17 and probes of 2026-09 show it (read 2026-11-23): what is
// listed and allowed, and one gateway. The talk itself is BitfinexConversation. Simplified: channels book and
// trades, of REST the book and the configuration; maintenance is announced, and its end is not. Prices keep to the
// five significant digits that P0 shows.
import type { Client, Conversation, Gateway, Listing, RestAnswer, SimMarket, Venue } from "../Venue.ts"
import { WindowChanges } from "../WindowChanges.ts"
import { type BitfinexBooks, BitfinexConversation } from "./BitfinexConversation.ts"
import { configuration } from "./bitfinexConf.ts"
import { bookLevel } from "./bitfinexFrames.ts"

class BitfinexGateway implements Gateway, BitfinexBooks {
  readonly markets: ReadonlyMap<string, SimMarket>
  readonly windows: WindowChanges
  readonly rand: () => number

  constructor(markets: ReadonlyMap<string, SimMarket>, rand: () => number) {
    this.markets = markets
    this.windows = new WindowChanges(markets, true)
    this.rand = rand
  }

  added(market: SimMarket): void {
    this.windows.added(market)
  }

  step(market: SimMarket): void {
    this.windows.step(market)
  }

  connect(path: string, client: Client, at: number): Conversation | string {
    if (path !== "/ws/2") return "not found"
    const serverId = "083bd8d4-aca7-4690-a573-eabfc8103de8"
    client.send(
      "acknowledgement",
      null,
      `{"event":"info","version":2,"serverId":"${serverId}","platform":{"status":${client.halted === true ? 0 : 1}}}`
    )
    return new BitfinexConversation(this, client, at)
  }

  /** The configuration, and the book at P0, its own page of the documents: bids best first, then asks. */
  rest(path: string): RestAnswer | null {
    const { pathname, searchParams } = new URL(path, "http://venue")
    const labels = /^\/v2\/conf\/(.+)$/.exec(pathname)?.[1]
    if (labels !== undefined)
      return { status: 200, body: configuration(decodeURIComponent(labels), this.markets.values()) }
    const named = /^\/v2\/book\/([^/]+)\/P0$/.exec(pathname)?.[1]
    if (named === undefined) return null
    const market = this.markets.get(decodeURIComponent(named))
    if (market === undefined) return { status: 500, body: `["error",10020,"symbol: invalid"]` }
    const len = Number(searchParams.get("len") ?? 25)
    const rows = [
      ...market.bids.slice(0, len).map((level) => bookLevel(level, 1)),
      ...market.asks.slice(0, len).map((level) => bookLevel(level, -1))
    ]
    return { status: 200, body: `[${rows.join(",")}]` }
  }

  maintenance(client: Client): void {
    client.send("acknowledgement", null, `{"event":"info","code":20060,"msg":"Entering in Maintenance mode"}`)
  }

  resume(client: Client): void {
    client.send("acknowledgement", null, `{"event":"info","code":20061,"msg":"Maintenance ended"}`)
  }

  shutdown(client: Client): void {
    const msg = "Stop/Restart Websocket Server (please reconnect)"
    client.send("acknowledgement", null, `{"event":"info","code":20051,"msg":"${msg}"}`)
  }
}

type Numbers = Pick<Listing, "priceDecimals" | "sizeDecimals" | "price" | "size">

/** Prices keep to five significant digits, which is all that P0 shows. */
const spot = (base: string, quote: string, native: string, numbers: Numbers): Listing => ({
  symbol: `t${native}`,
  base,
  quote,
  ...numbers
})

const perp = (base: string, numbers: Numbers): Listing => spot(base, "USDT", `${base}F0:USTF0`, numbers)

const made = (n: number): string => `S${String(n).padStart(3, "0")}`
const MADE: Numbers = { priceDecimals: 3, sizeDecimals: 8, price: 25, size: 40 }
const BTC: Numbers = { priceDecimals: 0, sizeDecimals: 8, price: 60_000, size: 0.25 }
const ETH: Numbers = { priceDecimals: 1, sizeDecimals: 8, price: 3_400, size: 2 }

const common = { exchange: "Bitfinex", history: false } as const
const limits: Venue["limits"] = {
  connects: { count: 20, perMs: 60_000 },
  // none is documented; bursts of twenty and more pass
  messages: { count: 100, perMs: 1_000 },
  // 10 to 90 calls a minute by endpoint; a breach blocks the address for a minute
  rest: { weight: 90, perMs: 60_000, weightOf: () => 1 },
  // the general page's 30 channels; the wire refused the 37th
  marketsPerSocket: 15,
  ban: { status: 429, ms: 60_000 }
}
const gateway: Venue["gateway"] = (markets, rand) => new BitfinexGateway(markets, rand)

export const bitfinexSpot: Venue = {
  ...common,
  marketType: "SPOT",
  listings: [
    spot("BTC", "USD", "BTCUSD", BTC),
    spot("ETH", "USDT", "ETHUST", ETH),
    // about the price where the venue's numbers turn to exponents
    spot("TRX", "BTC", "TRXBTC", { priceDecimals: 10, sizeDecimals: 4, price: 0.000_001, size: 20_000 }),
    spot("DOGE", "USD", "DOGE:USD", { priceDecimals: 5, sizeDecimals: 4, price: 0.162, size: 9_000 })
  ],
  listing: (n) => spot(made(n), "USD", `${made(n)}:USD`, MADE),
  limits,
  gateway
}

export const bitfinexPerp: Venue = {
  ...common,
  marketType: "PERP",
  listings: [
    perp("BTC", BTC),
    perp("ETH", ETH),
    perp("SOL", { priceDecimals: 2, sizeDecimals: 8, price: 138, size: 30 })
  ],
  listing: (n) => perp(made(n), MADE),
  limits,
  gateway
}
