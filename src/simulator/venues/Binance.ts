// Owns the server side of Binance's three systems: their sockets' paths, REST book, markets and limits. What tells the
// systems apart is BinanceSystem's, exchangeInfo binanceInfo's, ids and depth events BinanceDepth's, talk
// BinanceConversation's.
// Source: venues/binance.md and the captures of 2021. Left out: user data, klines, tickers: acknowledged and silent.
// Unsure in the sheet: connects and REST weights of the futures systems (the smaller limits).
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
import { BinanceConversation } from "./BinanceConversation.ts"
import { BinanceDepth } from "./BinanceDepth.ts"
import { exchangeInfo } from "./binanceInfo.ts"
import { inverseSystem, linearSystem, spotSystem, type BinanceSystem } from "./BinanceSystem.ts"

const PATH = /^(.*)\/(stream|ws)(?:\/(.+))?$/

class BinanceGateway implements Gateway {
  private readonly system: BinanceSystem
  private readonly markets: ReadonlyMap<string, SimMarket>
  private readonly depth: BinanceDepth
  private readonly talks = new WeakMap<Client, BinanceConversation>()
  /** Only spot has a frame for it (since 2026-05). */
  readonly shutdown?: (client: Client, at: number) => void

  constructor(system: BinanceSystem, markets: ReadonlyMap<string, SimMarket>, rand: () => number) {
    this.system = system
    this.markets = markets
    this.depth = new BinanceDepth(system, markets.keys(), rand)
    if (system.marketType === "SPOT") this.shutdown = (client, at) => this.talks.get(client)?.maintenance(at)
  }

  step(market: SimMarket, step: SimStep): void {
    this.depth.step(market, step)
  }

  connect(path: string, client: Client): Conversation | string {
    const url = new URL(path, "http://venue")
    const [, prefix = "", mode, names] = PATH.exec(url.pathname) ?? []
    const delivers = mode === undefined ? undefined : this.system.delivers(prefix)
    if (delivers === undefined) return "no such path"
    const { system, markets, depth } = this
    const combined = mode === "stream"
    const talk = new BinanceConversation({ system, markets, depth, client, combined, delivers })
    this.talks.set(client, talk)
    for (const name of (names ?? url.searchParams.get("streams") ?? "").split("/"))
      if (name !== "") talk.subscribe(name)
    return talk
  }

  rest(path: string, at: number): RestAnswer | null {
    const { pathname, searchParams } = new URL(path, "http://venue")
    const { api } = this.system
    if (pathname === `${api}/depth`) return this.book(searchParams, at)
    if (pathname === `${api}/exchangeInfo`) return this.info(searchParams.get("symbol"), at)
    return pathname === `${api}/ping` ? ok("{}") : null
  }

  maintenance(client: Client, at: number): void {
    this.shutdown?.(client, at)
  }

  renumber(symbol: string, back: number | null): boolean {
    this.depth.renumber(symbol, back)
    return true
  }

  /** Of all, or of one alone: only the spot system knows such a question. */
  private info(symbol: string | null, at: number): RestAnswer {
    const one = symbol === null || this.system.marketType !== "SPOT" ? null : this.markets.get(symbol)
    if (one === null) return ok(exchangeInfo(this.system, this.markets.values(), at))
    return one === undefined || one.state === "dropped"
      ? failure(-1121, "Invalid symbol.")
      : ok(exchangeInfo(this.system, [one], at))
  }

  private book(query: URLSearchParams, at: number): RestAnswer {
    const symbol = query.get("symbol")
    if (symbol === null || symbol === "")
      return failure(-1102, "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed.")
    const market = this.markets.get(symbol)
    if (market === undefined) return failure(-1121, "Invalid symbol.")
    const { level, maxLimit, snapshotHead } = this.system
    const limit = Math.min(limitOf(query, this.system), maxLimit)
    const rows = (side: SimMarket["bids"]) => side.slice(0, limit).map(level).join(",")
    return ok(
      `{"lastUpdateId":${this.depth.lastId(symbol)},${snapshotHead(market, at)}` +
        `"bids":[${rows(market.bids)}],"asks":[${rows(market.asks)}]}`
    )
  }
}

const ok = (body: string): RestAnswer => ({ status: 200, body })
const failure = (code: number, msg: string): RestAnswer => ({ status: 400, body: JSON.stringify({ code, msg }) })

const limitOf = (query: URLSearchParams, system: BinanceSystem): number => {
  const limit = Number(query.get("limit") ?? system.defaultLimit)
  return Number.isSafeInteger(limit) && limit > 0 ? limit : system.defaultLimit
}

const limits = (system: BinanceSystem, messages: number, weight: number, markets: number): SimLimits => ({
  connects: { count: 300, perMs: 300_000 },
  messages: { count: messages, perMs: 1_000 },
  rest: {
    weight,
    perMs: 60_000,
    weightOf: (path) => {
      const { pathname, searchParams } = new URL(path, "http://venue")
      if (pathname.endsWith("/depth")) return system.weight(limitOf(searchParams, system))
      return pathname === "/api/v3/exchangeInfo" ? 20 : 1
    }
  },
  marketsPerSocket: markets,
  ban: { status: 418, ms: 120_000 }
})

/** One pool for both futures systems since 2026-06-30. */
const futuresLimits = limits(linearSystem, 10, 2_400, 512)

const linear = (base: string, price: number, size: number, priceDecimals: number, sizeDecimals: number): Listing => ({
  symbol: `${base}USDT`,
  base,
  quote: "USDT",
  priceDecimals,
  sizeDecimals,
  price,
  size
})
const inverse = (base: string, price: number, size: number, priceDecimals: number): Listing => ({
  symbol: `${base}USD_PERP`,
  base,
  quote: "USD",
  priceDecimals,
  sizeDecimals: 0,
  price,
  size
})

/** The base of a made-up pair: `S000`. */
const madeUp = (n: number): string => `S${String(n).padStart(3, "0")}`

export const binanceSpot: Venue = {
  exchange: "Binance",
  marketType: "SPOT",
  history: false,
  ping: { everyMs: 20_000, pongWithinMs: 60_000 },
  listings: [linear("BTC", 64_000, 0.05, 2, 5), linear("ETH", 3_200, 0.8, 2, 4), linear("NKN", 0.35, 900, 4, 1)],
  listing: (n) => linear(madeUp(n), 10 + n, 50, 3, 2),
  limits: limits(spotSystem, 5, 6_000, 512),
  gateway: (markets, rand) => new BinanceGateway(spotSystem, markets, rand)
}

export const binancePerp: Venue = {
  ...binanceSpot,
  marketType: "PERP",
  ping: { everyMs: 180_000, pongWithinMs: 600_000 },
  listings: [linear("BTC", 64_010, 0.2, 1, 3), linear("ETH", 3_201, 3, 2, 3), linear("SUSHI", 7.6, 800, 4, 0)],
  listing: (n) => linear(madeUp(n), 10 + n, 50, 3, 0),
  limits: futuresLimits,
  gateway: (markets, rand) => new BinanceGateway(linearSystem, markets, rand)
}

export const binanceInverse: Venue = {
  ...binancePerp,
  marketType: "INVERSE",
  listings: [inverse("BTC", 64_020, 500, 1), inverse("ETH", 3_202, 900, 2), inverse("XRP", 0.566, 4_000, 4)],
  listing: (n) => inverse(madeUp(n), 10 + n, 300, 3),
  limits: futuresLimits,
  gateway: (markets, rand) => new BinanceGateway(inverseSystem, markets, rand)
}
