// Binance: spot, USD-M (linear) and COIN-M (inverse) futures. One frame family, three systems with their own sockets.
// 1. Dial the combined stream (`/stream`), SUBSCRIBE `<symbol>@depth@100ms` and the trade stream, buffer depth events.
// 2. On the acknowledgement or the first event GET the REST book (its `lastUpdateId` is L).
// 3. The oldest buffered event must not begin after L: else the snapshot is too old, GET again.
// 4. Drop events that end before L, the first kept one must reach over L, then each must continue its predecessor:
//    spot `U <= last + 1`, futures `pu == last`. Anything else is a gap: keep the subscription, restart at 2. Ids that
//    are not above the last are judged by OldIds.
// 5. Trades: spot `@trade`, futures `@aggTrade`; `m` says the buyer was the maker, so the taker sold.
// Source: binance-spot-api-docs 2026-07-21, developers.binance.com (UM, CM) 2026; read 2026-11-23; checked on captures.
// Surprises: since 2026 USD-M has two sockets, /public for depth and /market for trades, and the wrong one acknowledges
// and stays silent; futures ids are shared by all symbols, so `U == last + 1` does not hold there.
// Unsure in the sheet: connection limit and REST weight of the futures systems.
// The frames are in BinanceWire.ts, the books in BinanceBook.ts, what is listed in binanceListing.ts.
import type { Numeric } from "../../domain/Decimal.ts"
import {
  type Member,
  type Socket,
  type State,
  type System,
  MAX_BUFFERED,
  answer,
  fetchBook,
  futuresRule,
  onDepth,
  probeOf,
  repair,
  spotRule,
  takeOver
} from "./BinanceBook.ts"
import { type AggTrade, type Depth, Frame, type Shutdown, type Trade, isControl, micros } from "./BinanceWire.ts"
import { inverseListing, linearListing, spotListing } from "./binanceListing.ts"
import { NOTHING, type Fill, type Instructions } from "../Instruction.ts"
import { defineScheme } from "../defineScheme.ts"
import { OldIds } from "../rules/OldIds.ts"
import { QUOTES, splitJoined } from "../rules/pairs.ts"
import { Stitch } from "../rules/Stitch.ts"
import type { SizeUnit } from "../TranslationScheme.ts"
import { frames } from "../../wire/Wire.ts"

const STREAMS_PER_REQUEST = 100
/** Spot's exchangeInfo has 3,500 pairs of 1.5 to 2 KB each, and grows (1.8 MB in 2021: shared/instruments.md). */
const MAX_BODY = 32 << 20

const onTrade = (state: State, symbol: string, fill: Fill): Instructions =>
  state.members.has(symbol) && state.line !== "public" ? [{ type: "trades", symbol, trades: [fill] }] : NOTHING

const onReply = (system: System, state: State, id: number | null): Instructions => {
  if (id === null || state.line === "market") return NOTHING
  const symbols = state.socket.asked.get(id) ?? []
  state.socket.asked.delete(id)
  return symbols.flatMap((symbol) => (state.members.get(symbol)?.stitch.ask() ? [fetchBook(system, symbol, null)] : []))
}

/** Section 4 of the sheet (2026-07-21). The code alone is that of any invalid request. */
const INVALID = 2
const INVALID_STREAM = "Invalid request: invalid stream"

const onFailure = (system: System, state: State, id: number | null, code: number, detail: string): Instructions => {
  const symbols = id === null ? undefined : state.socket.asked.get(id)
  if (id === null || symbols === undefined) return [{ type: "reconnect", reason: "refused", detail }]
  state.socket.asked.delete(id)
  if (code !== INVALID) return [{ type: "reconnect", reason: "refused", detail }]
  // one bad name refuses its whole request: ask one by one to find it
  if (symbols.length > 1) {
    return symbols.flatMap((symbol) =>
      subscribe(system, state, [symbol]).map((text) => ({ type: "send" as const, text }))
    )
  }
  // alone in its request: the stream's name is refused, or the request for a reason of which only elimination blames it
  const type = detail === INVALID_STREAM ? ("rejected" as const) : ("refused" as const)
  return symbols.filter((symbol) => state.members.has(symbol)).map((symbol) => ({ type, symbol, detail }))
}

const translate = (system: System, state: State, frame: Frame, at: number): Instructions => {
  if ("stream" in frame) {
    const { data } = frame
    if (typeof data !== "object" || data === null || !("e" in data)) return NOTHING
    return onStream(system, state, data as Data, at)
  }
  if ("e" in frame) return onStream(system, state, frame, at)
  if ("result" in frame) return onReply(system, state, frame.id)
  if ("error" in frame) return onFailure(system, state, frame.id ?? null, frame.error.code, frame.error.msg)
  return onFailure(system, state, null, frame.code, frame.msg)
}

type Data = Depth | typeof AggTrade.Type | typeof Trade.Type | typeof Shutdown.Type

const onStream = (system: System, state: State, data: Data, at: number): Instructions => {
  switch (data.e) {
    case "depthUpdate":
      return onDepth(system, state, data, at)
    case "aggTrade":
      return onTrade(state, data.s, fill(data.a, data))
    case "trade":
      // insurance fund and auto-deleveraging prints are no trades of the market
      return data.X === undefined || data.X === "MARKET" ? onTrade(state, data.s, fill(data.t, data)) : NOTHING
    case "serverShutdown":
      return [{ type: "closing", detail: "the server announced its shutdown" }]
    default:
      return NOTHING
  }
}

const fill = (
  id: number,
  trade: { readonly p: Numeric; readonly q: Numeric; readonly T: number; readonly m: boolean }
): Fill => ({
  id,
  price: trade.p,
  size: trade.q,
  side: trade.m ? "sell" : "buy",
  time: micros(trade.T)
})

const streams = (system: System, line: string, symbols: ReadonlyArray<string>): ReadonlyArray<string> =>
  symbols.flatMap((symbol) => {
    const name = symbol.toLowerCase()
    const depth = line === "market" ? [] : [`${name}@depth@100ms`]
    return line === "public" ? depth : [...depth, `${name}@${system.trades}`]
  })

const request = (
  method: string,
  system: System,
  state: State,
  symbols: ReadonlyArray<string>
): ReadonlyArray<string> => {
  const texts: Array<string> = []
  for (let i = 0; i < symbols.length; i += STREAMS_PER_REQUEST / 2) {
    const batch = symbols.slice(i, i + STREAMS_PER_REQUEST / 2)
    const id = state.socket.nextId++
    // a refused unsubscription means nobody
    state.socket.asked.set(id, method === "SUBSCRIBE" ? batch : [])
    texts.push(JSON.stringify({ method, params: streams(system, state.line, batch), id }))
  }
  return texts
}

const subscribe = (system: System, state: State, symbols: ReadonlyArray<string>): ReadonlyArray<string> =>
  request("SUBSCRIBE", system, state, symbols)

const binance = (system: System) =>
  defineScheme<Frame, Socket, Member>({
    exchange: "Binance",
    protocol: system.protocol,
    marketTypes: system.types,
    guarantee:
      "Every change continues its predecessor's update id and is stitched to the REST snapshot by id: a lost " +
      "change is seen at the next one, a repeated one is dropped, and ids that begin again lose the book at once, " +
      "or, right after a snapshot, with the first change that comes 5 seconds later. Levels beyond the 1,000 of " +
      "the snapshot appear when they change. A missed trade shows by its id. No checksum exists.",
    lines: system.lines,
    rest: system.rest,
    // keepalive and limits: sheet section 8, read 2026-11-23
    keepalive: {
      ping: { every: 30_000 },
      socketSilence: 70_000,
      maxAge: 24 * 3_600_000
    },
    limits: {
      connects: { count: 300, perMs: 300_000 },
      messages: { count: 2, perMs: 1_000 },
      pool: system.pool,
      rest: { weight: system.restLimit, perMs: 60_000 },
      marketsPerSocket: 100,
      maxBody: MAX_BODY
    },
    probe: probeOf(system),
    tradeIds: "dense",
    unreadable: "ignore",
    toNative: system.toNative,
    fromNative: system.fromNative,
    listing: system.listing,
    sizeUnit: (_type, native) => system.sizeUnit(native),
    socket: () => ({ nextId: 1, asked: new Map() }),
    member: () => ({ stitch: new Stitch(system.rule, MAX_BUFFERED, new OldIds(system.farBelow)), light: false }),
    subscribe: (state, symbols) => subscribe(system, state, symbols),
    unsubscribe: (state, symbols) => request("UNSUBSCRIBE", system, state, symbols),
    decode: frames(Frame, { isControl }),
    translate: (state, frame, at) => translate(system, state, frame, at),
    answer: (state, symbol, status, body, at) => answer(system, state, symbol, status, body, at),
    repair: (state, symbol, trouble) => repair(system, state, symbol, trouble),
    takeOver: (state, symbol, from) => takeOver(system, state, symbol, from)
  })

/** Ids that all symbols of a futures system share rise by 60,000 a second on a quiet day (a frame of 2026-07). */
const FUTURES_FAR = 100_000_000
/** Section 3: a spot book of up to 100 levels weighs 5, as the smallest does. */
const SPOT_PROBE = { limit: 100, weight: 5 }
/** Futures books of up to 50 levels weigh 2, by Binance's own table; the sheet has the 20 of 1,000 levels alone. */
const FUTURES_PROBE = { limit: 50, weight: 2 }

const BASE_UNIT: SizeUnit = { size_unit: "base", contract_value: null }
const DATED = /^(.+)_(\d{6})$/

export const binanceSpot = binance({
  protocol: "spot combined streams",
  types: ["SPOT"],
  lines: "wss://stream.binance.com:9443/stream",
  rest: "https://api.binance.com",
  path: "/api/v3/depth",
  weight: 50,
  restLimit: 6_000,
  pool: "Binance spot",
  rule: spotRule,
  farBelow: 1_000_000,
  probe: SPOT_PROBE,
  trades: "trade",
  toNative: ({ base, quote }) => `${base}${quote}`.toUpperCase(),
  fromNative: (native) => (native.includes("_") ? null : splitJoined(native)),
  listing: spotListing,
  sizeUnit: () => BASE_UNIT
})

export const binanceLinear = binance({
  protocol: "USD-M futures, /public and /market streams",
  types: ["PERP", "FUTURE"],
  lines: [
    { name: "public", url: "wss://fstream.binance.com/public/stream" },
    { name: "market", url: "wss://fstream.binance.com/market/stream" }
  ],
  rest: "https://fapi.binance.com",
  path: "/fapi/v1/depth",
  weight: 20,
  restLimit: 2_400,
  pool: "Binance futures",
  rule: futuresRule,
  farBelow: FUTURES_FAR,
  probe: FUTURES_PROBE,
  trades: "aggTrade",
  toNative: ({ base, quote }) => `${base}${quote}`.toUpperCase(),
  fromNative: (native, type) => {
    const dated = DATED.exec(native)
    if (type === "FUTURE") return dated === null || dated[1]!.endsWith("USD") ? null : splitJoined(dated[1]!, QUOTES)
    return native.includes("_") ? null : splitJoined(native)
  },
  listing: linearListing,
  sizeUnit: () => BASE_UNIT
})

export const binanceInverse = binance({
  protocol: "COIN-M futures combined streams",
  types: ["INVERSE", "FUTURE"],
  lines: "wss://dstream.binance.com/stream",
  rest: "https://dapi.binance.com",
  path: "/dapi/v1/depth",
  weight: 20,
  restLimit: 2_400,
  pool: "Binance futures",
  rule: futuresRule,
  farBelow: FUTURES_FAR,
  probe: FUTURES_PROBE,
  trades: "aggTrade",
  toNative: ({ base, quote }) => `${base}${quote}_PERP`.toUpperCase(),
  fromNative: (native, type) => {
    const match = (type === "FUTURE" ? /^(.+)(USD)_\d{6}$/ : /^(.+)(USD)_PERP$/).exec(native)
    return match === null ? null : { base: match[1]!, quote: match[2]! }
  },
  listing: inverseListing,
  sizeUnit: (native) => ({
    size_unit: "contracts",
    contract_value: native.startsWith("BTCUSD_") ? "100 USD" : "10 USD"
  })
})
