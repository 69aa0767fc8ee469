// Kraken derivatives, websocket v1: linear (PF_, FF_) and inverse (PI_, FI_) contracts on one socket.
// 1. Dial /ws/v1, subscribe `heartbeat` once, `book` and `trade` per product; `book_snapshot` is the whole book.
// 2. Each `book` frame is one level; its `seq` must be the product's last plus one, from the snapshot's on.
// 3. A hole: unsubscribe and subscribe `book` of that product, drop changes until its new `book_snapshot`.
// 4. Trades: `side` is the taker's; they have a `seq` of their own, rising by one. `trade_snapshot` is history.
// Source: docs.kraken.com futures websocket; read 2026-11-23; checked on captures of 2021.
// Surprises: lower case is accepted but answered in upper case; an error names no product; snapshots may hold zero and
// negative sizes; trades bear a uuid too, but only the `seq` shows a hole, so that is their id here.
// Unsure: how often the heartbeat comes. The venue closes this protocol on 2027-03-01 for its Unified websocket.
import { Schema } from "effect"
import { NOTHING, type Fill, type Instruction, type Instructions, type Level, level } from "./Instruction.ts"
import { defineScheme } from "./defineScheme.ts"
import { Recurring } from "./Recurring.ts"
import type { SessionState, Trouble } from "./TranslationScheme.ts"
import { Unanswered } from "./Unanswered.ts"
import { frames, millis, Numeric } from "./Wire.ts"

const Side = Schema.Literals(["buy", "sell"])
/** What bears an event is a reply, never data. */
const noEvent = { event: Schema.optionalKey(Schema.Never) }
const Change = Schema.Struct({
  ...noEvent,
  feed: Schema.Literal("book"),
  product_id: Recurring,
  side: Side,
  seq: Schema.Number,
  price: Numeric,
  qty: Numeric,
  timestamp: Schema.optionalKey(Schema.Number)
})
const Trade = Schema.Struct({
  ...noEvent,
  feed: Schema.Literal("trade"),
  product_id: Recurring,
  side: Side,
  seq: Schema.Number,
  time: Schema.Number,
  price: Numeric,
  qty: Numeric
})
const Levels = Schema.Array(Schema.Struct({ price: Numeric, qty: Numeric }))
const Snapshot = Schema.Struct({
  ...noEvent,
  feed: Schema.Literal("book_snapshot"),
  product_id: Recurring,
  seq: Schema.Number,
  bids: Levels,
  asks: Levels,
  timestamp: Schema.optionalKey(Schema.Number)
})
const History = Schema.Struct({
  ...noEvent,
  feed: Schema.Literal("trade_snapshot"),
  product_id: Recurring,
  trades: Schema.Array(Trade)
})
const Other = Schema.Struct({ ...noEvent, feed: Schema.Literals(["heartbeat", "ticker", "ticker_lite"]) })
const Replied = Schema.Struct({
  event: Schema.Literals(["subscribed", "unsubscribed", "subscribed_failed", "unsubscribed_failed"]),
  feed: Schema.String,
  product_ids: Schema.optionalKey(Schema.Array(Schema.String))
})
const Said = Schema.Struct({ event: Schema.Literals(["info", "alert", "pong"]) })
const Failure = Schema.Struct({ event: Schema.Literal("error"), message: Schema.String })
const Frame = Schema.Union([Change, Trade, Snapshot, History, Replied, Said, Failure, Other])
type Frame = typeof Frame.Type

interface Socket {
  heartbeat: boolean
  /** Joined spelling by the upper-case name that the venue answers with. */
  readonly names: Map<string, string>
  readonly unanswered: Unanswered
}
interface Member {
  /** `seq` of the last applied frame; null until a snapshot comes. */
  seq: number | null
  /** Nothing was applied since the snapshot, so changes it contains already may still come. */
  fresh: boolean
}
type State = SessionState<Socket, Member>

const request = (event: "subscribe" | "unsubscribe", feed: "book" | "trade", symbol: string): string =>
  JSON.stringify({ event, feed, product_ids: [symbol] })

const subscribe = (state: State, symbols: ReadonlyArray<string>): ReadonlyArray<string> => {
  const { socket } = state
  const heartbeat = socket.heartbeat ? [] : [`{"event":"subscribe","feed":"heartbeat"}`]
  socket.heartbeat = true
  const texts = symbols.flatMap((symbol) => {
    socket.names.set(symbol.toUpperCase(), symbol)
    socket.unanswered.ask(symbol, "book")
    socket.unanswered.ask(symbol, "trade")
    return [request("subscribe", "book", symbol), request("subscribe", "trade", symbol)]
  })
  return [...heartbeat, ...texts]
}

const unsubscribe = (state: State, symbols: ReadonlyArray<string>): ReadonlyArray<string> =>
  symbols.flatMap((symbol) => {
    state.socket.names.delete(symbol.toUpperCase())
    state.socket.unanswered.answered(symbol, "book")
    state.socket.unanswered.answered(symbol, "trade")
    return [request("unsubscribe", "book", symbol), request("unsubscribe", "trade", symbol)]
  })

const joined = (state: State, product: string): string | undefined =>
  state.members.has(product) ? product : state.socket.names.get(product.toUpperCase())

const repair = (state: State, symbol: string, trouble: Trouble): Instructions => {
  const member = state.members.get(symbol)
  if (member !== undefined) member.seq = null
  const send = [request("unsubscribe", "book", symbol), request("subscribe", "book", symbol)]
  return [{ type: "resubscribe", symbol, ...trouble, send }]
}

const change = ({ price, qty }: { readonly price: Numeric; readonly qty: Numeric }): Level =>
  level(price, Number(qty) < 0 ? 0 : qty)

const timeOf = (timestamp: number | undefined): number | null => (timestamp === undefined ? null : millis(timestamp))

const onSnapshot = (state: State, frame: typeof Snapshot.Type): Instructions => {
  const symbol = joined(state, frame.product_id)
  const member = symbol === undefined ? undefined : state.members.get(symbol)
  if (symbol === undefined || member === undefined) return NOTHING
  member.seq = frame.seq
  member.fresh = true
  const { bids, asks, timestamp } = frame
  return [{ type: "snapshot", symbol, bids: bids.map(change), asks: asks.map(change), time: timeOf(timestamp) }]
}

const onChange = (state: State, frame: typeof Change.Type): Instructions => {
  const symbol = joined(state, frame.product_id)
  const member = symbol === undefined ? undefined : state.members.get(symbol)
  if (symbol === undefined || member === undefined || member.seq === null) return NOTHING
  if (member.fresh && frame.seq <= member.seq) return NOTHING
  if (frame.seq !== member.seq + 1) {
    return repair(state, symbol, { reason: "gap", detail: `after seq ${member.seq} came ${frame.seq}` })
  }
  member.seq = frame.seq
  member.fresh = false
  const bid = frame.side === "buy"
  const levels = [change(frame)]
  return [{ type: "changes", symbol, bids: bid ? levels : [], asks: bid ? [] : levels, time: timeOf(frame.timestamp) }]
}

const fill = (trade: typeof Trade.Type): Fill => ({
  id: trade.seq,
  price: trade.price,
  size: trade.qty,
  side: trade.side,
  time: millis(trade.time)
})

const onTrade = (state: State, frame: typeof Trade.Type): Instructions => {
  const symbol = joined(state, frame.product_id)
  return symbol === undefined ? NOTHING : [{ type: "trades", symbol, trades: [fill(frame)] }]
}

const onHistory = (state: State, frame: typeof History.Type): Instructions => {
  const symbol = joined(state, frame.product_id)
  if (symbol === undefined || frame.trades.length === 0) return NOTHING
  return [{ type: "trade_anchor", symbol, id: Math.max(...frame.trades.map((trade) => trade.seq)) }]
}

const rejected = (symbols: ReadonlyArray<string>, detail: string): Instructions =>
  symbols.map((symbol): Instruction => ({ type: "rejected", symbol, detail }))

const onReply = (state: State, frame: typeof Replied.Type): Instructions => {
  if (frame.event === "unsubscribed" || frame.event === "unsubscribed_failed") return NOTHING
  const failed = frame.event === "subscribed_failed"
  return (frame.product_ids ?? []).flatMap((product) => {
    const symbol = joined(state, product)
    if (symbol === undefined) return NOTHING
    const others = state.socket.unanswered.answered(symbol, frame.feed)
    const refused = failed ? [symbol].concat(others) : others
    return rejected(refused, `the venue refuses ${frame.feed} of the product`)
  })
}

const onFailure = (state: State, detail: string): Instructions => {
  const blamed = /product id/i.test(detail) ? state.socket.unanswered.refused() : null
  return blamed === null ? [{ type: "reconnect", reason: "refused", detail }] : rejected(blamed, detail)
}

const translate = (state: State, frame: Frame): Instructions => {
  if ("event" in frame && frame.event !== undefined) {
    if (frame.event === "error") return onFailure(state, frame.message)
    return "feed" in frame ? onReply(state, frame) : NOTHING
  }
  if (!("feed" in frame)) return NOTHING
  switch (frame.feed) {
    case "book":
      return onChange(state, frame)
    case "trade":
      return onTrade(state, frame)
    case "book_snapshot":
      return onSnapshot(state, frame)
    case "trade_snapshot":
      return onHistory(state, frame)
    default:
      return NOTHING
  }
}

const NATIVE = { PERP: /^PF_(.+)(USD)$/i, INVERSE: /^PI_(.+)(USD)$/i, FUTURE: /^F[IF]_(.+)(USD)_\d{6}$/i }
const PREFIX = { PERP: "PF", INVERSE: "PI", FUTURE: "FF" }

/** Kraken derivatives, websocket v1. */
export const krakenFutures = defineScheme<Frame, Socket, Member>({
  exchange: "Kraken",
  protocol: "derivatives websocket v1",
  alternative: null,
  status: "live",
  marketTypes: ["PERP", "INVERSE", "FUTURE"],
  guarantee:
    "Every change carries its product's sequence number, from the snapshot on; a lost, repeated or swapped change is seen " +
    "at once, and so is a missed trade. No checksum exists: a change altered on its way would not be seen.",
  lines: [{ name: "all", url: "wss://futures.kraken.com/ws/v1" }],
  rest: null,
  keepalive: { ping: { every: 30_000, text: null }, socketSilence: 65_000, marketSilence: null },
  limits: {
    pool: "Kraken futures",
    connects: { count: 100, perMs: 60_000 },
    messages: { count: 100, perMs: 1_000 },
    rest: null,
    marketsPerSocket: 100
  },
  audit: null,
  keepsText: false,
  window: null,
  tradeIds: "dense",
  crossedGrace: 0,
  unreadable: "ignore",
  toNative: ({ base, quote }, type) =>
    `${type === "SPOT" ? "PF" : PREFIX[type]}_${base === "BTC" ? "XBT" : base}${quote === "BTC" ? "XBT" : quote}`,
  fromNative: (native, type) => {
    const match = type === "SPOT" ? null : NATIVE[type].exec(native)
    if (match === null) return null
    const base = /^xbt$/i.test(match[1]!) ? "BTC" : match[1]!
    return { base, quote: match[2]!.toUpperCase() }
  },
  sizeUnit: (_type, native) =>
    /^[PF]I_/i.test(native)
      ? { size_unit: "contracts", contract_value: "1 USD" }
      : { size_unit: "base", contract_value: null },
  socket: () => ({ heartbeat: false, names: new Map(), unanswered: new Unanswered() }),
  member: () => ({ seq: null, fresh: false }),
  subscribe,
  unsubscribe,
  decode: frames(Frame, { exact: true }),
  translate,
  answer: () => NOTHING,
  prove: () => null,
  repair
})
