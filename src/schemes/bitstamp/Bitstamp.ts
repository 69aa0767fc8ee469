// Bitstamp: spot and perpetuals on one socket. No sequence, no checksum: the engine's microsecond clock is all there
// is.
// 1. Dial, subscribe `diff_order_book_`, `live_trades_` and `order_book_`, each market; buffer the diffs.
// 2. GET the REST book, stamped S. It joins on only if a diff received here is not after S; else GET again (the cache
//    is seconds old) as further diffs or heartbeats come. A market at rest is not live before its first diff.
// 3. Drop diffs up to S (equal is contained), apply the rest. A later diff before its predecessor: start over.
// 4. Every book is reseeded each 15 to 25 minutes: diffs are kept beside the live book until REST answers, then
//    snapshot and diffs replace it without a gap.
// 5. Audit: an `order_book_` frame of the very stamp of the book must be its best 100; wrong for 3 s means start over.
// 6. `bts:request_reconnect`: a new socket first, then leave. Other `bts:` frames carry no book: counted, ignored.
// Source: www.bitstamp.net/websocket/v2 (through profiles of 2026-09); read 2026-11-23; checked on a capture.
// Surprises: an unknown symbol is acknowledged, then silent (REST answers 404, which alone proves nothing); trade
// numbers are noisy, their `_str` are exact; ids of perp trades are beyond 2^53 and their `timestamp` is milliseconds;
// a bid may stand at the price zero. Unsure in the sheet: how stale the REST cache gets (0.4 to 10 s were seen).
import {
  acknowledged,
  onAudit,
  onBook,
  onDiff,
  openMember,
  postponed,
  prove,
  reminded,
  restart,
  restPath,
  silent,
  type Member
} from "./BitstampBook.ts"
import { bitstampListing } from "./bitstampListing.ts"
import { Book, Frame, isControl, type BookFrame, type Control, type Trade, type TradeFrame } from "./BitstampWire.ts"
import { defineScheme } from "../defineScheme.ts"
import { NOTHING, type Instructions } from "../Instruction.ts"
import { priced } from "../rules/priced.ts"
import { splitJoined } from "../rules/pairs.ts"
import type { SessionState, Trouble } from "../TranslationScheme.ts"
import { frames, parse } from "../../wire/Wire.ts"

interface Socket {
  /** Names that the venue calls invalid, asked for on this socket: each of their channels is answered by an error. */
  readonly misspelt: Set<string>
}
type State = SessionState<Socket, Member>

const DIFFS = "diff_order_book_"
const TRADES = "live_trades_"
const AUDITS = "order_book_"

const request = (turn: "subscribe" | "unsubscribe", prefix: string, symbol: string): string =>
  JSON.stringify({ event: `bts:${turn}`, data: { channel: `${prefix}${symbol}` } })

const requests = (turn: "subscribe" | "unsubscribe", symbols: ReadonlyArray<string>): ReadonlyArray<string> =>
  symbols.flatMap((symbol) => [DIFFS, TRADES, AUDITS].map((prefix) => request(turn, prefix, symbol)))

const subscribe = (state: State, symbols: ReadonlyArray<string>): ReadonlyArray<string> => {
  for (const symbol of symbols) if (!/^[a-z0-9]+(-perp)?$/.test(symbol)) state.socket.misspelt.add(symbol)
  return requests("subscribe", symbols)
}

/** The texts that subscribe a market's diffs again. */
const diffsAgain = (symbol: string): ReadonlyArray<string> => [
  request("unsubscribe", DIFFS, symbol),
  request("subscribe", DIFFS, symbol)
]

const repair = (state: State, symbol: string, trouble: Trouble): Instructions => {
  const member = state.members.get(symbol)
  if (member === undefined) return NOTHING
  return trouble.reason === "silent" ? silent(member, trouble, diffsAgain(symbol)) : restart(member, trouble)
}

const onTrade = (state: State, symbol: string, trade: Trade): Instructions => {
  if (!state.members.has(symbol)) return NOTHING
  const { id_str, price_str: price, amount_str: size, type, microtimestamp: time } = trade
  const side = type === 0 ? "buy" : type === 1 ? "sell" : "unknown"
  // beyond 2^53 a number names several trades
  const id = id_str ?? (Number.isSafeInteger(trade.id) ? trade.id : null)
  return [{ type: "trades", symbol, trades: [{ id, price, size, side, time }] }]
}

/** Errors name no channel; what the venue calls invalid is an upper-case letter or a slash in the name. */
const onError = (state: State, detail: string): Instructions => {
  const { misspelt } = state.socket
  if (misspelt.size === 0) return [{ type: "reconnect", reason: "refused", detail }]
  return [...misspelt]
    .filter((symbol) => state.members.has(symbol))
    .map((symbol) => ({ type: "refused" as const, symbol, detail }))
}

const isBook = (frame: Frame): frame is BookFrame =>
  frame.event === "data" && (frame.channel.startsWith(DIFFS) || frame.channel.startsWith(AUDITS))
const isTrade = (frame: Frame): frame is TradeFrame => frame.event === "trade" && frame.channel.startsWith(TRADES)
const isKnownControl = (frame: Frame): frame is Control => frame.event.startsWith("bts:")

const onControl = (state: State, frame: Control, at: number): Instructions => {
  switch (frame.event) {
    case "bts:subscription_succeeded": {
      const member = frame.channel.startsWith(DIFFS) ? state.members.get(frame.channel.slice(DIFFS.length)) : undefined
      return member === undefined ? NOTHING : acknowledged(member, at)
    }
    case "bts:request_reconnect":
      return [{ type: "closing", detail: "the server asked to reconnect" }]
    case "bts:error":
      return onError(state, frame.data.message)
    case "bts:heartbeat":
      return [...state.members.values()].flatMap((member) => reminded(member, at))
    case "bts:unsubscription_succeeded":
      return NOTHING
  }
}

const translate = (state: State, frame: Frame, at: number): Instructions => {
  if (isBook(frame)) {
    const { channel, data } = frame
    const audit = channel.startsWith(AUDITS)
    const symbol = channel.slice(audit ? AUDITS.length : DIFFS.length)
    const member = state.members.get(symbol)
    if (member === undefined) return NOTHING
    if (audit) return onAudit(member, data)
    const { microtimestamp: time, bids, asks } = data
    return onDiff(member, { type: "changes", symbol, bids: priced(bids), asks: priced(asks), time }, at)
  }
  if (isTrade(frame)) return onTrade(state, frame.channel.slice(TRADES.length), frame.data)
  return isKnownControl(frame) ? onControl(state, frame, at) : NOTHING
}

const RestBook = parse(Book)

const answer = (state: State, symbol: string, status: number, body: string, at: number): Instructions => {
  const member = state.members.get(symbol)
  if (member === undefined) return NOTHING
  const book = status === 200 ? RestBook(body) : null
  if (book !== null) return onBook(member, book, at, diffsAgain(symbol))
  // a reseed that fails leaves the book as it was; the next is due later
  if (member.waiting === null) return NOTHING
  if (status === 404 && postponed(member)) return NOTHING
  if (status === 404) return [{ type: "refused", symbol, detail: "the venue has no REST book of this symbol (404)" }]
  const detail = status === 200 ? "the REST book has another shape" : `the REST book answered ${status}`
  return [{ type: "reconnect", reason: status === 429 ? "rate_limited" : "refused", detail }]
}

const QUOTES = ["RLUSD", "USDT", "USDC", "EURC", "USD", "EUR", "GBP", "BTC", "ETH", "PAX"]
const PERP = "-perp"

export const bitstamp = defineScheme<Frame, Socket, Member>({
  exchange: "Bitstamp",
  protocol: "websocket v2, diff_order_book with REST snapshot",
  marketTypes: ["SPOT", "PERP"],
  guarantee:
    "Nothing numbers or sums the frames. A book begins with a REST book that a change received before proves to " +
    "join on, time must not run backwards, the best 100 levels are compared with the venue's own whenever both " +
    "carry the same stamp, and the book is reseeded by REST every 15 to 25 minutes; a lost or altered frame is " +
    "seen by these, and until then it is not. A market at rest is not live before its first change, since its REST " +
    "book may come out of a cache.",
  lines: "wss://ws.bitstamp.net",
  rest: "https://www.bitstamp.net",
  // keepalive and limits: sheet section 8, read 2026-11-23
  // also on a busy socket: the answer is the occasion to ask again for the book of a market at rest
  keepalive: {
    ping: { every: 15_000, text: '{"event":"bts:heartbeat"}', always: true },
    socketSilence: 60_000
  },
  limits: {
    connects: { count: 10, perMs: 1_000 },
    messages: { count: 50, perMs: 1_000 },
    rest: { weight: 10_000, perMs: 600_000 },
    marketsPerSocket: 100
  },
  // whole, for the venue has no smaller one, and out of a cache of a few seconds (sheet section 7, read 2026-11-23)
  probe: {
    path: restPath,
    weight: 1,
    read: (body) => {
      const book = RestBook(body)
      return book && { bids: priced(book.bids), asks: priced(book.asks), complete: true }
    }
  },
  crossedGrace: 1,
  toNative: ({ base, quote }, type) => `${base}${quote}${type === "PERP" ? PERP : ""}`.toLowerCase(),
  fromNative: (native, type) => {
    const perp = native.endsWith(PERP)
    if (native !== native.toLowerCase() || perp !== (type === "PERP")) return null
    return splitJoined((perp ? native.slice(0, -PERP.length) : native).toUpperCase(), QUOTES)
  },
  listing: bitstampListing,
  socket: () => ({ misspelt: new Set() }),
  member: openMember,
  subscribe,
  unsubscribe: (_state, symbols) => requests("unsubscribe", symbols),
  decode: frames(Frame, { isControl }),
  translate,
  answer,
  prove,
  repair
})
