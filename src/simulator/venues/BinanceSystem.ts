// Owns what tells Binance's three systems apart: spot, USD-M (linear) and COIN-M (inverse) futures. Paths, which
// streams a path delivers, how ids are counted, and the texts of their frames. Source: venues/binance.md, sections 3 to
// 8.
// Invariant: every frame has the fields of its system in the order of the sheet's captures.
import type { SimLevel, SimMarket, SimTrade } from "../Venue.ts"

export type StreamKind = "depth" | "trade" | "aggTrade"

/** What a depth event covers: its own first and last id, and the last one before it. */
interface DepthSpan {
  readonly first: number
  readonly last: number
  readonly previous: number
  readonly bids: string
  readonly asks: string
}

export interface BinanceSystem {
  readonly marketType: "SPOT" | "PERP" | "INVERSE"
  readonly api: "/api/v3" | "/fapi/v1" | "/dapi/v1"
  /** Spot ids are dense a symbol; those of a futures system are shared by all its symbols. */
  readonly sharedIds: boolean
  /** Milliseconds of a bare `@depth`, and what may follow it. */
  readonly depthSpeeds: Readonly<Record<string, number>>
  /**
   * The streams that a path delivers; undefined where there is no such path. The others are acknowledged, then silent.
   */
  readonly delivers: (path: string) => ReadonlySet<StreamKind> | undefined
  readonly depth: (market: SimMarket, at: number, span: DepthSpan) => string
  readonly trade: (market: SimMarket, at: number, trade: SimTrade) => string
  readonly aggTrade: (market: SimMarket, at: number, trade: SimTrade) => string
  readonly snapshotHead: (market: SimMarket, at: number) => string
  readonly level: (level: SimLevel) => string
  readonly weight: (limit: number) => number
  readonly maxLimit: number
  readonly defaultLimit: number
}

const ALL: ReadonlySet<StreamKind> = new Set(["depth", "trade", "aggTrade"])
const PUBLIC: ReadonlySet<StreamKind> = new Set(["depth", "trade"])
const MARKET: ReadonlySet<StreamKind> = new Set(["aggTrade"])

const ms = (at: number): number => Math.floor(at / 1000)
const maker = ({ side }: SimTrade): boolean => side === "sell"

/** Spot writes every decimal with eight places. */
const eight = (decimal: string): string => {
  const point = decimal.indexOf(".")
  return point < 0 ? `${decimal}.00000000` : decimal.padEnd(point + 9, "0")
}

export const spotSystem: BinanceSystem = {
  marketType: "SPOT",
  api: "/api/v3",
  sharedIds: false,
  depthSpeeds: { "": 1000, "@100ms": 100 },
  delivers: (path) => (path === "" ? ALL : undefined),
  depth: ({ symbol }, at, { first, last, bids, asks }) =>
    `{"e":"depthUpdate","E":${ms(at)},"s":"${symbol}","U":${first},"u":${last},"b":[${bids}],"a":[${asks}]}`,
  trade: ({ symbol }, at, trade) =>
    `{"e":"trade","E":${ms(at)},"s":"${symbol}","t":${trade.id},` +
    `"p":"${eight(trade.price)}","q":"${eight(trade.size)}",` +
    `"T":${ms(trade.at)},"m":${maker(trade)},"M":true}`,
  aggTrade: ({ symbol }, at, trade) =>
    `{"e":"aggTrade","E":${ms(at)},"s":"${symbol}","a":${trade.id},"p":"${eight(trade.price)}",` +
    `"q":"${eight(trade.size)}","f":${trade.id},"l":${trade.id},"T":${ms(trade.at)},"m":${maker(trade)},"M":true}`,
  snapshotHead: () => "",
  level: ({ price, size }) => `["${eight(price)}","${eight(size)}"]`,
  weight: (limit) => (limit <= 100 ? 5 : limit <= 500 ? 25 : limit <= 1000 ? 50 : 250),
  maxLimit: 5000,
  defaultLimit: 100
}

const futuresAggTrade = (net: boolean, tail: string) => (market: SimMarket, at: number, trade: SimTrade) =>
  `{"e":"aggTrade","E":${ms(at)},"a":${trade.id},"s":"${market.symbol}","p":"${trade.price}","q":"${trade.size}",` +
  `${net ? `"nq":"${trade.size}",` : ""}"f":${trade.id},"l":${trade.id},"T":${ms(trade.at)},"m":${maker(trade)}${tail}}`

const futuresTrade = (tail: string) => (market: SimMarket, at: number, trade: SimTrade) =>
  `{"e":"trade","E":${ms(at)},"T":${ms(trade.at)},"s":"${market.symbol}","t":${trade.id},` +
  `"p":"${trade.price}",` +
  `"q":"${trade.size}","X":"MARKET","m":${maker(trade)}${tail}}`

const futures = {
  sharedIds: true,
  depthSpeeds: { "": 250, "@100ms": 100, "@500ms": 500 },
  level: ({ price, size }: SimLevel) => `["${price}","${size}"]`,
  // sheet: 20 at 1000; smaller ones are not in it, and not asked for
  weight: (limit: number) => (limit <= 50 ? 2 : limit <= 100 ? 5 : limit <= 500 ? 10 : 20),
  maxLimit: 1000,
  defaultLimit: 500
} as const

export const linearSystem: BinanceSystem = {
  ...futures,
  marketType: "PERP",
  api: "/fapi/v1",
  // the unrouted address of before 2026-04-23 still connects, and delivers what /public delivers
  delivers: (path) => (path === "" || path === "/public" ? PUBLIC : path === "/market" ? MARKET : undefined),
  depth: ({ symbol }, at, { first, last, previous, bids, asks }) =>
    `{"e":"depthUpdate","E":${ms(at)},"T":${ms(at)},"s":"${symbol}","ps":"${symbol}","U":${first},"u":${last},` +
    `"pu":${previous},"b":[${bids}],"a":[${asks}],"st":1}`,
  trade: futuresTrade(',"st":1'),
  // since 2025-12-31 with the quantity without RPI fills, of which the simulation has none
  aggTrade: futuresAggTrade(true, ',"st":1'),
  snapshotHead: (_market, at) => `"E":${ms(at)},"T":${ms(at)},`
}

export const inverseSystem: BinanceSystem = {
  ...futures,
  marketType: "INVERSE",
  api: "/dapi/v1",
  delivers: (path) => (path === "" ? ALL : undefined),
  depth: ({ symbol, base, quote }, at, { first, last, previous, bids, asks }) =>
    `{"e":"depthUpdate","E":${ms(at)},"T":${ms(at)},"s":"${symbol}","ps":"${base}${quote}","U":${first},"u":${last},` +
    `"pu":${previous},"b":[${bids}],"a":[${asks}],"st":2}`,
  trade: futuresTrade(',"st":2'),
  aggTrade: futuresAggTrade(false, ',"st":2'),
  snapshotHead: ({ symbol, base, quote }, at) =>
    `"E":${ms(at)},"T":${ms(at)},"symbol":"${symbol}","pair":"${base}${quote}",`
}
