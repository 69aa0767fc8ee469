// FTX: spot, linear perpetuals and dated futures. The venue closed in November 2022: replay and tests only.
// 1. Dial /ws/, subscribe `orderbook` and `trades`, one frame a market and channel; `partial` is the snapshot.
// 2. Apply each `update`; the server deletes what leaves its best 100 a side, so nothing is cut here.
// 3. Every book frame, idle ones too, carries a CRC32 of the whole book; a mismatch: unsubscribe, subscribe, await.
// 4. Trades: `side` is the taker's; no history is sent.
// 5. Info 20001 announces a restart: a new socket first. Frames of other types and channels are counted and ignored.
// Source: docs of the time as kept by peers; read 2026-11-23; checked on captures of 2021.
// Surprises: the server was Python, so the checksum prints doubles as Python does (`100.0`, `1e-06`), whatever the JSON
// says; a quiet book repeats an empty update about every second, which makes the checksum its heartbeat.
// Unsure: limits, and the texts of errors; whether an error names its market. One that names none is put on who is left
// unanswered, and asked again.
import { Schema } from "effect"
import { Recurring } from "../../wire/Recurring.ts"
import { Unread } from "../../wire/Unread.ts"
import { EpochSeconds } from "../../wire/EpochSeconds.ts"
import { ftxListing } from "./ftxListing.ts"
import { ftxNative, ftxPair } from "./ftxNames.ts"
import { NOTHING, type Fill, type Instruction, type Instructions } from "../Instruction.ts"
import { defineScheme } from "../defineScheme.ts"
import { isNamedIn } from "../rules/namedIn.ts"
import { type LevelText, TopSums } from "../checksum/TopSums.ts"
import { Rfc3339 } from "../../wire/Rfc3339.ts"
import type { BookView, SessionState, Trouble } from "../TranslationScheme.ts"
import { Unanswered } from "../rules/Unanswered.ts"
import { frames, Numeric } from "../../wire/Wire.ts"

const Levels = Schema.Array(Schema.Tuple([Numeric, Numeric]))
const Book = Schema.Struct({
  channel: Schema.Literal("orderbook"),
  market: Recurring,
  type: Schema.Literals(["update", "partial"]),
  data: Schema.Struct({ time: EpochSeconds, checksum: Schema.Int, bids: Levels, asks: Levels })
})
const Trade = Schema.Struct({
  id: Schema.NullOr(Schema.Int),
  price: Numeric,
  size: Numeric,
  side: Schema.Literals(["buy", "sell"]),
  time: Rfc3339
})
const Trades = Schema.Struct({
  channel: Schema.Literal("trades"),
  market: Recurring,
  type: Schema.Literals(["update", "partial"]),
  data: Schema.Array(Trade)
})
const Replied = Schema.Struct({
  type: Schema.Literals(["subscribed", "unsubscribed"]),
  channel: Schema.String,
  market: Schema.optionalKey(Schema.String)
})
const Other = Schema.Struct({
  channel: Schema.Literals(["ticker", "markets"]),
  type: Schema.Literals(["update", "partial"]),
  data: Unread
})
const Failure = Schema.Struct({ type: Schema.Literal("error"), code: Schema.Number, msg: Schema.String })
const Info = Schema.Struct({ type: Schema.Literal("info"), code: Schema.Number, msg: Schema.String })
const Pong = Schema.Struct({ type: Schema.Literal("pong") })
const Frame = Schema.Union([Book, Trades, Other, Replied, Failure, Info, Pong])
type Frame = typeof Frame.Type

/** Books and trades come as updates and partials of their channels. */
const isControl = (json: unknown): boolean => {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return false
  if (!("type" in json)) return !("data" in json) && !("market" in json)
  if (typeof json.type !== "string") return false
  if ("channel" in json && typeof json.channel === "string" && !/^(orderbook|trades)$/.test(json.channel)) return true
  return !("data" in json) && json.type !== "update" && json.type !== "partial"
}

interface Socket {
  readonly unanswered: Unanswered
  /** Markets that the venue refused by name: each of their requests is answered by an error. */
  readonly refused: Set<string>
}
interface Member {
  /** A partial has come; before it, and after a loss, updates mean nothing. */
  synced: boolean
  readonly sums: TopSums
}
type State = SessionState<Socket, Member>

const RESTART = 20_001
const NO_SUCH_MARKET = 404
const DEPTH = 100

const request = (op: "subscribe" | "unsubscribe", channel: "orderbook" | "trades", market: string): string =>
  JSON.stringify({ op, channel, market })

const crossOff = ({ socket: { unanswered } }: State, symbol: string): void => {
  unanswered.answered(symbol, "orderbook")
  unanswered.answered(symbol, "trades")
}

const subscribe = (state: State, symbols: ReadonlyArray<string>): ReadonlyArray<string> =>
  symbols.flatMap((symbol) => {
    state.socket.refused.delete(symbol)
    state.socket.unanswered.ask(symbol, "orderbook")
    state.socket.unanswered.ask(symbol, "trades")
    return [request("subscribe", "orderbook", symbol), request("subscribe", "trades", symbol)]
  })

const unsubscribe = (state: State, symbols: ReadonlyArray<string>): ReadonlyArray<string> =>
  symbols.flatMap((symbol) => {
    crossOff(state, symbol)
    return [request("unsubscribe", "orderbook", symbol), request("unsubscribe", "trades", symbol)]
  })

const repair = (state: State, symbol: string, trouble: Trouble): Instructions => {
  const member = state.members.get(symbol)
  if (member !== undefined) member.synced = false
  const send = [request("unsubscribe", "orderbook", symbol), request("subscribe", "orderbook", symbol)]
  return [{ type: "resubscribe", symbol, ...trouble, send }]
}

const onBook = (state: State, { market, type, data }: typeof Book.Type): Instructions => {
  const member = state.members.get(market)
  if (member === undefined) return NOTHING
  if (type === "partial") member.synced = true
  if (!member.synced) return NOTHING
  const { bids, asks, time, checksum } = data
  return [{ type: type === "partial" ? "snapshot" : "changes", symbol: market, bids, asks, time, proof: checksum }]
}

const fill = (trade: typeof Trade.Type): Fill => ({
  id: trade.id,
  price: trade.price,
  size: trade.size,
  side: trade.side,
  time: trade.time
})

const onTrades = (state: State, { market, type, data }: typeof Trades.Type): Instructions =>
  type === "update" && state.members.has(market)
    ? [{ type: "trades", symbol: market, trades: data.map(fill) }]
    : NOTHING

/** By the order of replies alone. */
const refused = (symbols: ReadonlyArray<string>, detail: string): Instructions =>
  symbols.map((symbol): Instruction => ({ type: "refused", symbol, detail }))

const onUnknownMarket = (state: State, detail: string): Instructions => {
  const { unanswered, refused: known } = state.socket
  const named = [...state.members.keys()].filter((symbol) => !known.has(symbol) && isNamedIn(detail, symbol))
  for (const symbol of named) {
    known.add(symbol)
    crossOff(state, symbol)
  }
  if (named.length > 0) return named.map((symbol): Instruction => ({ type: "rejected", symbol, detail }))
  if ([...known].some((symbol) => isNamedIn(detail, symbol))) return NOTHING
  const blamed = unanswered.refused()
  return blamed === null ? [{ type: "reconnect", reason: "refused", detail }] : refused(blamed, detail)
}

const translate = (state: State, frame: Frame): Instructions => {
  switch (frame.type) {
    case "update":
    case "partial":
      if (frame.channel === "orderbook") return onBook(state, frame)
      return frame.channel === "trades" ? onTrades(state, frame) : NOTHING
    case "subscribed":
      return refused(
        state.socket.unanswered.answered(frame.market ?? "", frame.channel),
        "the venue refused one market, and this one alone is unanswered"
      )
    case "unsubscribed":
    case "pong":
      return NOTHING
    case "info":
      return frame.code === RESTART ? [{ type: "closing", detail: frame.msg }] : NOTHING
    case "error":
      return frame.code === NO_SUCH_MARKET
        ? onUnknownMarket(state, frame.msg)
        : [{ type: "reconnect", reason: "refused", detail: frame.msg }]
  }
}

/** A double as Python's `repr` prints it. */
export const pythonFloat = (value: number): string => {
  if (value >= 1e-4 && value < 1e16) return Number.isInteger(value) ? `${value}.0` : String(value)
  return value === 0 ? "0.0" : value.toExponential().replace(/e([+-])(\d)$/, "e$10$2")
}

const levelText = (price: number, size: number): string => `:${pythonFloat(price)}:${pythonFloat(size)}`
const bidText: LevelText = (book, rank) => levelText(book.bidPrice(rank), book.bidSize(rank))
const askText: LevelText = (book, rank) => levelText(book.askPrice(rank), book.askSize(rank))
const prove = (member: Member, book: BookView, proof: number): Trouble | null => {
  const ours = member.sums.inTurn(book) >>> 0
  return ours === proof ? null : { reason: "checksum", detail: `the venue's checksum is ${proof}, ours ${ours}` }
}

/** FTX, all market types on one socket; for recordings. */
export const ftx = defineScheme<Frame, Socket, Member>({
  exchange: "FTX",
  protocol: "websocket (the venue closed in 2022)",
  status: "retired",
  marketTypes: ["SPOT", "PERP", "FUTURE"],
  guarantee:
    "Every frame carries a CRC32 of the whole book, 100 levels a side, checked at once; a quiet book repeats it " +
    "every second. Trades have ids but no sequence, so a missed one is not seen.",
  lines: "wss://ftx.com/ws/",
  // asked at an address of one's own alone, for the listing
  rest: "https://ftx.com",
  // keepalive and limits: sheet section 8, read 2026-11-23
  keepalive: { ping: { every: 15_000, text: `{"op":"ping"}` }, socketSilence: 35_000, marketSilence: 10_000 },
  limits: {
    connects: { count: 20, perMs: 60_000 },
    messages: { count: 20, perMs: 1_000 },
    rest: { weight: 10, perMs: 1_000 },
    marketsPerSocket: 50
  },
  toNative: ftxNative,
  fromNative: ftxPair,
  listing: ftxListing,
  socket: () => ({ unanswered: new Unanswered(), refused: new Set() }),
  member: () => ({
    synced: false,
    sums: new TopSums(DEPTH, bidText, askText)
  }),
  subscribe,
  unsubscribe,
  decode: frames(Frame, { exact: true, isControl }),
  translate,
  prove,
  repair
})
