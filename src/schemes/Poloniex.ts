// Poloniex: spot (websocket "v2") and perpetuals (v3). Same verbs and channels on two sockets, other key names.
// 1. Dial, subscribe `book_lv2` and `trades`; each channel is acknowledged with its symbols.
// 2. The first `snapshot` of a symbol replaces its book; updates before it are dropped, they are no gap.
// 3. Each update's `lastId` (spot) or `lid` (perp) must be the `id` applied last. Ids are not dense.
// 4. Else: unsubscribe `book_lv2`, wait for the acknowledgement, subscribe, take the next snapshot. REST has no ids.
// 5. The server drops who says nothing for 30 s, even while data streams: ping on data as well as on silence.
// Source: api-docs.poloniex.com spot/websocket and v3/futures/websocket, 2026; read 2026-11-23; checked on a capture.
// Surprises: `amount` of a spot trade is quote turnover, `quantity` is the size; a snapshot may come again at any time;
// errors name neither symbol nor request. The book is a window of 20 levels a side, kept by the server.
// Unsure in the sheet: the perp's trade frame is a documented sample; what an invalid name in a longer list does.
import { Schema } from "effect"
import { DecimalText } from "./DecimalText.ts"
import type { MarketType } from "../domain/MarketType.ts"
import { defineScheme } from "./defineScheme.ts"
import { Recurring } from "./Recurring.ts"
import { Unread } from "./Unread.ts"
import { NOTHING, type Fill, type Instruction, type Instructions } from "./Instruction.ts"
import type { Pair, SessionState, SizeUnit, Trouble } from "./TranslationScheme.ts"
import { frames, millis } from "./Wire.ts"

const Levels = Schema.Array(Schema.Tuple([DecimalText, DecimalText]))
const sides = { asks: Levels, bids: Levels, id: Schema.Number }
const SpotBook = Schema.Struct({ symbol: Recurring, createTime: Schema.Number, lastId: Schema.Number, ...sides })
const PerpBook = Schema.Struct({ s: Recurring, cT: Schema.Number, lid: Schema.Number, ...sides })
const SpotTrade = Schema.Struct({
  symbol: Recurring,
  id: Schema.String,
  price: DecimalText,
  quantity: DecimalText,
  takerSide: Schema.Literals(["buy", "sell"]),
  createTime: Schema.Number
})
const PerpTrade = Schema.Struct({
  s: Recurring,
  id: Schema.Number,
  px: DecimalText,
  qty: DecimalText,
  side: Schema.Literals(["buy", "sell"]),
  cT: Schema.Number
})
/** Marks what another member of the union has, so that no frame passes for two. */
const absent = Schema.optionalKey(Schema.Never)
const action = Schema.Literals(["update", "snapshot"])
const BookFrame = Schema.Union([
  Schema.Struct({ event: absent, channel: Schema.Literal("book_lv2"), data: Schema.Array(SpotBook), action }),
  Schema.Struct({ event: absent, channel: Schema.Literal("book_lv2"), data: Schema.Array(PerpBook), action })
])
const TradeFrame = Schema.Union([
  Schema.Struct({ event: absent, channel: Schema.Literal("trades"), data: Schema.Array(SpotTrade) }),
  Schema.Struct({ event: absent, channel: Schema.Literal("trades"), data: Schema.Array(PerpTrade) })
])
const Control = Schema.Union([
  Schema.Struct({ event: Schema.Literal("pong") }),
  Schema.Struct({
    event: Schema.Literals(["subscribe", "unsubscribe"]),
    channel: Schema.String,
    symbols: Schema.Array(Schema.String)
  }),
  Schema.Struct({ event: Schema.Literal("error"), message: Schema.String }),
  Schema.Struct({ event: Schema.Literals(["unsubscribe_all", "list_subscriptions"]) })
])
const Other = Schema.Struct({
  event: absent,
  channel: Schema.String.check(Schema.isPattern(/^(?!(book_lv2|trades)$)/)),
  data: Unread
})
const Frame = Schema.Union([BookFrame, TradeFrame, Control, Other])
type BookFrame = typeof BookFrame.Type
type TradeFrame = typeof TradeFrame.Type
type Control = typeof Control.Type
type Frame = typeof Frame.Type
type Book = typeof SpotBook.Type | typeof PerpBook.Type
type Trade = typeof SpotTrade.Type | typeof PerpTrade.Type

interface Socket {
  /** Symbols of each subscription not yet acknowledged, oldest first: what an error speaks of. */
  asked: Array<ReadonlyArray<string>>
}
interface Member {
  /** Id of the last applied frame; null while there is no book. */
  last: number | null
  /** The unsubscription of a repair is not acknowledged yet. */
  leaving: boolean
}
type State = SessionState<Socket, Member>

const WINDOW = 20
const BATCH = 50

const say = (event: string, channel: ReadonlyArray<string>, symbols: ReadonlyArray<string>): string =>
  JSON.stringify({ event, channel, symbols })

const subscribe = (state: State, symbols: ReadonlyArray<string>): ReadonlyArray<string> => {
  const texts: Array<string> = []
  for (let i = 0; i < symbols.length; i += BATCH) {
    const batch = symbols.slice(i, i + BATCH)
    state.socket.asked.push(batch)
    texts.push(say("subscribe", ["book_lv2", "trades"], batch))
  }
  return texts
}

const oneByOne = (state: State, symbols: ReadonlyArray<string>): Instructions =>
  symbols.flatMap((symbol) => subscribe(state, [symbol]).map((text) => ({ type: "send" as const, text })))

const repair = (state: State, symbol: string, trouble: Trouble): Instructions => {
  const member = state.members.get(symbol)
  if (member === undefined) return NOTHING
  member.last = null
  member.leaving = true
  return [{ type: "resubscribe", symbol, ...trouble, send: [say("unsubscribe", ["book_lv2"], [symbol])] }]
}

const onBook = (state: State, book: Book, snapshot: boolean, said: Array<Instruction>): void => {
  const symbol = "lid" in book ? book.s : book.symbol
  const member = state.members.get(symbol)
  if (member === undefined || member.leaving) return
  const { bids, asks, id } = book
  const time = millis("lid" in book ? book.cT : book.createTime)
  if (snapshot) {
    member.last = id
    said.push({ type: "snapshot", symbol, bids, asks, time, proof: WINDOW })
    return
  }
  if (member.last === null) return
  const previous = "lid" in book ? book.lid : book.lastId
  if (previous !== member.last) {
    const detail = `after ${member.last} came an update that follows ${previous}`
    said.push(...repair(state, symbol, { reason: "gap", detail }))
    return
  }
  member.last = id
  said.push({ type: "changes", symbol, bids, asks, time, proof: WINDOW })
}

const fill = (trade: Trade): Fill =>
  "s" in trade
    ? { id: trade.id, price: trade.px, size: trade.qty, side: trade.side, time: millis(trade.cT) }
    : { id: trade.id, price: trade.price, size: trade.quantity, side: trade.takerSide, time: millis(trade.createTime) }

const onTrade = (state: State, trade: Trade, said: Array<Instruction>): void => {
  const symbol = "s" in trade ? trade.s : trade.symbol
  if (state.members.has(symbol)) said.push({ type: "trades", symbol, trades: [fill(trade)] })
}

const onSubscribed = (state: State, symbols: ReadonlyArray<string>): Instructions => {
  const asked = state.socket.asked.shift() ?? []
  // what an acknowledgement leaves out is asked for alone, since only then an error names it
  return oneByOne(state, asked.length > 1 ? asked.filter((symbol) => !symbols.includes(symbol)) : [])
}

const onUnsubscribed = (state: State, symbols: ReadonlyArray<string>): Instructions =>
  symbols.flatMap((symbol): Instructions => {
    const member = state.members.get(symbol)
    if (member === undefined || !member.leaving) return NOTHING
    member.leaving = false
    state.socket.asked.push([symbol])
    return [{ type: "send", text: say("subscribe", ["book_lv2"], [symbol]) }]
  })

const onError = (state: State, detail: string): Instructions => {
  const asked = detail === "no valid symbols" ? state.socket.asked.shift() : undefined
  if (asked === undefined) return [{ type: "reconnect", reason: "refused", detail }]
  if (asked.length > 1) return oneByOne(state, asked)
  return asked
    .filter((symbol) => state.members.has(symbol))
    .map((symbol) => ({ type: "rejected" as const, symbol, detail }))
}

const onControl = (state: State, frame: Control): Instructions => {
  switch (frame.event) {
    case "subscribe":
      return frame.channel === "book_lv2" ? onSubscribed(state, frame.symbols) : NOTHING
    case "unsubscribe":
      return frame.channel === "book_lv2" ? onUnsubscribed(state, frame.symbols) : NOTHING
    case "error":
      return onError(state, frame.message)
    default:
      return NOTHING
  }
}

const isBooks = (frame: Frame): frame is BookFrame => frame.event === undefined && frame.channel === "book_lv2"
const isTrades = (frame: Frame): frame is TradeFrame => frame.event === undefined && frame.channel === "trades"

const translate = (state: State, frame: Frame): Instructions => {
  if (frame.event !== undefined) return onControl(state, frame)
  const said: Array<Instruction> = []
  if (isBooks(frame)) for (const book of frame.data) onBook(state, book, frame.action === "snapshot", said)
  else if (isTrades(frame)) for (const trade of frame.data) onTrade(state, trade, said)
  return said
}

interface System {
  readonly protocol: string
  readonly type: MarketType
  readonly url: string
  readonly toNative: (pair: Pair) => string
  readonly pattern: RegExp
  readonly sizeUnit: (native: string) => SizeUnit
}

const poloniex = (system: System) =>
  defineScheme<Frame, Socket, Member>({
    exchange: "Poloniex",
    protocol: system.protocol,
    alternative: null,
    status: "live",
    marketTypes: [system.type],
    guarantee:
      "Every update names its predecessor, so a lost, repeated or reordered frame is seen at once, and no side may outgrow " +
      "the 20 levels the venue sends. A level altered inside a frame is not seen: no checksum exists.",
    lines: [{ name: "public", url: system.url }],
    rest: null,
    keepalive: {
      ping: { every: 10_000, text: '{"event":"ping"}', always: true },
      socketSilence: 25_000,
      marketSilence: null
    },
    limits: {
      connects: { count: 10, perMs: 1_000 },
      messages: { count: 100, perMs: 1_000 },
      rest: null,
      marketsPerSocket: 100
    },
    audit: null,
    keepsText: false,
    window: null,
    tradeIds: "unique",
    crossedGrace: 0,
    unreadable: "ignore",
    toNative: system.toNative,
    fromNative: (native, type) => {
      const match = type === system.type ? system.pattern.exec(native) : null
      return match === null ? null : { base: match[1]!, quote: match[2]! }
    },
    sizeUnit: (_type, native) => system.sizeUnit(native),
    socket: () => ({ asked: [] }),
    member: () => ({ last: null, leaving: false }),
    subscribe,
    unsubscribe: (_state, symbols) => [say("unsubscribe", ["book_lv2", "trades"], symbols)],
    decode: frames(Frame),
    translate,
    answer: () => NOTHING,
    prove: (_member, book, proof) =>
      book.bidLevels <= proof && book.askLevels <= proof
        ? null
        : {
            reason: "inconsistent",
            detail: `${book.bidLevels} bids and ${book.askLevels} asks where at most ${proof} exist`
          },
    repair
  })

/** Base units of one contract, as listed on 2026-09-22, and whose. */
const CONTRACTS: ReadonlyArray<readonly [value: string, bases: ReadonlyArray<string>]> = [
  ["0.001", ["BTC"]],
  ["0.01", ["ETH", "LTC", "BCH"]],
  ["0.1", ["BNB", "SOL", "AVAX", "LINK"]],
  ["1", ["SUI", "APT", "UNI", "FIL"]],
  ["10", ["XRP", "ADA"]],
  ["100", ["TRX", "DOGE", "1000SHIB"]],
  ["1000", ["1000PEPE"]]
]

const contract = (native: string): SizeUnit => {
  const base = native.split("_")[0]!
  const value = CONTRACTS.find(([, bases]) => bases.includes(base))?.[0]
  return { size_unit: "contracts", contract_value: value === undefined ? null : `${value} ${base}` }
}

export const poloniexSpot = poloniex({
  protocol: "spot websocket v2, book_lv2",
  type: "SPOT",
  url: "wss://ws.poloniex.com/ws/public",
  toNative: ({ base, quote }) => `${base}_${quote}`.toUpperCase(),
  pattern: /^([^_]+)_([^_]+)$/,
  sizeUnit: () => ({ size_unit: "base", contract_value: null })
})

export const poloniexPerp = poloniex({
  protocol: "futures websocket v3, book_lv2",
  type: "PERP",
  url: "wss://ws.poloniex.com/ws/v3/public",
  toNative: ({ base, quote }) => `${base}_${quote}_PERP`.toUpperCase(),
  pattern: /^([^_]+)_([^_]+)_PERP$/,
  sizeUnit: contract
})
