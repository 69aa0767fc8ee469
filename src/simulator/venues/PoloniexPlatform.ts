// Owns what differs between Poloniex's two simulated platforms: spot v2 and futures v3 say the same with other key
// names.
// Surprises kept: spot numbers are unpadded, mostly, and a spot trade's `amount` is its turnover; futures ids are
// numbers.
import type { RestAnswer, SimLevel, SimMarket, SimTrade } from "../Venue.ts"
import { unpadded } from "../unpadded.ts"
import { CONTRACTS, poloniexContracts, type PoloniexListing, poloniexMarkets } from "./poloniexInstruments.ts"

export interface PoloniexPlatform {
  readonly path: string
  readonly listing: PoloniexListing
  readonly early: number
  readonly book: (symbol: string, sides: string, ids: Ids, at: number, now: number) => string
  readonly trade: (market: SimMarket, trade: SimTrade, now: number) => string
  readonly text: (decimal: string, rand: () => number) => string
  /** The symbol that a REST path asks the book of; null where it asks for something else. */
  readonly restSymbol: (pathname: string, query: URLSearchParams) => string | null
  /** `market` undefined: it is not listed. */
  readonly restBook: (market: SimMarket | undefined, limit: number, now: number) => RestAnswer
}

/** The id of a change and of the one before it. */
export interface Ids {
  readonly last: number
  readonly id: number
}

/** How often a futures subscription hears a change before its snapshot. */
const EARLY = 1 / 36

const millis = (at: number): number => Math.floor(at / 1000)

/** Price times quantity, without the noise of doubles. */
const turnover = (price: string, size: string, unit = 1): string =>
  String(+(Number(price) * Number(size) * unit).toPrecision(15))

export const poloniexSpotPlatform: PoloniexPlatform = {
  path: "/ws/public",
  listing: poloniexMarkets,
  early: 0,
  book: (symbol, sides, { last, id }, at, now) =>
    `{"symbol":"${symbol}","createTime":${millis(at)},${sides},"lastId":${last},"id":${id},"ts":${millis(now)}}`,
  trade: ({ symbol }, { id, price, size, side, at }, now) =>
    `{"symbol":"${symbol}","amount":"${turnover(price, size)}","quantity":"${unpadded(size)}","takerSide":"${side}",` +
    `"createTime":${millis(at)},"price":"${unpadded(price)}","id":"${60_000_000 + id}","ts":${millis(now)}}`,
  // some sizes keep a zero or two
  text: (decimal, rand) => (rand() < 0.05 ? decimal : unpadded(decimal)),
  restSymbol: (pathname) => /^\/markets\/([^/]+)\/orderBook$/.exec(pathname)?.[1] ?? null,
  restBook: (market, limit, now) => {
    if (market === undefined) return { status: 400, body: '{"code":400,"message":"Invalid symbol"}' }
    const side = (levels: ReadonlyArray<SimLevel>): ReadonlyArray<string> =>
      levels.slice(0, limit).flatMap(({ price, size }) => [unpadded(price), unpadded(size)])
    return {
      status: 200,
      body: JSON.stringify({ time: now, asks: side(market.asks), bids: side(market.bids), ts: now })
    }
  }
}

export const poloniexPerpPlatform: PoloniexPlatform = {
  path: "/ws/v3/public",
  listing: poloniexContracts,
  early: EARLY,
  book: (symbol, sides, { last, id }, at, now) =>
    `{${sides},"lid":${last},"id":${id},"ts":${millis(now)},"s":"${symbol}","cT":${millis(at)}}`,
  trade: ({ symbol }, { id, price, size, side, at }, now) =>
    `{"id":${id},"ts":${millis(now)},"s":"${symbol}","px":"${price}","qty":"${size}",` +
    `"amt":"${turnover(price, size, CONTRACTS.get(symbol))}","side":"${side}","cT":${millis(at)}}`,
  text: (decimal) => decimal,
  restSymbol: (pathname, query) => (pathname === "/v3/market/orderBook" ? (query.get("symbol") ?? "") : null),
  restBook: (market, limit, now) => {
    // errors come with status 200
    if (market === undefined) return { status: 200, body: '{"code":400,"msg":"Invalid symbol"}' }
    const side = (levels: ReadonlyArray<SimLevel>) => levels.slice(0, limit).map(({ price, size }) => [price, size])
    const data = { asks: side(market.asks), bids: side(market.bids), ts: now }
    return { status: 200, body: JSON.stringify({ code: 200, msg: "Success", data }) }
  }
}
