// Bitfinex, websocket v2: spot and linear perpetuals on one socket.
// 1. Dial, `conf` with flags 229376 (send time, one sequence for all array frames of the socket, checksums) first.
// 2. Subscribe `book` (P0, F0, len 100) and `trades`, one frame each; `subscribed` tells the chanId, the only link.
// 3. A channel's first book frame is the snapshot, then single levels [price, count, amount]; count 0 deletes, and the
//    amount's sign is the side. The server deletes what leaves its window.
// 4. The sequence must rise by one, whoever the frame is for: else anything may be lost, reconnect.
// 5. `cs` is a signed CRC32 of the best 25 as printed by JavaScript; a mismatch: unsubscribe, on its ack subscribe.
// 6. Trades: `te` is new (amount's sign is the taker), `tu` repeats it, an array of them is history.
// Source: docs.bitfinex.com ws-general, ws-public, ws-websocket-checksum; read 2026-11-23; checked on a capture of 2021.
// Surprises: a heartbeat may come before its channel's `subscribed`; subscribing while an unsubscription is under way is
// refused as a duplicate. Unsure: text of the notices 20051 to 20061; after 20061 a new socket resubscribes everything.
import type { Numeric } from "../domain/Decimal.ts"
import type { Side } from "../domain/Event.ts"
import { NOTHING, type Instructions, type Level, level } from "./Instruction.ts"
import { defineScheme } from "./defineScheme.ts"
import {
  BitfinexFrame,
  type Data,
  type Event,
  type Executed,
  type Failure,
  type Info,
  type Snapshot,
  type Subscribed,
  type Update,
  type WireLevel,
  type WireTrade
} from "./BitfinexFrame.ts"
import { bitfinexNative, bitfinexPair } from "./bitfinexNames.ts"
import { InterleavedSum } from "./InterleavedSum.ts"
import type { LevelText } from "./LevelSums.ts"
import type { BookView, SessionState, Trouble } from "./TranslationScheme.ts"
import { frames, millis } from "./Wire.ts"

type Channel = "book" | "trades"
interface Socket {
  /** As asked, until the venue's own confirmation. */
  flags: number
  configured: boolean
  sequence: number
  readonly channels: Map<number, { readonly symbol: string; readonly channel: Channel }>
  /** Book channels whose unsubscription is under way; their acknowledgement sends the new subscription. */
  readonly closing: Map<number, string>
  /** Channels left before their acknowledgement came, as `channel symbol`. */
  readonly left: Set<string>
}
interface Member {
  /** The channel's snapshot has come; before it, and after a loss, changes mean nothing. */
  synced: boolean
  readonly levels: InterleavedSum
}
type State = SessionState<Socket, Member>

const TIMESTAMP = 32_768
const SEQ_ALL = 65_536
const OB_CHECKSUM = 131_072
const FLAGS = TIMESTAMP + SEQ_ALL + OB_CHECKSUM

const request = (channel: Channel, symbol: string): string =>
  JSON.stringify(
    channel === "book"
      ? { event: "subscribe", channel, symbol, prec: "P0", freq: "F0", len: "100" }
      : { event: "subscribe", channel, symbol }
  )
const cancel = (chanId: number): string => JSON.stringify({ event: "unsubscribe", chanId })

const subscribe = (state: State, symbols: ReadonlyArray<string>): ReadonlyArray<string> => {
  const { socket } = state
  const texts = socket.configured ? [] : [JSON.stringify({ event: "conf", flags: FLAGS })]
  socket.configured = true
  for (const symbol of symbols) {
    for (const channel of ["book", "trades"] as const) {
      socket.left.delete(`${channel} ${symbol}`)
      texts.push(request(channel, symbol))
    }
  }
  return texts
}

const chanIdOf = (socket: Socket, symbol: string, channel: Channel): number | undefined => {
  for (const [id, known] of socket.channels) if (known.symbol === symbol && known.channel === channel) return id
  return undefined
}

const unsubscribe = ({ socket }: State, symbols: ReadonlyArray<string>): ReadonlyArray<string> =>
  symbols.flatMap((symbol) =>
    (["book", "trades"] as const).flatMap((channel) => {
      const id = chanIdOf(socket, symbol, channel)
      if (id !== undefined) {
        socket.channels.delete(id)
        return [cancel(id)]
      }
      const closing = [...socket.closing].find(([, name]) => channel === "book" && name === symbol)
      if (closing === undefined) socket.left.add(`${channel} ${symbol}`)
      else socket.closing.delete(closing[0])
      return []
    })
  )

const repair = (state: State, symbol: string, trouble: Trouble): Instructions => {
  const { socket } = state
  const member = state.members.get(symbol)
  if (member !== undefined) member.synced = false
  const id = chanIdOf(socket, symbol, "book")
  if (id === undefined) return [{ type: "resubscribe", symbol, ...trouble, send: [request("book", symbol)] }]
  socket.channels.delete(id)
  socket.closing.set(id, symbol)
  return [{ type: "resubscribe", symbol, ...trouble, send: [cancel(id)] }]
}

/** The joined spelling of an acknowledged symbol; one joined without its `t` is acknowledged with it. */
const joined = (state: State, symbol: string): string | null =>
  state.members.has(symbol) ? symbol : state.members.has(symbol.slice(1)) ? symbol.slice(1) : null

const onSubscribed = (state: State, { channel, chanId, symbol: name = "" }: Subscribed): Instructions => {
  if (channel !== "book" && channel !== "trades") return NOTHING
  if (state.socket.left.delete(`${channel} ${name}`)) return [{ type: "send", text: cancel(chanId) }]
  const symbol = joined(state, name)
  if (symbol === null) return NOTHING
  state.socket.channels.set(chanId, { symbol, channel })
  return NOTHING
}

const onClosed = ({ socket }: State, chanId: number): Instructions => {
  const symbol = socket.closing.get(chanId)
  if (symbol === undefined) return NOTHING
  socket.closing.delete(chanId)
  return [{ type: "send", text: request("book", symbol) }]
}

const onInfo = ({ code, msg = "no text", platform }: Info): Instructions => {
  if (code === 20_051 || code === 20_061) return [{ type: "reconnect", reason: "maintenance", detail: msg }]
  if (code === 20_060 || platform?.status === 0)
    return [{ type: "halted", symbol: null, detail: "maintenance: " + msg }]
  return NOTHING
}

const onFailure = (state: State, failure: Failure): Instructions => {
  const { code, msg, chanId } = failure
  if (code === 10_301) return NOTHING // our own earlier subscription answers for itself
  if (code === 10_400) return chanId === undefined ? NOTHING : onClosed(state, chanId)
  const detail = `${code} ${msg}`
  const refused = failure.symbol === undefined ? null : joined(state, failure.symbol)
  if (code === 10_305 && refused !== null) return [{ type: "full", symbol: refused, detail }]
  if (code !== 10_300 && code !== 10_001) return [{ type: "reconnect", reason: "refused", detail }]
  return refused === null ? NOTHING : [{ type: "rejected", symbol: refused, detail }]
}

const onEvent = (state: State, frame: Event): Instructions => {
  switch (frame.event) {
    case "conf":
      if (frame.status !== "OK")
        return [{ type: "reconnect", reason: "refused", detail: "the venue refuses our flags" }]
      state.socket.flags = frame.flags ?? FLAGS
      return NOTHING
    case "subscribed":
      return onSubscribed(state, frame)
    case "unsubscribed":
      return onClosed(state, frame.chanId)
    case "info":
      return onInfo(frame)
    case "error":
      return onFailure(state, frame)
    case "pong":
      return NOTHING
  }
}

const NO_LEVELS: ReadonlyArray<Level> = []
const isAsk = (amount: Numeric): boolean => (typeof amount === "number" ? amount < 0 : amount.startsWith("-"))
const unsigned = (amount: Numeric): Numeric =>
  typeof amount === "number" ? Math.abs(amount) : amount.startsWith("-") ? amount.slice(1) : amount
const change = (row: WireLevel): Level => level(row[0], row[1] === 0 ? 0 : unsigned(row[2]))

const isUpdate = (frame: Data): frame is Update =>
  Array.isArray(frame[1]) && frame[1].length === 3 && !Array.isArray(frame[1][0])
const isSnapshot = (frame: Data): frame is Snapshot => {
  if (!Array.isArray(frame[1])) return false
  const [first] = frame[1]
  return first === undefined || (Array.isArray(first) && first.length === 3)
}

const onBook = (state: State, symbol: string, frame: Data, time: number | null): Instructions => {
  const member = state.members.get(symbol)
  if (member === undefined) return NOTHING
  if (frame[1] === "hb") return [{ type: "alive", symbol }]
  if (isUpdate(frame)) {
    if (!member.synced) return NOTHING
    const levels = [change(frame[1])]
    const ask = isAsk(frame[1][2])
    return [{ type: "changes", symbol, bids: ask ? NO_LEVELS : levels, asks: ask ? levels : NO_LEVELS, time }]
  }
  if (frame[1] === "cs") {
    const proof = frame[2]
    return member.synced ? [{ type: "changes", symbol, bids: NO_LEVELS, asks: NO_LEVELS, time, proof }] : NOTHING
  }
  if (!isSnapshot(frame)) return repair(state, symbol, { reason: "unreadable", detail: "no frame of a book" })
  member.synced = true
  const bids = frame[1].filter((row) => !isAsk(row[2])).map(change)
  const asks = frame[1].filter((row) => isAsk(row[2])).map(change)
  return [{ type: "snapshot", symbol, bids, asks, time }]
}

const onTrade = (symbol: string, [id, ms, amount, price]: WireTrade): Instructions => {
  const side: Side = isAsk(amount) ? "sell" : "buy"
  return [{ type: "trades", symbol, trades: [{ id, price, size: unsigned(amount), side, time: millis(ms) }] }]
}

const isExecuted = (frame: Data): frame is Executed => frame[1] === "te"

const onData = (state: State, frame: Data): Instructions => {
  const { socket } = state
  const end = typeof frame[1] === "string" && frame[1] !== "hb" ? 3 : 2
  const sequenced = (socket.flags & SEQ_ALL) !== 0
  if (sequenced) {
    const sequence = frame[end]
    const expected = socket.sequence + 1
    socket.sequence = typeof sequence === "number" ? sequence : expected
    if (sequence !== expected) {
      for (const member of state.members.values()) member.synced = false
      const detail = `after frame ${expected - 1} of the socket came ${String(sequence)}`
      return [{ type: "reconnect", reason: "gap", detail }]
    }
  }
  const known = socket.channels.get(frame[0])
  if (known === undefined) return NOTHING
  if (known.channel === "trades") return isExecuted(frame) ? onTrade(known.symbol, frame[2]) : NOTHING
  const ms = (socket.flags & TIMESTAMP) === 0 ? null : frame[sequenced ? end + 1 : end]
  return onBook(state, known.symbol, frame, typeof ms === "number" ? millis(ms) : null)
}

const isData = (frame: BitfinexFrame): frame is Data => Array.isArray(frame)

const PROVEN_DEPTH = 25
const bidText: LevelText = (text, book, rank) => {
  text.add(":")
  text.number(book.bidPrice(rank))
  text.add(":")
  text.number(book.bidSize(rank))
}
const askText: LevelText = (text, book, rank) => {
  text.add(":")
  text.number(book.askPrice(rank))
  text.add(":-")
  text.number(book.askSize(rank))
}

const prove = ({ levels }: Member, book: BookView, proof: number): Trouble | null => {
  const ours = levels.of(book)
  return ours === proof ? null : { reason: "checksum", detail: `the venue's checksum is ${proof}, ours ${ours}` }
}

/** Bitfinex, spot and perpetuals. */
export const bitfinex = defineScheme<BitfinexFrame, Socket, Member>({
  exchange: "Bitfinex",
  protocol: "websocket v2",
  alternative: null,
  status: "live",
  marketTypes: ["SPOT", "PERP"],
  guarantee:
    "One sequence counts every frame of the socket, so any loss or repetition is seen at once, and a CRC32 of the 25 best " +
    "levels a side is checked whenever the venue sends one. The book is the best 100 levels a side.",
  lines: [{ name: "all", url: "wss://api-pub.bitfinex.com/ws/2" }],
  rest: null,
  keepalive: {
    ping: { every: 15_000, text: `{"event":"ping","cid":4}` },
    socketSilence: 35_000,
    marketSilence: 35_000
  },
  limits: {
    connects: { count: 20, perMs: 60_000 },
    messages: { count: 20, perMs: 1_000 },
    rest: null,
    // 30 channels, as the general page says; another page says 25, the wire took 36. 20 sockets a minute hold 300 markets so
    marketsPerSocket: 15
  },
  audit: null,
  keepsText: false,
  window: null,
  tradeIds: "unique",
  crossedGrace: 0,
  unreadable: "ignore",
  toNative: bitfinexNative,
  fromNative: bitfinexPair,
  sizeUnit: () => ({ size_unit: "base", contract_value: null }),
  socket: () => ({
    flags: FLAGS,
    configured: false,
    sequence: 0,
    channels: new Map(),
    closing: new Map(),
    left: new Set()
  }),
  member: () => ({
    synced: false,
    levels: new InterleavedSum(PROVEN_DEPTH, bidText, askText)
  }),
  subscribe,
  unsubscribe,
  decode: frames(BitfinexFrame, { exact: true }),
  translate: (state, frame) => (isData(frame) ? onData(state, frame) : onEvent(state, frame)),
  answer: () => NOTHING,
  prove,
  repair
})
