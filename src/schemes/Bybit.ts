// Bybit v5: spot, linear (USDT and USDC perpetuals, dated) and inverse. One frame family, three sockets: the category
// decides the address, since `BTCUSDT` is the same name on spot and linear.
// 1. Dial the category's socket, subscribe `orderbook.1000.SYM` and `publicTrade.SYM`, at most 10 topics a request.
// 2. The first frame is a snapshot; deltas before it are dropped. A snapshot, or `u` 1 in any frame, replaces the book.
// 3. Each delta's `u` is one above the last. At or below with no newer `seq`: dropped. Else a gap (or a lost `u` 1).
// 4. After a gap: unsubscribe and subscribe that one topic, the new snapshot follows. No REST is needed.
// Source: bybit-exchange/docs v5 2026-07-24; read 2026-11-23; real frames of 2026-10, no long capture.
// Surprises: trades always say `snapshot` and are no history; `seq` is no gap detector; `u` counts a topic, so a book is
// fed by one depth only; pongs look like acknowledgements; spot frames have another key order and unpadded numbers.
// Unsure in the sheet: error texts, and if one bad topic fails its whole request (asked one by one then); that trade
// topics never replay an old trade (one older than its frame by 5 s is dropped, as are block trades, made off the book).
import { Schema } from "effect"
import { DecimalText } from "./DecimalText.ts"
import type { MarketType } from "../domain/MarketType.ts"
import { defineScheme } from "./defineScheme.ts"
import { Recurring } from "./Recurring.ts"
import { Unread } from "./Unread.ts"
import { NOTHING, type Instruction, type Instructions } from "./Instruction.ts"
import { splitJoined } from "./pairs.ts"
import type { Pair, SessionState, SizeUnit, Trouble } from "./TranslationScheme.ts"
import { frames, millis } from "./Wire.ts"

const Levels = Schema.Array(Schema.Tuple([DecimalText, DecimalText]))
/** Marks what another member of the union has, so that no frame passes for two. */
const absent = Schema.optionalKey(Schema.Never)
const topic = (pattern: RegExp) => Recurring.check(Schema.isPattern(pattern))
const Book = Schema.Struct({
  success: absent,
  topic: topic(/^orderbook\./),
  type: Schema.Literals(["delta", "snapshot"]),
  ts: Schema.Number,
  cts: Schema.optionalKey(Schema.Number),
  data: Schema.Struct({
    s: Recurring,
    b: Levels,
    a: Levels,
    u: Schema.Number,
    seq: Schema.optionalKey(Schema.Number)
  })
})
const Trade = Schema.Struct({
  T: Schema.Number,
  s: Recurring,
  S: Schema.Literals(["Buy", "Sell"]),
  v: DecimalText,
  p: DecimalText,
  i: Schema.String,
  BT: Schema.optionalKey(Schema.Boolean)
})
const Trades = Schema.Struct({
  success: absent,
  topic: topic(/^publicTrade\./),
  ts: Schema.Number,
  data: Schema.Array(Trade)
})
const Reply = Schema.Struct({
  topic: absent,
  success: Schema.Boolean,
  ret_msg: Schema.String,
  op: Schema.String,
  req_id: Schema.optionalKey(Schema.String)
})
const Frame = Schema.Union([
  Book,
  Trades,
  Reply,
  Schema.Struct({ success: absent, op: Schema.Literal("pong"), topic: absent }),
  Schema.Struct({
    success: absent,
    topic: topic(/^(?!orderbook\.(50|200|1000)\.|publicTrade\.)/),
    data: Unread
  })
])
type Frame = typeof Frame.Type
type Book = typeof Book.Type
type Reply = typeof Reply.Type

interface Request {
  readonly op: "subscribe" | "unsubscribe"
  readonly symbols: ReadonlyArray<string>
}
interface Socket {
  nextId: number
  /** Requests in flight by their id, oldest first. */
  readonly asked: Map<string, Request>
}
interface Member {
  /** Update id of the last applied frame; null while there is no book. */
  last: number | null
  /** The engine's sequence of that frame: it grows even where the update ids begin anew. */
  seq: number
  /** The one topic that feeds the book, known by its first snapshot. */
  topic: string | null
}
type State = SessionState<Socket, Member>

const DEPTH = 1000
const BOOK_TOPIC = /^orderbook\.(50|200|1000)\./
/** Spot takes ten topics a request. */
const BATCH = 5
/** A trade this much older than its frame (ms) is no new one. */
const OLD = 5_000

const bookTopic = (symbol: string): string => `orderbook.${DEPTH}.${symbol}`

const ask = (state: State, op: Request["op"], symbols: ReadonlyArray<string>, args: ReadonlyArray<string>): string => {
  const id = String(state.socket.nextId++)
  state.socket.asked.set(id, { op, symbols })
  return JSON.stringify({ op, args, req_id: id })
}

const request = (state: State, op: Request["op"], symbols: ReadonlyArray<string>): ReadonlyArray<string> => {
  const texts: Array<string> = []
  for (let i = 0; i < symbols.length; i += BATCH) {
    const batch = symbols.slice(i, i + BATCH)
    const args = batch.flatMap((symbol) => [bookTopic(symbol), `publicTrade.${symbol}`])
    texts.push(ask(state, op, batch, args))
  }
  return texts
}

const repair = (state: State, symbol: string, trouble: Trouble): Instructions => {
  const member = state.members.get(symbol)
  if (member === undefined) return NOTHING
  member.last = null
  const topics = [bookTopic(symbol)]
  const send = [ask(state, "unsubscribe", [symbol], topics), ask(state, "subscribe", [symbol], topics)]
  return [{ type: "resubscribe", symbol, ...trouble, send }]
}

const onBook = (state: State, frame: Book): Instructions => {
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
    return [{ type: "snapshot", symbol, bids, asks, time }]
  }
  if (member.last === null || (u <= member.last && seq <= member.seq)) return NOTHING
  if (u !== member.last + 1) {
    return repair(state, symbol, { reason: "gap", detail: `after ${member.last} came ${u}` })
  }
  member.last = u
  member.seq = seq
  return [{ type: "changes", symbol, bids, asks, time }]
}

const onTrades = (state: State, frame: typeof Trades.Type): Instructions => {
  const said: Array<Instruction> = []
  for (const trade of frame.data) {
    const { s: symbol, p: price, v: size, i: id, T } = trade
    if (trade.BT === true || frame.ts - T > OLD || !state.members.has(symbol)) continue
    const side = trade.S === "Buy" ? "buy" : "sell"
    said.push({ type: "trades", symbol, trades: [{ id, price, size, side, time: millis(T) }] })
  }
  return said
}

/** The request that a reply speaks of: by its id, else the oldest of its kind. */
const take = (state: State, reply: Reply): Request | null => {
  const { asked } = state.socket
  const named = reply.req_id !== undefined && reply.req_id !== ""
  const id = named ? reply.req_id : [...asked].find(([, request]) => request.op === reply.op)?.[0]
  const found = id === undefined ? undefined : asked.get(id)
  if (id !== undefined) asked.delete(id)
  return found ?? null
}

const onReply = (state: State, reply: Reply): Instructions => {
  // pongs first: they are as successful as acknowledgements
  if (reply.op === "ping") return NOTHING
  const asked = take(state, reply)
  if (reply.success || /already/i.test(reply.ret_msg)) return NOTHING
  const detail = reply.ret_msg
  if (asked === null || asked.op === "unsubscribe") return [{ type: "reconnect", reason: "refused", detail }]
  // one bad topic may refuse its whole request: ask one by one to find it
  if (asked.symbols.length > 1) {
    return asked.symbols.flatMap((symbol) =>
      request(state, "subscribe", [symbol]).map((text) => ({ type: "send" as const, text }))
    )
  }
  if (!/not found|invalid/i.test(detail)) return [{ type: "reconnect", reason: "refused", detail }]
  return asked.symbols
    .filter((symbol) => state.members.has(symbol))
    .map((symbol) => ({ type: "rejected" as const, symbol, detail }))
}

const isBook = (frame: Frame): frame is Book => frame.topic !== undefined && BOOK_TOPIC.test(frame.topic)
const isTrades = (frame: Frame): frame is typeof Trades.Type => frame.topic?.startsWith("publicTrade.") === true

const translate = (state: State, frame: Frame): Instructions => {
  if (frame.success !== undefined) return onReply(state, frame)
  if (isBook(frame)) return onBook(state, frame)
  return isTrades(frame) ? onTrades(state, frame) : NOTHING
}

interface System {
  readonly category: string
  readonly types: ReadonlyArray<MarketType>
  readonly toNative: (pair: Pair, type: MarketType) => string
  readonly fromNative: (native: string, type: MarketType) => Pair | null
  readonly unit: SizeUnit
}

const bybit = (system: System) =>
  defineScheme<Frame, Socket, Member>({
    exchange: "Bybit",
    protocol: `v5 ${system.category}, orderbook.${DEPTH}`,
    alternative: null,
    status: "live",
    marketTypes: system.types,
    guarantee:
      "Every delta's update id is one above its predecessor's, so a lost or reordered frame is seen at once and a repeated " +
      "one is dropped. A level altered inside a frame is not seen: no checksum exists.",
    lines: [{ name: "public", url: `wss://stream.bybit.com/v5/public/${system.category}` }],
    rest: null,
    keepalive: { ping: { every: 20_000, text: '{"op":"ping"}' }, socketSilence: 45_000, marketSilence: null },
    limits: {
      connects: { count: 500, perMs: 300_000 },
      messages: { count: 10, perMs: 1_000 },
      rest: null,
      marketsPerSocket: 50
    },
    audit: null,
    keepsText: false,
    window: DEPTH,
    tradeIds: "unique",
    crossedGrace: 0,
    unreadable: "ignore",
    toNative: system.toNative,
    fromNative: system.fromNative,
    sizeUnit: () => system.unit,
    socket: () => ({ nextId: 1, asked: new Map() }),
    member: () => ({ last: null, seq: 0, topic: null }),
    subscribe: (state, symbols) => request(state, "subscribe", symbols),
    unsubscribe: (state, symbols) => request(state, "unsubscribe", symbols),
    decode: frames(Frame),
    translate,
    answer: () => NOTHING,
    prove: () => null,
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
