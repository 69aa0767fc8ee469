// Owns the server side of Bybit v5: the public sockets of spot, linear and inverse with `orderbook.{50,200,1000}` and
// `publicTrade`, and the REST book, recent trades and instruments. Source: venues/bybit.md, its frames of 2026-10-08.
// The conversation is BybitConversation's, the texts are BybitTape's. Frames go out with each step of a market rather
// than every 20, 100 or 200 ms. Invariant: the category's path decides, a socket of one does not serve another.
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
import { BybitConversation } from "./BybitConversation.ts"
import { instrumentsInfo } from "./bybitInstruments.ts"
import { BybitTape, type Category } from "./BybitTape.ts"

class BybitGateway implements Gateway {
  private readonly category: Category
  private readonly markets: ReadonlyMap<string, SimMarket>
  private readonly rand: () => number
  private readonly tape: BybitTape

  constructor(category: Category, markets: ReadonlyMap<string, SimMarket>, rand: () => number) {
    this.category = category
    this.markets = markets
    this.rand = rand
    this.tape = new BybitTape(category, markets, rand)
  }

  added(market: SimMarket): void {
    this.tape.added(market)
  }

  step(market: SimMarket, step: SimStep): void {
    this.tape.step(market, step)
  }

  connect(path: string, client: Client, at: number): Conversation | string {
    const { pathname } = new URL(path, "http://venue")
    if (pathname !== `/v5/public/${this.category}`) return "no such socket"
    const word = (): string =>
      Math.floor(this.rand() * 36 ** 10)
        .toString(36)
        .padStart(10, "0")
    return new BybitConversation(this.tape, client, at, `${word()}${word()}-${word().slice(0, 5)}`)
  }

  rest(path: string, at: number): RestAnswer | null {
    const { pathname, searchParams } = new URL(path, "http://venue")
    const what = /^\/v5\/market\/(orderbook|recent-trade|instruments-info)$/.exec(pathname)?.[1]
    if (what === undefined) return null
    const time = Math.floor(at / 1000)
    if (searchParams.get("category") !== this.category) return refused(10001, "Illegal category", time)
    if (what === "instruments-info")
      return answer(instrumentsInfo(this.category, this.markets.values(), searchParams), time)
    const market = this.markets.get(searchParams.get("symbol") ?? "")
    if (market === undefined) return refused(10001, "Not supported symbols", time)
    const limit = Math.max(1, Math.min(1000, Number(searchParams.get("limit") ?? 25) || 25))
    return answer(what === "orderbook" ? this.book(market, limit, time) : this.trades(market, limit), time)
  }

  maintenance(): void {
    // `system.status` comes on a socket of its own: these only close
  }

  renumber(symbol: string, back: number | null): boolean {
    return this.tape.renumber(symbol, back)
  }

  /** Its `u` is that of the 1000-level topic. */
  private book(market: SimMarket, limit: number, time: number): string {
    const data = this.tape.data(market, 1000, market.bids.slice(0, limit), market.asks.slice(0, limit))
    return `{${data.replace(/,"u":/, `,"ts":${time},"u":`)},"cts":${time}}`
  }

  private trades(market: SimMarket, limit: number): string {
    const list = market.trades
      .slice(-limit)
      .reverse()
      .map(({ id, price, size, side, at }) => ({
        execId: this.tape.tradeId(market, id),
        symbol: market.symbol,
        price: this.tape.decimal(price),
        size: this.tape.decimal(size),
        side: side === "buy" ? "Buy" : "Sell",
        time: String(Math.floor(at / 1000)),
        isBlockTrade: false
      }))
    return JSON.stringify({ category: this.category, list })
  }
}

const answer = (result: string, time: number): RestAnswer => ({
  status: 200,
  body: `{"retCode":0,"retMsg":"OK","result":${result},"retExtInfo":{},"time":${time}}`
})

const refused = (code: number, message: string, time: number): RestAnswer => ({
  status: 200,
  body: `{"retCode":${code},"retMsg":"${message}","result":{},"retExtInfo":{},"time":${time}}`
})

const made = (n: number): string => `S${String(n).padStart(3, "0")}`

/** Counted together: the categories share one host. */
const LIMITS: SimLimits = {
  connects: { count: 500, perMs: 300_000 },
  // none is documented
  messages: { count: 500, perMs: 1_000 },
  rest: { weight: 600, perMs: 5_000, weightOf: () => 1 },
  marketsPerSocket: 500,
  // "access too frequent": all HTTP is refused for ten minutes
  ban: { status: 403, ms: 600_000 }
}

const venue = (
  marketType: MarketType,
  category: Category,
  listings: ReadonlyArray<Listing>,
  listing: (n: number) => Listing
): Venue => ({
  exchange: "Bybit",
  marketType,
  history: false,
  listings,
  listing,
  limits: LIMITS,
  gateway: (markets, rand) => new BybitGateway(category, markets, rand)
})

const spot = (base: string, price: number, priceDecimals: number, size: number, sizeDecimals: number): Listing => ({
  symbol: `${base}USDT`,
  base,
  quote: "USDT",
  priceDecimals,
  sizeDecimals,
  price,
  size
})

/** Derivatives pad to two decimals, though their ticks are coarser. */
const linear = (base: string, price: number, priceStep: number, size: number, sizeDecimals: number): Listing => ({
  ...spot(base, price, 2, size, sizeDecimals),
  priceStep
})

/** Sizes are contracts of 1 USD. */
const inverse = (base: string, price: number, priceStep: number): Listing => ({
  ...linear(base, price, priceStep, 3_000, 0),
  symbol: `${base}USD`,
  quote: "USD"
})

export const bybitSpot = venue(
  "SPOT",
  "spot",
  [spot("BTC", 82_680, 1, 0.02, 6), spot("ETH", 3_120, 2, 0.4, 5), spot("XRP", 2.3412, 4, 400, 2)],
  (n) => spot(made(n), 10 + n, 3, 25, 2)
)

export const bybitLinear = venue(
  "PERP",
  "linear",
  [linear("BTC", 82_642.8, 10, 0.3, 3), linear("ETH", 3_119.5, 1, 4, 2), linear("LTC", 84.7, 1, 20, 1)],
  (n) => linear(made(n), 20 + n, 1, 25, 1)
)

export const bybitInverse = venue(
  "INVERSE",
  "inverse",
  [inverse("BTC", 82_564.5, 50), inverse("ETH", 3_118, 5), { ...inverse("XRP", 2.341, 1), priceDecimals: 4 }],
  (n) => inverse(made(n), 20 + n, 1)
)
