// HitBTC: spot and perpetuals on one v3 socket.
// 1. Dial, subscribe `orderbook/full` and `trades` (without `limit`, so no history comes).
// 2. The acknowledgement lists all symbols active on the channel: one that is missing is unknown to the venue.
// 3. A snapshot replaces the whole book, always; `s` is its position.
// 4. Each update must have `s` one above the last, empty updates included. At or below: stale. Above: a gap.
// 5. After a gap: unsubscribe the book, wait for the acknowledgement, subscribe, take the snapshot. REST has no `s`.
// Source: api.hitbtc.com API v3 reference, 2026-09; read 2026-11-23; checked on a capture of the same engine.
// Surprises: an unknown symbol is no error; a second subscribe brings no second snapshot; `s` is the sequence in a book
// and the side in a trade; a suspended market sends an empty book with `s` 1; a trade id can be its millisecond.
// Unsure in the sheet: the reply to unsubscribe and the snapshot after it (if none comes, the socket is given up);
// that a trade's side is the taker's.
import { Schema } from "effect"
import { DecimalText } from "./DecimalText.ts"
import { defineScheme } from "./defineScheme.ts"
import { NOTHING, type Instruction, type Instructions } from "./Instruction.ts"
import { QUOTES, splitJoined } from "./pairs.ts"
import type { SessionState, Trouble } from "./TranslationScheme.ts"
import { frames, millis } from "./Wire.ts"

const Levels = Schema.Array(Schema.Tuple([DecimalText, DecimalText]))
const Book = Schema.Struct({ t: Schema.Number, s: Schema.Number, a: Levels, b: Levels })
const Trade = Schema.Struct({
  t: Schema.Number,
  i: Schema.Number,
  p: DecimalText,
  q: DecimalText,
  s: Schema.Literals(["buy", "sell"])
})
const Books = Schema.Record(Schema.String, Book)
const Trades = Schema.Record(Schema.String, Schema.Array(Trade))
const BookChannel = Schema.Literal("orderbook/full")
/** Marks what another member of the union has, so that no frame passes for two. */
const absent = Schema.optionalKey(Schema.Never)
const Frame = Schema.Union([
  Schema.Struct({ ch: BookChannel, update: Books, snapshot: absent }),
  Schema.Struct({ ch: Schema.Literal("trades"), update: Trades, snapshot: absent }),
  Schema.Struct({ ch: BookChannel, update: absent, snapshot: Books }),
  Schema.Struct({ ch: Schema.Literal("trades"), update: absent, snapshot: Trades }),
  Schema.Struct({
    ch: absent,
    result: Schema.Struct({ ch: Schema.String, subscriptions: Schema.Array(Schema.String) }),
    id: Schema.NullOr(Schema.Number)
  }),
  Schema.Struct({
    ch: absent,
    result: absent,
    error: Schema.Struct({
      code: Schema.Number,
      message: Schema.String,
      description: Schema.optionalKey(Schema.String)
    }),
    id: Schema.optionalKey(Schema.NullOr(Schema.Number))
  }),
  Schema.Struct({ ch: Schema.String.check(Schema.isPattern(/^(?!(orderbook\/full|trades)$)/)) })
])
type Frame = typeof Frame.Type
type Failure = Extract<Frame, { readonly error: unknown }>
type BookFrame = Extract<Frame, { readonly ch: "orderbook/full" }>
type TradeFrame = Extract<Frame, { readonly ch: "trades" }>

interface Request {
  readonly method: "subscribe" | "unsubscribe"
  readonly channel: string
  readonly symbols: ReadonlyArray<string>
}
interface Socket {
  nextId: number
  /** Requests in flight by their number: what an acknowledgement or an error speaks of. */
  readonly asked: Map<number, Request>
}
interface Member {
  /** Sequence of the last applied frame; null while there is no book. */
  last: number | null
  /** The unsubscription of a repair is not acknowledged yet. */
  leaving: boolean
}
type State = SessionState<Socket, Member>

const BOOK = "orderbook/full"
const BATCH = 50
const SYMBOL_NOT_FOUND = 2001

const ask = (state: State, method: Request["method"], channel: string, symbols: ReadonlyArray<string>): string => {
  const id = state.socket.nextId++
  state.socket.asked.set(id, { method, channel, symbols })
  return JSON.stringify({ method, ch: channel, params: { symbols }, id })
}

const request = (state: State, method: Request["method"], symbols: ReadonlyArray<string>): ReadonlyArray<string> => {
  const texts: Array<string> = []
  for (let i = 0; i < symbols.length; i += BATCH) {
    const batch = symbols.slice(i, i + BATCH)
    texts.push(ask(state, method, BOOK, batch), ask(state, method, "trades", batch))
  }
  return texts
}

const repair = (state: State, symbol: string, trouble: Trouble): Instructions => {
  const member = state.members.get(symbol)
  if (member === undefined) return NOTHING
  member.last = null
  member.leaving = true
  return [{ type: "resubscribe", symbol, ...trouble, send: [ask(state, "unsubscribe", BOOK, [symbol])] }]
}

const onSnapshot = (state: State, symbol: string, book: typeof Book.Type): Instructions => {
  const member = state.members.get(symbol)
  if (member === undefined || member.leaving) return NOTHING
  member.last = book.s
  return [{ type: "snapshot", symbol, bids: book.b, asks: book.a, time: millis(book.t) }]
}

const onUpdate = (state: State, symbol: string, book: typeof Book.Type): Instructions => {
  const member = state.members.get(symbol)
  if (member === undefined || member.leaving || member.last === null || book.s <= member.last) return NOTHING
  if (book.s !== member.last + 1) {
    return repair(state, symbol, { reason: "gap", detail: `after ${member.last} came ${book.s}` })
  }
  member.last = book.s
  return [{ type: "changes", symbol, bids: book.b, asks: book.a, time: millis(book.t) }]
}

const onBooks = (state: State, frame: BookFrame): Instructions => {
  const said: Array<Instruction> = []
  const books = frame.update ?? frame.snapshot
  const step = frame.snapshot === undefined ? onUpdate : onSnapshot
  for (const symbol of Object.keys(books)) said.push(...step(state, symbol, books[symbol]!))
  return said
}

const onTrades = (state: State, frame: TradeFrame): Instructions => {
  // the snapshot form is history
  if (frame.update === undefined) return NOTHING
  const said: Array<Instruction> = []
  for (const [symbol, fills] of Object.entries(frame.update)) {
    if (!state.members.has(symbol)) continue
    const trades = fills.map(({ t, i, p, q, s }) => ({ id: i, price: p, size: q, side: s, time: millis(t) }))
    said.push({ type: "trades", symbol, trades })
  }
  return said
}

const take = (state: State, id: number | null | undefined): Request | null => {
  if (id === null || id === undefined) return null
  const asked = state.socket.asked.get(id) ?? null
  state.socket.asked.delete(id)
  return asked
}

const onReply = (state: State, id: number | null, active: ReadonlyArray<string>): Instructions => {
  const asked = take(state, id)
  if (asked === null || asked.channel !== BOOK) return NOTHING
  const known = asked.symbols.filter((symbol) => state.members.has(symbol))
  if (asked.method === "subscribe") {
    return known
      .filter((symbol) => !active.includes(symbol))
      .map((symbol) => ({
        type: "rejected" as const,
        symbol,
        detail: "the venue did not subscribe it: no such symbol"
      }))
  }
  return known.flatMap((symbol): Instructions => {
    const member = state.members.get(symbol)!
    if (!member.leaving) return NOTHING
    member.leaving = false
    return [{ type: "send", text: ask(state, "subscribe", BOOK, [symbol]) }]
  })
}

const onFailure = (state: State, { error, id }: Failure): Instructions => {
  const asked = take(state, id)
  const detail = error.description ?? error.message
  if (error.code === 429) return [{ type: "reconnect", reason: "rate_limited", detail }]
  if (asked === null || asked.method === "unsubscribe" || error.code !== SYMBOL_NOT_FOUND) {
    return [{ type: "reconnect", reason: "refused", detail }]
  }
  if (asked.symbols.length > 1) {
    return asked.symbols.map((symbol) => ({
      type: "send" as const,
      text: ask(state, "subscribe", asked.channel, [symbol])
    }))
  }
  return asked.symbols
    .filter((symbol) => state.members.has(symbol))
    .map((symbol) => ({ type: "rejected" as const, symbol, detail }))
}

const isBooks = (frame: Frame): frame is BookFrame => frame.ch === BOOK
const isTrades = (frame: Frame): frame is TradeFrame => frame.ch === "trades"

const translate = (state: State, frame: Frame): Instructions => {
  if (isBooks(frame)) return onBooks(state, frame)
  if (isTrades(frame)) return onTrades(state, frame)
  if (frame.ch !== undefined) return NOTHING
  return frame.result === undefined ? onFailure(state, frame) : onReply(state, frame.id, frame.result.subscriptions)
}

const SPOT_QUOTES = [...QUOTES, "BCH", "EOS", "EURS"].sort((a, b) => b.length - a.length)
const PERP = /^(.+)(USDT)_PERP$/

export const hitBtc = defineScheme<Frame, Socket, Member>({
  exchange: "HitBTC",
  protocol: "API v3 public socket, orderbook/full",
  alternative: null,
  status: "live",
  marketTypes: ["SPOT", "PERP"],
  guarantee:
    "Every update's sequence is one above its predecessor's, so a lost or reordered frame is seen at once and a repeated " +
    "one is dropped. A level altered inside a frame is not seen: no checksum exists.",
  lines: [{ name: "public", url: "wss://api.hitbtc.com/api/3/ws/public" }],
  rest: null,
  keepalive: { ping: { every: 25_000, text: null }, socketSilence: 65_000, marketSilence: null },
  limits: {
    connects: { count: 10, perMs: 1_000 },
    messages: { count: 10, perMs: 1_000 },
    rest: null,
    marketsPerSocket: 50
  },
  audit: null,
  keepsText: false,
  window: null,
  tradeIds: "unique",
  crossedGrace: 0,
  unreadable: "ignore",
  toNative: ({ base, quote }, type) => `${base}${quote}${type === "PERP" ? "_PERP" : ""}`.toUpperCase(),
  fromNative: (native, type) => {
    if (type === "SPOT") return native.includes("_") ? null : splitJoined(native, SPOT_QUOTES)
    const match = type === "PERP" ? PERP.exec(native) : null
    return match === null ? null : { base: match[1]!, quote: match[2]! }
  },
  sizeUnit: () => ({ size_unit: "base", contract_value: null }),
  socket: () => ({ nextId: 1, asked: new Map() }),
  member: () => ({ last: null, leaving: false }),
  subscribe: (state, symbols) => request(state, "subscribe", symbols),
  unsubscribe: (state, symbols) => request(state, "unsubscribe", symbols),
  decode: frames(Frame),
  translate,
  answer: () => NOTHING,
  prove: () => null,
  repair
})
