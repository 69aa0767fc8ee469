// Kraken derivatives, websocket v1: linear (PF_, FF_) and inverse (PI_, FI_) contracts on one socket.
// 1. Dial /ws/v1, subscribe `heartbeat` once, `book` and `trade` per product; `book_snapshot` is the whole book.
// 2. Each `book` frame is one level; its `seq` must be the product's last plus one, from the snapshot's on.
// 3. A hole: unsubscribe and subscribe `book` of that product, drop changes until its new `book_snapshot`.
// 4. Trades: `side` is the taker's; they have a `seq` of their own, rising by one. `trade_snapshot` is history.
// Source: docs.kraken.com futures websocket; read 2026-11-23; checked on captures of 2021.
// Surprises: lower case is accepted but answered in upper case; refusals are alerts that name the product (wire of
// 2026-09-25), or errors that name none (documents); snapshots may hold zero sizes; a negative size is no size, and the
// book refuses it; trades bear a uuid too, but only the `seq` shows a hole, so that is their id here.
// Unsure: how often the heartbeat comes; whether the REST book lags; its sizes are taken for the stream's. The venue
// closes this protocol on 2027-03-01 for its Unified websocket.
import { NOTHING, type Fill, type Instruction, type Instructions, type Level, level } from "../Instruction.ts"
import { defineScheme } from "../defineScheme.ts"
import { krakenFuturesListing } from "./krakenFuturesListing.ts"
import { krakenFuturesNames } from "./krakenFuturesNames.ts"
import {
  type Change,
  decodeRestBook,
  type History,
  isControl,
  KrakenFuturesFrame,
  type Notice,
  type Replied,
  type Snapshot,
  type Trade
} from "./KrakenFuturesWire.ts"
import { OldIds, markOf } from "../rules/OldIds.ts"
import type { SessionState, Trouble } from "../TranslationScheme.ts"
import { Unanswered } from "../rules/Unanswered.ts"
import { venueTexts } from "../rules/venueTexts.ts"
import { frames, millis, type Numeric } from "../../wire/Wire.ts"

interface Socket {
  heartbeat: boolean
  /** Joined spelling by the upper-case name that the venue answers with. */
  readonly names: Map<string, string>
  readonly unanswered: Unanswered
  /** What a refusal said that named no product. */
  refusal: string
  /** A product has left this socket: its unsubscription may be what a nameless refusal means. */
  hasLeft: boolean
}
interface Member {
  /** `seq` of the last applied frame; null until a snapshot comes. */
  seq: number | null
  readonly ids: OldIds
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

const unsubscribe = (state: State, symbols: ReadonlyArray<string>): ReadonlyArray<string> => {
  state.socket.hasLeft = true
  return symbols.flatMap((symbol) => {
    state.socket.names.delete(symbol.toUpperCase())
    state.socket.unanswered.answered(symbol, "book")
    state.socket.unanswered.answered(symbol, "trade")
    return [request("unsubscribe", "book", symbol), request("unsubscribe", "trade", symbol)]
  })
}

const joined = (state: State, product: string): string | undefined =>
  state.members.has(product) ? product : state.socket.names.get(product.toUpperCase())

const repair = (state: State, symbol: string, trouble: Trouble): Instructions => {
  const member = state.members.get(symbol)
  if (member !== undefined) member.seq = null
  state.socket.unanswered.ask(symbol, "book")
  const send = [request("unsubscribe", "book", symbol), request("subscribe", "book", symbol)]
  return [{ type: "resubscribe", symbol, ...trouble, send }]
}

const change = ({ price, qty }: { readonly price: Numeric; readonly qty: Numeric }): Level => level(price, qty)

const timeOf = (timestamp: number | undefined): number | null => (timestamp === undefined ? null : millis(timestamp))

const onSnapshot = (state: State, frame: Snapshot): Instructions => {
  const symbol = joined(state, frame.product_id)
  const member = symbol === undefined ? undefined : state.members.get(symbol)
  if (symbol === undefined || member === undefined) return NOTHING
  member.seq = frame.seq
  const { bids, asks } = frame
  const time = timeOf(frame.timestamp)
  member.ids.joined(null, time)
  return [{ type: "snapshot", symbol, bids: bids.map(change), asks: asks.map(change), time }]
}

const onChange = (state: State, frame: Change, at: number): Instructions => {
  const symbol = joined(state, frame.product_id)
  const member = symbol === undefined ? undefined : state.members.get(symbol)
  if (symbol === undefined || member === undefined || member.seq === null) return NOTHING
  const { seq, side } = frame
  const time = timeOf(frame.timestamp)
  const levels = [level(frame.price, frame.qty)]
  const bids = side === "buy" ? levels : []
  const asks = side === "buy" ? [] : levels
  const mark = markOf(time, bids, asks)
  if (seq !== member.seq + 1) {
    const detail = `after seq ${member.seq} came ${seq}`
    if (seq > member.seq) return repair(state, symbol, { reason: "gap", detail })
    if (member.ids.judge(seq, mark, time, member.seq, at) === "old") return NOTHING
    return repair(state, symbol, { reason: "gap", detail: `ids begin again: after ${member.seq} came ${seq}` })
  }
  member.seq = seq
  member.ids.follows(seq, mark)
  return [{ type: "changes", symbol, bids, asks, time }]
}

const fill = (trade: Trade): Fill => ({
  id: trade.seq,
  price: trade.price,
  size: trade.qty,
  side: trade.side,
  time: millis(trade.time)
})

const onTrade = (state: State, frame: Trade): Instructions => {
  const symbol = joined(state, frame.product_id)
  return symbol === undefined ? NOTHING : [{ type: "trades", symbol, trades: [fill(frame)] }]
}

const onHistory = (state: State, frame: History): Instructions => {
  const symbol = joined(state, frame.product_id)
  if (symbol === undefined || frame.trades.length === 0) return NOTHING
  return [{ type: "trade_anchor", symbol, id: Math.max(...frame.trades.map((trade) => trade.seq)) }]
}

/**
 * Every other request was acknowledged, so these are meant; unless a product has left this socket, whose
 * unsubscription is refused without a name as well.
 */
const blamed = ({ socket }: State, symbols: ReadonlyArray<string>, detail: string): Instructions =>
  symbols.map((symbol): Instruction => ({ type: socket.hasLeft ? "refused" : "rejected", symbol, detail }))

const onReply = (state: State, { event, feed, product_ids = [] }: Replied): Instructions => {
  if (event === "unsubscribed" || event === "unsubscribed_failed") return NOTHING
  const { socket } = state
  const instructions: Array<Instruction> = []
  for (const product of product_ids) {
    const symbol = joined(state, product)
    if (symbol === undefined) continue
    // it names the product, but not why: no evidence that there is none
    if (event === "subscribed_failed")
      instructions.push({ type: "refused", symbol, detail: `the venue refuses ${feed} of the product` })
    instructions.push(...blamed(state, socket.unanswered.answered(symbol, feed), socket.refusal))
  }
  return instructions
}

const WIRE = "sheet section 4, recorded 2026-09-25"
const DOCUMENTS = "sheet section 4, the venue's documents, read 2026-11"
/**
 * The venue gives no codes. On the wire the product stands between backticks; the documents' errors, and one fixture's,
 * name none. `not taken` are requests that we do send; any other alert says nothing that we must act on.
 */
const readText = venueTexts([
  { text: "Couldn't subscribe to invalid product `*`", means: "named", source: WIRE },
  { text: "Invalid product `*`", means: "named", source: "kept from 2026-09" },
  { text: "Invalid product id", means: "nameless", source: DOCUMENTS },
  { text: "Unknown product_id", means: "nameless", source: "sheet section 4, a fixture, read 2026-11" },
  { text: "Trading engine unavailable", means: "halted", source: "sheet section 4, an outage of 2026-08-06" },
  { text: "Couldn't subscribe to invalid feed", means: "not taken", source: WIRE },
  { text: "Invalid feed", means: "not taken", source: DOCUMENTS },
  { text: "Bad websocket message", means: "not taken", source: "kept from 2026-09" }
] as const)

const onNotice = (state: State, { event, message }: Notice): Instructions => {
  const said = readText(message)
  switch (said?.means) {
    case "named":
      return onRefusal(state, said.parts[0]!, message)
    case "nameless":
      state.socket.refusal = message
      // where nothing is open, the refused product has left
      return blamed(state, state.socket.unanswered.refused() ?? [], message)
    case "halted":
      return [{ type: "halted", symbol: null, detail: message }]
    case "not taken":
      return [{ type: "reconnect", reason: "refused", detail: message }]
    default:
      return event === "error" ? [{ type: "reconnect", reason: "refused", detail: message }] : NOTHING
  }
}

/** A refusal names the product, but not the feed: both are refused then. */
const onRefusal = (state: State, product: string, detail: string): Instructions => {
  const symbol = joined(state, product)
  if (symbol === undefined) return NOTHING
  const { socket } = state
  const others = ["book", "trade"].flatMap((feed) => socket.unanswered.answered(symbol, feed))
  return [{ type: "rejected", symbol, detail }, ...blamed(state, others, socket.refusal)]
}

const translate = (state: State, frame: KrakenFuturesFrame, at: number): Instructions => {
  if ("event" in frame && frame.event !== undefined) {
    if ("message" in frame) return onNotice(state, frame)
    return "feed" in frame ? onReply(state, frame) : NOTHING
  }
  if (!("feed" in frame)) return NOTHING
  switch (frame.feed) {
    case "book":
      return onChange(state, frame, at)
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

type RestLevels = ReadonlyArray<readonly [price: Numeric, size: Numeric]>
const bestFirst = (levels: RestLevels, sign: number): RestLevels =>
  levels.toSorted(([a], [b]) => sign * (Number(a) - Number(b)))

/** Kraken derivatives, websocket v1. */
export const krakenFutures = defineScheme<KrakenFuturesFrame, Socket, Member>({
  exchange: "Kraken",
  protocol: "derivatives websocket v1",
  marketTypes: ["PERP", "INVERSE", "FUTURE"],
  guarantee:
    "Every change carries its product's sequence number, from the snapshot on: a lost or swapped change is seen at " +
    "the next one, a repeated one is dropped, and a count that begins again loses the book at once, or, right " +
    "after a snapshot, with the first change that comes 5 seconds later. A missed trade shows by its number. No " +
    "checksum exists: a change altered on its way would not be seen.",
  lines: "wss://futures.kraken.com/ws/v1",
  rest: "https://futures.kraken.com",
  // keepalive and limits: sheet section 8, read 2026-11-23
  keepalive: { ping: { every: 30_000 }, socketSilence: 65_000 },
  limits: {
    pool: "Kraken futures",
    connects: { count: 100, perMs: 60_000 },
    messages: { count: 100, perMs: 1_000 },
    // 500 units in 10 s for an address, public calls nearly free of them (shared/instruments.md); a whole book is no
    // small body
    rest: { weight: 5, perMs: 1_000 },
    marketsPerSocket: 100
  },
  probe: {
    path: (symbol) => `/derivatives/api/v3/orderbook?symbol=${encodeURIComponent(symbol)}`,
    weight: 1,
    read: (body) => {
      const { bids, asks } = decodeRestBook(body)?.orderBook ?? { bids: null, asks: null }
      return bids === null ? null : { bids: bestFirst(bids, -1), asks: bestFirst(asks, 1), complete: true }
    }
  },
  tradeIds: "dense",
  unreadable: "ignore",
  ...krakenFuturesNames,
  listing: krakenFuturesListing,
  socket: () => ({ heartbeat: false, names: new Map(), unanswered: new Unanswered(), refusal: "", hasLeft: false }),
  member: () => ({ seq: null, ids: new OldIds() }),
  subscribe,
  unsubscribe,
  decode: frames(KrakenFuturesFrame, { exact: true, isControl }),
  translate,
  repair
})
