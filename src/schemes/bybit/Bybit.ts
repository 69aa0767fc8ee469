// Bybit v5: spot, linear (USDT and USDC perpetuals, dated) and inverse. One frame family, three sockets: the category
// decides the address, since `BTCUSDT` is the same name on spot and linear.
// 1. Dial the category's socket, subscribe `orderbook.1000.SYM` and `publicTrade.SYM`, at most 10 topics a request.
// 2. The first frame is a snapshot; deltas before it are dropped. A snapshot, or `u` 1 in any frame, replaces the book.
// 3. Each delta's `u` is one above the last; above is a gap. At or below: a newer `seq` shows ids that begin again (a
//    lost `u` 1), else OldIds judges.
// 4. After a gap: unsubscribe and subscribe that one topic, the new snapshot follows. No REST is needed.
// Source: bybit-exchange/docs v5 2026-07-24; read 2026-11-23; real frames of 2026-10, no long capture.
// Surprises: trades always say `snapshot` and are no history; `seq` is no gap detector; `u` counts a topic, so a book
// is fed by one depth only; pongs look like acknowledgements; spot frames have another key order and unpadded numbers.
// One bad topic fails its whole request, and the refusal names it (probed 2026-09-23): the others are asked for again.
// Unsure in the sheet: that trade topics never replay an old trade (one older than its frame by 5 s is dropped, as are
// block trades, made off the book). No socket of books announces its end: `system.status` comes on one of its own.
// Which topics feed a book is known by its first snapshot, so that a recording of another depth is followed as well.
// The frames are in BybitWire.ts, requests and replies in BybitTalk.ts, what is listed in bybitListing.ts.
import type { MarketType } from "../../domain/MarketType.ts"
import { DEPTH, type Socket, ask, bookTopic, onReply, request } from "./BybitTalk.ts"
import { bybitListing } from "./bybitListing.ts"
import { type Book, Frame, type Trades, decodeRestBook, isBook, isControl, isTrades } from "./BybitWire.ts"
import { defineScheme } from "../defineScheme.ts"
import { NOTHING, type Instruction, type Instructions } from "../Instruction.ts"
import { OldIds, markOf } from "../rules/OldIds.ts"
import { splitJoined } from "../rules/pairs.ts"
import type { Audit, Pair, SessionState, SizeUnit, Trouble } from "../TranslationScheme.ts"
import { frames, millis } from "../../wire/Wire.ts"

interface Member {
  /** Update id of the last applied frame; null while there is no book. */
  last: number | null
  /** The engine's sequence of that frame: it grows even where the update ids begin again. */
  seq: number
  /** The one topic that feeds the book, known by its first snapshot. */
  topic: string | null
  readonly ids: OldIds
}
type State = SessionState<Socket, Member>

/** A trade this much older than its frame (ms) is no new one. */
const OLD = 5_000

const repair = (state: State, symbol: string, trouble: Trouble): Instructions => {
  const member = state.members.get(symbol)
  if (member === undefined) return NOTHING
  member.last = null
  const topics = [bookTopic(symbol)]
  const send = [ask(state, "unsubscribe", topics), ask(state, "subscribe", topics)]
  return [{ type: "resubscribe", symbol, ...trouble, send }]
}

const onBook = (state: State, frame: Book, at: number): Instructions => {
  const { s: symbol, b: bids, a: asks, u, seq = 0 } = frame.data
  const member = state.members.get(symbol)
  if (member === undefined) return NOTHING
  if (frame.topic !== member.topic) {
    if (member.topic !== null) return NOTHING
    member.topic = frame.topic
  }
  const time = millis(frame.cts ?? frame.ts)
  if (frame.type === "snapshot" || u === 1) {
    member.last = u
    member.seq = seq
    member.ids.joined(null, time)
    return [{ type: "snapshot", symbol, bids, asks, time }]
  }
  if (member.last === null) return NOTHING
  if (u <= member.last) {
    const mark = markOf(time, bids, asks)
    if (seq <= member.seq && member.ids.judge(u, mark, time, member.last, at) === "old") return NOTHING
    return repair(state, symbol, { reason: "gap", detail: `ids begin again: after ${member.last} came ${u}` })
  }
  if (u !== member.last + 1) {
    return repair(state, symbol, { reason: "gap", detail: `after ${member.last} came ${u}` })
  }
  member.last = u
  member.seq = seq
  member.ids.follows(u, markOf(time, bids, asks))
  return [{ type: "changes", symbol, bids, asks, time }]
}

const onTrades = (state: State, frame: Trades): Instructions => {
  const said: Array<Instruction> = []
  for (const trade of frame.data) {
    const { s: symbol, p: price, v: size, i: id, T } = trade
    if (trade.BT === true || frame.ts - T > OLD || !state.members.has(symbol)) continue
    const side = trade.S === "Buy" ? "buy" : "sell"
    said.push({ type: "trades", symbol, trades: [{ id, price, size, side, time: millis(T) }] })
  }
  return said
}

const translate = (state: State, frame: Frame, at: number): Instructions => {
  if (frame.success !== undefined) return onReply(state, frame)
  if (isBook(frame)) return onBook(state, frame, at)
  return isTrades(frame) ? onTrades(state, frame) : NOTHING
}

interface System {
  readonly category: string
  readonly types: ReadonlyArray<MarketType>
  readonly toNative: (pair: Pair, type: MarketType) => string
  readonly fromNative: (native: string, type: MarketType) => Pair | null
  readonly unit: SizeUnit
}

const PROBE_LIMIT = 50

/** The book of the 1,000-level topic, best first (section 3). */
const probeOf = (category: string): Audit => ({
  path: (symbol) =>
    `/v5/market/orderbook?category=${category}&symbol=${encodeURIComponent(symbol)}&limit=${PROBE_LIMIT}`,
  weight: 1,
  read: (body, symbol) => {
    const book = decodeRestBook(body)?.result
    if (book?.s !== symbol) return null
    const { b: bids, a: asks } = book
    return { bids, asks, complete: bids.length < PROBE_LIMIT && asks.length < PROBE_LIMIT }
  }
})

const bybit = (system: System) =>
  defineScheme<Frame, Socket, Member>({
    exchange: "Bybit",
    protocol: `v5 ${system.category}, orderbook.${DEPTH}`,
    marketTypes: system.types,
    guarantee:
      "Every delta's update id is one above its predecessor's: a lost or reordered frame is seen at the next one, " +
      "a repeated one is dropped, and ids that begin again lose the book at once, or, right after a snapshot, with " +
      "the first change that comes 5 seconds later. A level altered inside a frame is not seen: no checksum " +
      "exists.",
    lines: `wss://stream.bybit.com/v5/public/${system.category}`,
    rest: "https://api.bybit.com",
    // keepalive and limits: sheet section 8, read 2026-11-23
    keepalive: { ping: { every: 20_000, text: '{"op":"ping"}' }, socketSilence: 45_000 },
    limits: {
      connects: { count: 500, perMs: 300_000 },
      messages: { count: 10, perMs: 1_000 },
      // the sheet gives no figure for the public calls: far below what an address is cut off for
      rest: { weight: 50, perMs: 5_000 },
      marketsPerSocket: 50
    },
    probe: probeOf(system.category),
    window: DEPTH,
    unreadable: "ignore",
    toNative: system.toNative,
    fromNative: system.fromNative,
    listing: bybitListing(system.category, system.unit),
    sizeUnit: () => system.unit,
    socket: () => ({ nextId: 1, asked: new Map() }),
    member: () => ({ last: null, seq: 0, topic: null, ids: new OldIds() }),
    subscribe: (state, symbols) => request(state, "subscribe", symbols),
    unsubscribe: (state, symbols) => request(state, "unsubscribe", symbols),
    decode: frames(Frame, { isControl }),
    translate,
    repair
  })

const BASE_UNIT: SizeUnit = { size_unit: "base", contract_value: null }

const matched = (match: RegExpExecArray | null, quote: string): Pair | null =>
  match === null ? null : { base: match[1]!, quote }

const joined = ({ base, quote }: Pair): string => `${base}${quote}`.toUpperCase()

export const bybitSpot = bybit({
  category: "spot",
  types: ["SPOT"],
  toNative: joined,
  fromNative: (native, type) => (type === "SPOT" && /^[A-Z0-9]+$/.test(native) ? splitJoined(native) : null),
  unit: BASE_UNIT
})

export const bybitLinear = bybit({
  category: "linear",
  types: ["PERP", "FUTURE"],
  toNative: (pair, type) =>
    type === "PERP" && pair.quote === "USDC" ? `${pair.base}PERP`.toUpperCase() : joined(pair),
  fromNative: (native, type) => {
    if (type === "PERP") {
      return matched(/^([A-Z0-9]+)USDT$/.exec(native), "USDT") ?? matched(/^([A-Z0-9]+)PERP$/.exec(native), "USDC")
    }
    const dated = type === "FUTURE" ? /^([A-Z0-9]+)-\d{1,2}[A-Z]{3}\d{2}$/.exec(native) : null
    if (dated === null) return null
    return matched(/^(.+)USDT$/.exec(dated[1]!), "USDT") ?? { base: dated[1]!, quote: "USDC" }
  },
  unit: BASE_UNIT
})

export const bybitInverse = bybit({
  category: "inverse",
  types: ["INVERSE", "FUTURE"],
  toNative: joined,
  fromNative: (native, type) => {
    if (type === "INVERSE") return matched(/^([A-Z0-9]+)USD$/.exec(native), "USD")
    return type === "FUTURE" ? matched(/^([A-Z0-9]+)USD[HMUZ]\d{2}$/.exec(native), "USD") : null
  },
  unit: { size_unit: "contracts", contract_value: "1 USD" }
})
