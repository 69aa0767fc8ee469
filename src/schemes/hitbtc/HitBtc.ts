// HitBTC: spot and perpetuals on one v3 socket.
// 1. Dial, subscribe `orderbook/full` and `trades` (without `limit`, so no history comes).
// 2. The acknowledgement lists all symbols active on the channel: one that is missing is unknown to the venue.
// 3. A snapshot replaces the whole book, always; `s` is its position.
// 4. Each update must have `s` one above the last, empty updates included. Above: a gap. At or below: a repeated frame
//    is dropped (OldIds); anything else means that the venue counts from a lower number again, and the book is lost.
// 5. After a gap: unsubscribe the book, wait for the acknowledgement, subscribe, take the snapshot. REST has no `s`.
// 6. A silent market is held against the best 10 levels of REST, which has neither a sequence nor the stamp of a
//    change.
// Source: api.hitbtc.com API v3 reference, 2026-09; read 2026-11-23; checked on a capture of the same engine.
// Surprises: an unknown symbol is no error; a second subscribe brings no second snapshot; `s` is the sequence in a book
// and the side in a trade; a suspended market sends an empty book with `s` 1; a trade id can be its millisecond.
// Unsure in the sheet: the reply to unsubscribe and the snapshot after it (if none comes, the socket is given up);
// that a trade's side is the taker's.
import { Schema } from "effect"
import { DecimalText } from "../../wire/DecimalText.ts"
import { defineScheme } from "../defineScheme.ts"
import { hitBtcListing } from "./hitBtcListing.ts"
import { NOTHING, type Fill, type Instruction, type Instructions } from "../Instruction.ts"
import { OldIds, markOf } from "../rules/OldIds.ts"
import { QUOTES, splitJoined } from "../rules/pairs.ts"
import type { SessionState, Trouble } from "../TranslationScheme.ts"
import { frames, millis, parse } from "../../wire/Wire.ts"

const Levels = Schema.Array(Schema.Tuple([DecimalText, DecimalText]))
const Book = Schema.Struct({ t: Schema.Number, s: Schema.Int, a: Levels, b: Levels })
const Trade = Schema.Struct({
  t: Schema.Number,
  i: Schema.Int,
  p: DecimalText,
  q: DecimalText,
  s: Schema.String
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

/** All that holds books or trades names one of their channels: `ch` in v3, `method` in v2. */
const isControl = (json: unknown): boolean =>
  typeof json === "object" &&
  json !== null &&
  !Array.isArray(json) &&
  !("method" in json && (typeof json.method !== "string" || /book|trade/i.test(json.method))) &&
  !("snapshot" in json) &&
  !("update" in json) &&
  !("ch" in json && (json.ch === BOOK || json.ch === "trades"))

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
  readonly old: OldIds
  /** The unsubscription of a repair is not acknowledged yet. */
  leaving: boolean
}
type State = SessionState<Socket, Member>

const BOOK = "orderbook/full"
const BATCH = 50
const SYMBOL_NOT_FOUND = 2001
/**
 * The snapshot comes on the stream itself, so nothing older than it is under way: a sequence further below is another
 * one. A busy market makes so many updates in seconds (the capture has 4 a second a market).
 */
const FAR = 100

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
  const time = millis(book.t)
  member.old.joined(null, time)
  return [{ type: "snapshot", symbol, bids: book.b, asks: book.a, time }]
}

const onUpdate = (state: State, symbol: string, book: typeof Book.Type, at: number): Instructions => {
  const member = state.members.get(symbol)
  if (member === undefined || member.leaving || member.last === null) return NOTHING
  const { last } = member
  const { b: bids, a: asks } = book
  const time = millis(book.t)
  if (book.s <= last) {
    if (member.old.judge(book.s, markOf(time, bids, asks), time, last, at) === "old") return NOTHING
    return repair(state, symbol, { reason: "gap", detail: `ids begin again: after ${last} came ${book.s}` })
  }
  if (book.s !== last + 1) return repair(state, symbol, { reason: "gap", detail: `after ${last} came ${book.s}` })
  member.last = book.s
  member.old.follows(book.s, markOf(time, bids, asks))
  return [{ type: "changes", symbol, bids, asks, time }]
}

const onBooks = (state: State, frame: BookFrame, at: number): Instructions => {
  const said: Array<Instruction> = []
  const books = frame.update ?? frame.snapshot
  const step = frame.snapshot === undefined ? onUpdate : onSnapshot
  for (const symbol of Object.keys(books)) said.push(...step(state, symbol, books[symbol]!, at))
  return said
}

const fill = ({ t, i, p, q, s }: typeof Trade.Type): Fill => {
  const side = s === "buy" || s === "sell" ? s : "unknown"
  return { id: i, price: p, size: q, side, time: millis(t) }
}

const onTrades = (state: State, frame: TradeFrame): Instructions => {
  // the snapshot form is history
  if (frame.update === undefined) return NOTHING
  const said: Array<Instruction> = []
  for (const [symbol, fills] of Object.entries(frame.update)) {
    if (!state.members.has(symbol)) continue
    said.push({ type: "trades", symbol, trades: fills.map(fill) })
  }
  return said
}

const UNLISTED = "the venue lists what it subscribed, and this symbol is not there"

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
    const left = known.filter((symbol) => !active.includes(symbol))
    // a list of other symbols says of this one that it is none; an empty list may be the trouble of all
    if (active.length > 0) return left.map((symbol) => ({ type: "rejected", symbol, detail: UNLISTED }))
    return left.map((symbol) => ({ type: "refused", symbol, detail: "the venue subscribed no symbol at all" }))
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
  if (asked === null || error.code !== SYMBOL_NOT_FOUND) return [{ type: "reconnect", reason: "refused", detail }]
  if (asked.method === "unsubscribe") {
    // who left need not be known to the venue; a book that is to be subscribed again must
    const lost = asked.symbols.some((symbol) => state.members.get(symbol)?.leaving === true)
    return lost ? [{ type: "reconnect", reason: "refused", detail }] : NOTHING
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

const translate = (state: State, frame: Frame, at: number): Instructions => {
  if (isBooks(frame)) return onBooks(state, frame, at)
  if (isTrades(frame)) return onTrades(state, frame)
  if (frame.ch !== undefined) return NOTHING
  return frame.result === undefined ? onFailure(state, frame) : onReply(state, frame.id, frame.result.subscriptions)
}

const RestBook = parse(Schema.Struct({ ask: Levels, bid: Levels }))

const SPOT_QUOTES = [...QUOTES, "BCH", "EOS", "EURS"].sort((a, b) => b.length - a.length)
const PERP = /^(.+)(USDT)_PERP$/

export const hitBtc = defineScheme<Frame, Socket, Member>({
  exchange: "HitBTC",
  protocol: "API v3 public socket, orderbook/full",
  marketTypes: ["SPOT", "PERP"],
  guarantee:
    "Every update's sequence is one above its predecessor's, so a lost or reordered frame is seen at the next one, " +
    "a repeated one is dropped, and a sequence that begins again loses the book at once, or, right after a " +
    "snapshot, with the first update that comes 5 seconds later. A level altered inside a frame is not seen: no " +
    "checksum exists, and REST has no position to hold the whole book against.",
  lines: "wss://api.hitbtc.com/api/3/ws/public",
  rest: "https://api.hitbtc.com",
  // keepalive and limits: sheet section 8, read 2026-11-23
  keepalive: { ping: { every: 25_000 }, socketSilence: 65_000 },
  limits: {
    connects: { count: 10, perMs: 1_000 },
    messages: { count: 10, perMs: 1_000 },
    // public REST: 30 a second and an address (sheet section 8, documentation of 2026-09)
    rest: { weight: 30, perMs: 1_000 },
    marketsPerSocket: 50
  },
  probe: {
    path: (symbol) => `/api/3/public/orderbook/${encodeURIComponent(symbol)}?depth=10`,
    weight: 1,
    read: (body) => {
      const book = RestBook(body)
      return book && { bids: book.bid, asks: book.ask, complete: false }
    }
  },
  // the chain shows a lost update only when another one comes, which in a quiet market is late
  unreadable: "reconnect",
  toNative: ({ base, quote }, type) => `${base}${quote}${type === "PERP" ? "_PERP" : ""}`.toUpperCase(),
  fromNative: (native, type) => {
    if (type === "SPOT") return native.includes("_") ? null : splitJoined(native, SPOT_QUOTES)
    const match = type === "PERP" ? PERP.exec(native) : null
    return match === null ? null : { base: match[1]!, quote: match[2]! }
  },
  listing: hitBtcListing,
  socket: () => ({ nextId: 1, asked: new Map() }),
  member: () => ({ last: null, old: new OldIds(FAR), leaving: false }),
  subscribe: (state, symbols) => request(state, "subscribe", symbols),
  unsubscribe: (state, symbols) => request(state, "unsubscribe", symbols),
  decode: frames(Frame, { isControl }),
  translate,
  repair
})
