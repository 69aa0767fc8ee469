// Bitfinex, websocket v2: spot and linear perpetuals on one socket.
// 1. Dial, `conf` with flags 229376 (send time, one sequence for all array frames of the socket, checksums) first.
// 2. Subscribe `book` (P0, F0, len 100) and `trades`, one frame each; `subscribed` tells the chanId, the only link.
// 3. A channel's first book frame is the snapshot, then single levels [price, count, amount]; count 0 deletes, and the
//    amount's sign is the side. The server deletes what leaves its window.
// 4. The sequence must rise by one, whoever the frame is for: else anything may be lost, reconnect.
// 5. `cs` is a signed CRC32 of the best 25 as printed by JavaScript; a mismatch: unsubscribe, on its ack subscribe.
// 6. Trades: `te` is new (amount's sign is the taker), `tu` repeats it, an array of them is history.
// Source: docs.bitfinex.com ws-general, ws-public, ws-websocket-checksum; read 2026-11-23; checked on a capture of
// 2021.
// Surprises: a heartbeat may come before its channel's `subscribed`; subscribing while an unsubscription is under way
// is refused as a duplicate; channels keep beating in a maintenance. Unsure: text of the notices 20051 to 20061; after
// 20061 a new socket resubscribes everything. Recordings of other clients may have no flags: they are followed, and it
// is said.
import type { Numeric } from "../../domain/Decimal.ts"
import type { Side } from "../../domain/EventFields.ts"
import { folded } from "../../domain/Names.ts"
import { NOTHING, type Instruction, type Instructions, type Level, level } from "../Instruction.ts"
import { defineScheme } from "../defineScheme.ts"
import {
  BitfinexFrame,
  type Checksum,
  type Data,
  decodeRestBook,
  type Executed,
  isEvent,
  type Snapshot,
  type Update,
  type WireLevel,
  type WireTrade
} from "./BitfinexFrame.ts"
import { bitfinexListing } from "./bitfinexListing.ts"
import { bitfinexNative, bitfinexPair } from "./bitfinexNames.ts"
import {
  type BitfinexMember,
  bitfinexRepair,
  type BitfinexSocket,
  bitfinexSubscribe,
  bitfinexUnsubscribe,
  onBitfinexEvent,
  type State,
  TIMESTAMP
} from "./BitfinexTalk.ts"
import { type LevelText, TopSums } from "../checksum/TopSums.ts"
import type { BookView, Trouble } from "../TranslationScheme.ts"
import { frames, millis } from "../../wire/Wire.ts"

const NO_LEVEL = "a level without an amount or with a count below zero"
const UNSEQUENCED = "frames carry no sequence on this socket: a lost one is not seen before the next checksum"
const NO_LEVELS: ReadonlyArray<Level> = []
const isAsk = (amount: Numeric): boolean => (typeof amount === "number" ? amount < 0 : amount.startsWith("-"))
const unsigned = (amount: Numeric): Numeric =>
  typeof amount === "number" ? Math.abs(amount) : amount.startsWith("-") ? amount.slice(1) : amount
const change = (row: WireLevel): Level => level(row[0], row[1] === 0 ? 0 : unsigned(row[2]))

/** A level without a sign is of no side. */
const isLevel = ([, count, amount]: WireLevel): boolean => count >= 0 && Number(amount) !== 0

const isUpdate = (frame: Data): frame is Update =>
  Array.isArray(frame[1]) && frame[1].length === 3 && !Array.isArray(frame[1][0])
const isSnapshot = (frame: Data): frame is Snapshot => {
  if (!Array.isArray(frame[1])) return false
  const [first] = frame[1]
  return first === undefined || (Array.isArray(first) && first.length === 3)
}

const isChecksum = (frame: Data): frame is Checksum => frame[1] === "cs"

const onBook = (state: State, symbol: string, frame: Data, time: number | null): Instructions => {
  const member = state.members.get(symbol)
  if (member === undefined) return NOTHING
  if (frame[1] === "hb") {
    const { maintenance } = state.socket
    return [maintenance === null ? { type: "alive", symbol } : { type: "halted", symbol, detail: maintenance }]
  }
  state.socket.maintenance = null
  if (isUpdate(frame)) {
    if (!member.synced) return NOTHING
    if (!isLevel(frame[1])) return bitfinexRepair(state, symbol, { reason: "unreadable", detail: NO_LEVEL })
    const levels = [change(frame[1])]
    const ask = isAsk(frame[1][2])
    return [{ type: "changes", symbol, bids: ask ? NO_LEVELS : levels, asks: ask ? levels : NO_LEVELS, time }]
  }
  if (isChecksum(frame)) {
    const proof = frame[2]
    return member.synced ? [{ type: "changes", symbol, bids: NO_LEVELS, asks: NO_LEVELS, time, proof }] : NOTHING
  }
  if (!isSnapshot(frame)) return bitfinexRepair(state, symbol, { reason: "unreadable", detail: "no frame of a book" })
  return onSnapshot(state, symbol, member, frame[1], time)
}

const onSnapshot = (
  state: State,
  symbol: string,
  member: BitfinexMember,
  rows: ReadonlyArray<WireLevel>,
  time: number | null
): Instructions => {
  if (!rows.every(isLevel)) return bitfinexRepair(state, symbol, { reason: "unreadable", detail: NO_LEVEL })
  member.synced = true
  const bids = rows.filter((row) => !isAsk(row[2])).map(change)
  const asks = rows.filter((row) => isAsk(row[2])).map(change)
  const snapshot: Instruction = { type: "snapshot", symbol, bids, asks, time }
  if (state.socket.sequenced === true || member.warned) return [snapshot]
  member.warned = true
  return [snapshot, { type: "notice", symbol, detail: UNSEQUENCED }]
}

const onTrade = (symbol: string, [id, ms, amount, price]: WireTrade): Instructions => {
  const side: Side = isAsk(amount) ? "sell" : "buy"
  return [{ type: "trades", symbol, trades: [{ id, price, size: unsigned(amount), side, time: millis(ms) }] }]
}

const isExecuted = (frame: Data): frame is Executed => frame[1] === "te"

const KINDS: ReadonlySet<unknown> = new Set(["te", "tu", "cs", "fte", "ftu"])

/** Where the frame's own elements end. Of a kind that is not known, the number that is due tells. */
const endOf = (frame: Data, due: number): number => {
  if (typeof frame[1] !== "string" || frame[1] === "hb") return 2
  return KINDS.has(frame[1]) || frame[2] !== due ? 3 : 2
}

const onData = (state: State, frame: Data): Instructions => {
  const { socket } = state
  const end = endOf(frame, socket.sequence + 1)
  // where the venue confirmed no flags, the first frame tells
  const sequenced = (socket.sequenced ??= typeof frame[end] === "number")
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
  const isStamped = socket.flags === null || (socket.flags & TIMESTAMP) !== 0
  const ms = isStamped ? frame[sequenced ? end + 1 : end] : null
  return onBook(state, known.symbol, frame, Number.isSafeInteger(ms) ? millis(Number(ms)) : null)
}

const isData = (frame: BitfinexFrame): frame is Data => Array.isArray(frame)

const PROVEN_DEPTH = 25
const bidText: LevelText = (book, rank) => `:${book.bidPrice(rank)}:${book.bidSize(rank)}`
const askText: LevelText = (book, rank) => `:${book.askPrice(rank)}:-${book.askSize(rank)}`

const prove = ({ sums }: BitfinexMember, book: BookView, proof: number): Trouble | null => {
  const ours = sums.inTurn(book)
  return ours === proof ? null : { reason: "checksum", detail: `the venue's checksum is ${proof}, ours ${ours}` }
}

/** Bitfinex, spot and perpetuals. */
export const bitfinex = defineScheme<BitfinexFrame, BitfinexSocket, BitfinexMember>({
  exchange: "Bitfinex",
  protocol: "websocket v2",
  marketTypes: ["SPOT", "PERP"],
  guarantee:
    "One sequence counts every frame of the socket, so any loss or repetition is seen at once, and a CRC32 of the " +
    "25 best levels a side is checked whenever the venue sends one; where the venue does not confirm the sequence, " +
    "that is said once and the checksum alone proves. The book is the best 100 levels a side.",
  lines: "wss://api-pub.bitfinex.com/ws/2",
  rest: "https://api-pub.bitfinex.com",
  // keepalive and limits: sheet section 8, read 2026-11-23
  keepalive: {
    ping: { every: 15_000, text: `{"event":"ping","cid":4}` },
    socketSilence: 35_000,
    marketSilence: 35_000
  },
  limits: {
    connects: { count: 20, perMs: 60_000 },
    messages: { count: 20, perMs: 1_000 },
    // 10 to 90 calls a minute by endpoint, a breach blocks the address for a minute (shared/instruments.md, 2026-09
    // probe)
    rest: { weight: 1, perMs: 2_000 },
    // 30 channels, as the general page says; another page says 25, the wire took 36. 20 sockets a minute hold 300
    // markets so
    marketsPerSocket: 15
  },
  probe: {
    path: (symbol) => `/v2/book/${symbol.startsWith("t") ? symbol : `t${symbol}`}/P0?len=25`,
    weight: 1,
    read: (body) => {
      const rows = decodeRestBook(body)
      if (rows === null || !rows.every(isLevel)) return null
      const side = (asks: boolean) => rows.filter((row) => isAsk(row[2]) === asks).map(change)
      return { bids: side(false), asks: side(true), complete: false }
    }
  },
  // what the sequence would show anyway, but for sockets without one
  unreadable: "reconnect",
  toNative: bitfinexNative,
  fromNative: bitfinexPair,
  listing: bitfinexListing,
  // a market's name is taken with and without its `t` (sheet section 2, read 2026-11)
  effective: (native) => folded(native.startsWith("t") ? native : `t${native}`),
  socket: () => ({
    flags: null,
    configured: false,
    sequenced: null,
    sequence: 0,
    maintenance: null,
    channels: new Map(),
    closing: new Map(),
    left: new Set()
  }),
  member: () => ({
    synced: false,
    warned: false,
    sums: new TopSums(PROVEN_DEPTH, bidText, askText)
  }),
  subscribe: bitfinexSubscribe,
  unsubscribe: bitfinexUnsubscribe,
  decode: frames(BitfinexFrame, { exact: true, isControl: isEvent }),
  translate: (state, frame) => (isData(frame) ? onData(state, frame) : onBitfinexEvent(state, frame)),
  prove,
  repair: bitfinexRepair
})
