// Kraken spot, websocket v2 (the current one; KrakenV1.ts speaks the older, KrakenFutures.ts the derivatives).
// 1. Dial /v2, subscribe `book` at depth 1000 and `trade`, up to 20 symbols a frame; the snapshot comes in the channel.
// 2. Apply each update whole, then cut both sides to the depth: the server never deletes what leaves the window.
// 3. Every snapshot and update carries a CRC32 of the top ten; a mismatch: unsubscribe, subscribe, await the snapshot.
// 4. Trades: `side` is the taker's, ids rise by one; a trade frame of type `snapshot` is history.
// Source: docs.kraken.com websocket v2 (book, trade, status, book-checksum-v2), changelog 2026-06; read 2026-11-23.
// Surprises: the checksum is of padded decimals, while JSON numbers lose their zeros. The decimals of a market are
// found from its own checksum: the smallest that fit the levels and match; no other channel is needed. An accidental
// match of a broken book has a chance below one in ten million. `connection_id` exceeds 2^53 and is not looked at.
// The acknowledgement says the depth in force, which is not ours in a recording of somebody else's subscription.
import { Schema } from "effect"
import { Recurring } from "../../wire/Recurring.ts"
import { Unread } from "../../wire/Unread.ts"
import { NOTHING, type Fill, type Instruction, type Instructions, type Level, level } from "../Instruction.ts"
import { defineScheme } from "../defineScheme.ts"
import { KrakenChecksum } from "./KrakenChecksum.ts"
import { KRAKEN_REST, KRAKEN_REST_LIMIT, krakenDepth } from "./krakenDepth.ts"
import { krakenListing } from "./krakenListing.ts"
import { krakenCode, krakenPair } from "./krakenNames.ts"
import { krakenRefusal, krakenStatus, type KrakenSystem } from "./krakenNotices.ts"
import { Rfc3339 } from "../../wire/Rfc3339.ts"
import type { SessionState, Trouble } from "../TranslationScheme.ts"
import { frames, Numeric } from "../../wire/Wire.ts"

const Levels = Schema.Array(Schema.Struct({ price: Numeric, qty: Numeric }))
const Book = Schema.Struct({
  symbol: Recurring,
  bids: Schema.optionalKey(Levels),
  asks: Schema.optionalKey(Levels),
  checksum: Schema.Int,
  timestamp: Schema.optionalKey(Rfc3339)
})
const BookFrame = Schema.Struct({
  channel: Schema.Literal("book"),
  type: Schema.Literals(["update", "snapshot"]),
  data: Schema.Array(Book)
})
const Trade = Schema.Struct({
  symbol: Recurring,
  side: Schema.Literals(["buy", "sell"]),
  price: Numeric,
  qty: Numeric,
  trade_id: Schema.Int,
  timestamp: Rfc3339
})
const TradeFrame = Schema.Struct({
  channel: Schema.Literal("trade"),
  type: Schema.Literals(["update", "snapshot"]),
  data: Schema.Array(Trade)
})
const Heartbeat = Schema.Struct({ channel: Schema.Literal("heartbeat") })
const Status = Schema.Struct({
  channel: Schema.Literal("status"),
  data: Schema.Array(Schema.Struct({ system: Schema.String }))
})
const Other = Schema.Struct({
  channel: Schema.Literals(["ticker", "ohlc", "instrument", "level3", "executions", "balances"]),
  data: Unread
})
/** What bears a channel is data, never a reply. */
const noChannel = { channel: Schema.optionalKey(Schema.Never) }
const Refusal = Schema.Struct({
  ...noChannel,
  method: Schema.optionalKey(Schema.String),
  success: Schema.Literal(false),
  error: Schema.String,
  symbol: Schema.optionalKey(Schema.String)
})
const Reply = Schema.Struct({
  ...noChannel,
  method: Schema.Literals(["subscribe", "unsubscribe"]),
  success: Schema.Literal(true),
  result: Schema.optionalKey(
    Schema.Struct({
      channel: Schema.optionalKey(Schema.String),
      symbol: Schema.optionalKey(Recurring),
      depth: Schema.optionalKey(Schema.Int)
    })
  )
})
const Pong = Schema.Struct({ ...noChannel, method: Schema.Literal("pong") })
const Overrun = Schema.Struct({ ...noChannel, Error: Schema.String })
const Frame = Schema.Union([BookFrame, TradeFrame, Heartbeat, Status, Other, Refusal, Reply, Pong, Overrun])
type Frame = typeof Frame.Type

type Socket = KrakenSystem
interface Member {
  /** A snapshot has come; before it, and after a loss, changes mean nothing. */
  synced: boolean
  /** Levels a side, as the venue acknowledged them. */
  depth: number
  readonly checksum: KrakenChecksum
}
type State = SessionState<Socket, Member>

/** Levels a side; the server sends no deletion for what leaves them. */
export const KRAKEN_DEPTH = 1_000
const SYMBOLS_PER_REQUEST = 20

type Channel = "book" | "trade"
const request = (method: "subscribe" | "unsubscribe", channel: Channel, symbol: ReadonlyArray<string>): string => {
  const depth = channel === "book" ? { depth: KRAKEN_DEPTH } : {}
  const snapshot = method === "subscribe" ? { snapshot: channel === "book" } : {}
  return JSON.stringify({ method, params: { channel, symbol, ...depth, ...snapshot } })
}

const requests = (method: "subscribe" | "unsubscribe", symbols: ReadonlyArray<string>): ReadonlyArray<string> => {
  const texts: Array<string> = []
  for (let i = 0; i < symbols.length; i += SYMBOLS_PER_REQUEST) {
    const batch = symbols.slice(i, i + SYMBOLS_PER_REQUEST)
    texts.push(request(method, "book", batch), request(method, "trade", batch))
  }
  return texts
}

const repair = (state: State, symbol: string, trouble: Trouble): Instructions => {
  const member = state.members.get(symbol)
  if (member !== undefined) member.synced = false
  const send = [request("unsubscribe", "book", [symbol]), request("subscribe", "book", [symbol])]
  return [{ type: "resubscribe", symbol, ...trouble, send }]
}

const change = ({ price, qty }: { readonly price: Numeric; readonly qty: Numeric }): Level => level(price, qty)

const onBook = (state: State, frame: typeof BookFrame.Type): Instructions => {
  const instructions: Array<Instruction> = []
  for (const book of frame.data) {
    const member = state.members.get(book.symbol)
    if (member === undefined) continue
    if (frame.type === "snapshot") member.synced = true
    if (!member.synced) continue
    const { symbol, timestamp: time = null, checksum: proof } = book
    const bids = book.bids?.map(change) ?? []
    const asks = book.asks?.map(change) ?? []
    if (frame.type === "update") instructions.push({ type: "changes", symbol, bids, asks, time, proof })
    else instructions.push({ type: "snapshot", symbol, bids, asks, time, proof, window: member.depth })
  }
  return instructions
}

const fill = (trade: typeof Trade.Type): Fill => ({
  id: trade.trade_id,
  price: trade.price,
  size: trade.qty,
  side: trade.side,
  time: trade.timestamp
})

const onTrades = (state: State, frame: typeof TradeFrame.Type): Instructions => {
  const symbols = new Set(frame.data.map((trade) => trade.symbol))
  return [...symbols].flatMap((symbol): Instructions => {
    if (!state.members.has(symbol)) return NOTHING
    const trades = frame.data.filter((trade) => trade.symbol === symbol)
    if (frame.type === "update") return [{ type: "trades", symbol, trades: trades.map(fill) }]
    return [{ type: "trade_anchor", symbol, id: Math.max(...trades.map((trade) => trade.trade_id)) }]
  })
}

const onReply = (state: State, { method, result }: typeof Reply.Type): Instructions => {
  if (method !== "subscribe" || result?.channel !== "book" || result.depth === undefined) return NOTHING
  const member = state.members.get(result.symbol ?? "")
  if (member !== undefined) member.depth = result.depth
  return NOTHING
}

const translate = (state: State, frame: Frame): Instructions => {
  if ("channel" in frame && frame.channel !== undefined) {
    switch (frame.channel) {
      case "book":
        return onBook(state, frame)
      case "trade":
        return onTrades(state, frame)
      case "status":
        return frame.data.flatMap(({ system }) => krakenStatus(state, system))
      default:
        return NOTHING
    }
  }
  if ("error" in frame) return krakenRefusal(state.members, frame.symbol, frame.error)
  if ("Error" in frame) return krakenRefusal(state.members, undefined, frame.Error)
  return "success" in frame ? onReply(state, frame) : NOTHING
}

/** Books and trades come on channels of these names and no others. */
const isControl = (json: unknown): boolean => {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return false
  if ("channel" in json) return typeof json.channel === "string" && json.channel !== "book" && json.channel !== "trade"
  return "method" in json || !("data" in json)
}

/** Kraken spot, websocket v2. */
export const krakenSpot = defineScheme<Frame, Socket, Member>({
  exchange: "Kraken",
  protocol: "spot websocket v2",
  marketTypes: ["SPOT"],
  guarantee:
    "Every snapshot and update carries a CRC32 of the ten best levels a side, checked at once; a loss deeper in " +
    "the book is seen when it reaches the top ten, or by the next audit against the REST book. Trade ids show " +
    "missed trades. The book is the best 1,000 levels a side.",
  lines: "wss://ws.kraken.com/v2",
  rest: KRAKEN_REST,
  // keepalive and limits: sheet section 8, read 2026-11-23
  keepalive: { ping: { every: 5_000, text: `{"method":"ping"}` }, socketSilence: 10_000 },
  limits: {
    connects: { count: 150, perMs: 600_000 },
    messages: { count: 20, perMs: 1_000 },
    rest: KRAKEN_REST_LIMIT,
    marketsPerSocket: 100
  },
  audit: krakenDepth(100),
  probe: krakenDepth(10),
  window: KRAKEN_DEPTH,
  tradeIds: "dense",
  toNative: ({ base, quote }) => `${krakenCode(base)}/${krakenCode(quote)}`,
  fromNative: krakenPair,
  listing: krakenListing,
  socket: () => ({ system: "online" }),
  member: () => ({ synced: false, depth: KRAKEN_DEPTH, checksum: new KrakenChecksum() }),
  subscribe: (_state, symbols) => requests("subscribe", symbols),
  unsubscribe: (_state, symbols) => requests("unsubscribe", symbols),
  decode: frames(Frame, { exact: true, isControl }),
  translate,
  prove: ({ checksum }, book, proof) => checksum.prove(book, proof),
  repair
})
