// Poloniex: spot (websocket "v2") and perpetuals (v3). Same verbs and channels on two sockets, other key names.
// 1. Dial, subscribe `book_lv2` and `trades`; each channel is acknowledged with its symbols.
// 2. The first `snapshot` of a symbol replaces its book; updates before it are dropped, they are no gap.
// 3. Each update's `lastId` (spot) or `lid` (perp) must be the `id` applied last. Ids are not dense.
// 4. Else: unsubscribe `book_lv2`, wait for the acknowledgement, subscribe, take the next snapshot. REST has no ids.
// 5. The server drops who says nothing for 30 s, even while data streams: ping on data as well as on silence.
// Source: api-docs.poloniex.com spot/websocket and v3/futures/websocket, 2026; read 2026-11-23; checked on a capture.
// Ids are never compared by size: whatever does not name the last one as its predecessor is a gap, ids that begin again
// too.
// Surprises: `amount` of a spot trade is quote turnover, `quantity` is the size; a snapshot may come again at any time;
// errors name neither symbol nor request. The book is a window of 20 levels a side, kept by the server. No frame
// announces a maintenance.
// Unsure in the sheet: the shape of spot's REST book; the perp's trade frame, a documented sample; what an invalid name
// in a longer list does. The frames are in PoloniexWire.ts.
import type { MarketType } from "../../domain/MarketType.ts"
import { defineScheme } from "../defineScheme.ts"
import { NOTHING, type Fill, type Instruction, type Instructions } from "../Instruction.ts"
import type { Listing } from "../Listing.ts"
import { poloniexPerpListing, poloniexSpotListing } from "./poloniexListing.ts"
import { poloniexCommon, poloniexContract } from "./poloniexNames.ts"
import {
  type Book,
  type Control,
  Frame,
  type Trade,
  isBooks,
  isControl,
  isTrades,
  readPerpBook,
  readSpotBook
} from "./PoloniexWire.ts"
import type { Audit, Pair, SessionState, SizeUnit, Trouble } from "../TranslationScheme.ts"
import { frames, millis } from "../../wire/Wire.ts"

interface Socket {
  /** Symbols of each subscription that neither an acknowledgement nor a book has shown to be accepted. */
  asked: Array<ReadonlyArray<string>>
  /** Nameless refusals that are not yet known to mean one of them. */
  refusals: number
  /** Symbols that do not exist: to unsubscribe one would be refused as namelessly. */
  readonly unknown: Set<string>
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

const unsubscribe = (state: State, symbols: ReadonlyArray<string>): ReadonlyArray<string> => {
  const known = symbols.filter((symbol) => !state.socket.unknown.delete(symbol))
  return known.length === 0 ? [] : [say("unsubscribe", ["book_lv2", "trades"], known)]
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
    accepted(state, symbol, said)
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
  const said: Array<Instruction> = []
  const asked = symbols.map((symbol) => accepted(state, symbol, said)).find((request) => request !== null) ?? []
  // what an acknowledgement leaves out is asked for alone, since only then an error means it
  return [...said, ...oneByOne(state, asked.length > 1 ? asked.filter((symbol) => !symbols.includes(symbol)) : [])]
}

/**
 * The request of a symbol was taken: no refusal means it. Gives the request; what is known thereby of others is said.
 */
const accepted = (state: State, symbol: string, said: Array<Instruction>): ReadonlyArray<string> | null => {
  const { socket } = state
  const request = socket.asked.find((symbols) => symbols.includes(symbol))
  if (request === undefined) return null
  socket.asked.splice(socket.asked.indexOf(request), 1)
  said.push(...blamed(state))
  return request
}

const onUnsubscribed = (state: State, symbols: ReadonlyArray<string>): Instructions =>
  symbols.flatMap((symbol): Instructions => {
    const member = state.members.get(symbol)
    if (member === undefined || !member.leaving) return NOTHING
    member.leaving = false
    state.socket.asked.push([symbol])
    return [{ type: "send", text: say("subscribe", ["book_lv2"], [symbol]) }]
  })

/** Says that none of a request's symbols exists (section 4); it names neither them nor the request. */
const NO_SYMBOLS = "no valid symbols"

const onError = (state: State, detail: string): Instructions => {
  if (detail !== NO_SYMBOLS || state.socket.asked.length === 0)
    return [{ type: "reconnect", reason: "refused", detail }]
  state.socket.refusals++
  return blamed(state)
}

/**
 * Once as many refusals came as requests are open, those are the refused ones, in whatever order the replies arrive.
 */
const blamed = (state: State): Instructions => {
  const { socket } = state
  if (socket.refusals === 0 || socket.refusals < socket.asked.length) return NOTHING
  const requests = socket.asked
  socket.asked = []
  socket.refusals = 0
  return requests.flatMap((symbols): Instructions => {
    if (symbols.length > 1) return oneByOne(state, symbols)
    const [symbol] = symbols
    if (symbol === undefined || !state.members.has(symbol)) return NOTHING
    socket.unknown.add(symbol)
    return [{ type: "rejected", symbol, detail: NO_SYMBOLS }]
  })
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
  readonly restPath: (symbol: string) => string
  readonly listing: Listing
  readonly readBook: (body: string) => Pick<NonNullable<ReturnType<Audit["read"]>>, "bids" | "asks"> | null
}

/** The window as REST shows it; spot and futures count it in their own units, as their streams do. */
const probeOf = (system: System): Audit => ({
  path: system.restPath,
  weight: 1,
  read: (body) => {
    const book = system.readBook(body)
    return book === null ? null : { ...book, complete: book.bids.length < WINDOW && book.asks.length < WINDOW }
  }
})

const poloniex = (system: System) =>
  defineScheme<Frame, Socket, Member>({
    exchange: "Poloniex",
    protocol: system.protocol,
    marketTypes: [system.type],
    guarantee:
      "Every update names its predecessor: a lost frame is seen at the next one, a repeated or reordered one and " +
      "ids that begin again at once, and no side may outgrow the 20 levels the venue sends. A level altered inside " +
      "a frame is not seen: no checksum exists.",
    lines: system.url,
    rest: "https://api.poloniex.com",
    // keepalive and limits: sheet section 8, read 2026-11-23
    keepalive: {
      ping: { every: 10_000, text: '{"event":"ping"}', always: true },
      socketSilence: 25_000
    },
    limits: {
      connects: { count: 10, perMs: 1_000 },
      messages: { count: 100, perMs: 1_000 },
      // section 8: futures allow 300 a second; spot's figure is not known
      rest: { weight: 10, perMs: 1_000 },
      marketsPerSocket: 100
    },
    probe: probeOf(system),
    unreadable: "ignore",
    toNative: system.toNative,
    fromNative: (native, type) => {
      const match = type === system.type ? system.pattern.exec(native) : null
      return match === null ? null : { base: poloniexCommon(match[1]!), quote: match[2]! }
    },
    listing: system.listing,
    sizeUnit: (_type, native) => system.sizeUnit(native),
    socket: () => ({ asked: [], refusals: 0, unknown: new Set() }),
    member: () => ({ last: null, leaving: false }),
    subscribe,
    unsubscribe,
    decode: frames(Frame, { isControl }),
    translate,
    prove: (_member, book, proof) =>
      book.bidLevels <= proof && book.askLevels <= proof
        ? null
        : {
            reason: "inconsistent",
            detail: `${book.bidLevels} bids and ${book.askLevels} asks where at most ${proof} exist`
          },
    repair
  })

export const poloniexSpot = poloniex({
  protocol: "spot websocket v2, book_lv2",
  type: "SPOT",
  url: "wss://ws.poloniex.com/ws/public",
  toNative: ({ base, quote }) => `${base}_${quote}`.toUpperCase(),
  pattern: /^([^_]+)_([^_]+)$/,
  restPath: (symbol) => `/markets/${encodeURIComponent(symbol)}/orderBook?limit=${WINDOW}`,
  readBook: readSpotBook,
  listing: poloniexSpotListing,
  sizeUnit: () => ({ size_unit: "base", contract_value: null })
})

export const poloniexPerp = poloniex({
  protocol: "futures websocket v3, book_lv2",
  type: "PERP",
  url: "wss://ws.poloniex.com/ws/v3/public",
  toNative: ({ base, quote }) => `${base}_${quote}_PERP`.toUpperCase(),
  pattern: /^([^_]+)_([^_]+)_PERP$/,
  restPath: (symbol) => `/v3/market/orderBook?symbol=${encodeURIComponent(symbol)}&limit=${WINDOW}`,
  readBook: readPerpBook,
  listing: poloniexPerpListing,
  sizeUnit: poloniexContract
})
