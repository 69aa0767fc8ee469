// Owns Kraken's spot server side of today: websocket v2 (wss://ws.kraken.com/v2), as the sheet of docs.kraken.com shows
// it (read 2026-11-23): what is listed and allowed, and one gateway. The talk itself is KrakenConversation; futures are
// another platform, KrakenFutures. Simplified: channels book, trade and instrument alone, of REST Depth and AssetPairs
// (krakenInstruments). Surprises kept: a level that better ones push out of the depth is never removed, the client
// cuts; `connection_id` is beyond 2^53. No rate of messages is published.
import type { Client, Conversation, Gateway, Listing, RestAnswer, SimLevel, SimMarket, Venue } from "../Venue.ts"
import { WindowChanges } from "../WindowChanges.ts"
import { KrakenConversation } from "./KrakenConversation.ts"
import { altname, assetPairs, isTokenised } from "./krakenInstruments.ts"

class KrakenGateway implements Gateway {
  readonly markets: ReadonlyMap<string, SimMarket>
  readonly windows: WindowChanges
  private readonly rand: () => number

  constructor(markets: ReadonlyMap<string, SimMarket>, rand: () => number) {
    this.markets = markets
    this.windows = new WindowChanges(markets, false)
    this.rand = rand
  }

  step(market: SimMarket): void {
    this.windows.step(market)
  }

  connect(path: string, client: Client, at: number): Conversation | string {
    if (path !== "/v2") return "not found"
    client.send("acknowledgement", null, statusFrame(client.halted === true ? "maintenance" : "online", this.rand))
    return new KrakenConversation(this.markets, this.windows, client, at)
  }

  rest(path: string, at: number): RestAnswer | null {
    const { pathname, searchParams } = new URL(path, "http://venue")
    if (pathname === "/0/public/AssetPairs") {
      const tokenised = searchParams.get("aclass_base") === "tokenized_asset"
      return { status: 200, body: assetPairs(this.markets.values(), tokenised) }
    }
    if (pathname !== "/0/public/Depth") return null
    const market = [...this.markets.values()].find((one) => altname(one) === searchParams.get("pair"))
    // tokenised stocks are found in their own asset class alone
    const asked = searchParams.get("asset_class") === "tokenized_asset"
    if (market === undefined || !this.markets.has(market.symbol) || asked !== isTokenised(market))
      return { status: 200, body: `{"error":["EQuery:Unknown asset pair"]}` }
    const count = Number(searchParams.get("count") ?? 100)
    const side = (levels: ReadonlyArray<SimLevel>) =>
      levels.slice(0, count).map(({ price, size }) => [price, size, Math.floor(at / 1_000_000)])
    const book = { asks: side(market.asks), bids: side(market.bids) }
    return { status: 200, body: JSON.stringify({ error: [], result: { [altname(market)]: book } }) }
  }

  maintenance(client: Client): void {
    client.send("acknowledgement", null, statusFrame("maintenance", this.rand))
  }

  resume(client: Client): void {
    client.send("acknowledgement", null, statusFrame("online", this.rand))
  }
}

const statusFrame = (system: string, rand: () => number): string => {
  const connection = 13_834_774_380_200_000_000n + BigInt(Math.floor(rand() * 1_000_000_000))
  const data =
    `{"version":"2.0.10","system":"${system}","api_version":"v2","connection_id":${connection},` +
    `"upcoming_maintenance":[],"emergency":[]}`
  return `{"channel":"status","type":"update","data":[${data}]}`
}

const pair = (base: string, quote: string, priceDecimals: number, price: number, size: number): Listing => ({
  symbol: `${base}/${quote}`,
  base,
  quote,
  priceDecimals,
  sizeDecimals: 8,
  price,
  size
})

export const krakenSpot: Venue = {
  exchange: "Kraken",
  marketType: "SPOT",
  history: false,
  listings: [
    pair("BTC", "USD", 1, 97_000, 0.25),
    pair("ETH", "USD", 2, 3_400, 2),
    pair("ETH", "BTC", 5, 0.035, 4),
    pair("DOGE", "EUR", 7, 0.1512, 9_000)
  ],
  listing: (n) => pair(`S${String(n).padStart(3, "0")}`, "USD", 3, 25, 40),
  limits: {
    connects: { count: 150, perMs: 600_000 },
    // the real limit moves with the load and is published nowhere; clients that keep to 20 a second are never refused
    messages: { count: 40, perMs: 1_000 },
    rest: { weight: 15, perMs: 15_000, weightOf: () => 1 },
    marketsPerSocket: 1_000,
    ban: { status: 429, ms: 600_000 }
  },
  gateway: (markets, rand) => new KrakenGateway(markets, rand)
}
