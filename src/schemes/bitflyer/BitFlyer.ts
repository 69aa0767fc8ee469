// bitFlyer Lightning: spot and the one perpetual (FX_BTC_JPY, "Crypto CFD"), JSON-RPC 2.0 over one socket.
// 1. Dial, SUBSCRIBE the board snapshots, the board and the executions of each product, a call a channel, for good.
// 2. A snapshot of up to 300 levels a side comes about every 5 s, never at once; each replaces the book. Changes before
//    the first are dropped. Sizes are absolute, zero deletes, absent prices may be deleted, price 0 is an auction's
//    order.
// 3. No time, sequence or checksum, but `mid_price` in each frame: the mean of best bid and ask, cut to the tick.
//    Snapshots run ahead of changes, so for 500 ms after one a miss is forgiven; any other miss: the book is lost
//    until the next one.
// 4. A book that a snapshot itself brings crossed is an auction: never live, not repaired, and its mid price not
//    checked.
// 5. An error names its call by the number: what it says concerns that product alone. Other methods and channels than
//    those asked for hold no board: counted, ignored. A silent product is held against the best of the REST board.
// 6. Executions name the taker's side; "" is an auction's trade without one. Ids rise, but have holes.
// Source: bf-lightning-api.readme.io and a probe of 2026-09, read 2026-11-23; checked on a capture of 2021.
// Surprises: an unknown product is acknowledged and stays silent; a new dial brings no snapshot sooner, and many are
// fined.
// Unsure: ticks of products outside the table (taken from the digits of their prices), frames during maintenance.
import { Schema } from "effect"
import { passed } from "../../domain/passed.ts"
import { Amount } from "../../wire/Amount.ts"
import { bitflyerListing } from "./bitflyerListing.ts"
import { bitflyerNative, bitflyerPair } from "./bitflyerNames.ts"
import { bitflyerTick } from "./bitflyerTicks.ts"
import { NOTHING, type Instructions, type Levels } from "../Instruction.ts"
import { defineScheme } from "../defineScheme.ts"
import { priced } from "../rules/priced.ts"
import { PricedLevel } from "../../wire/PricedLevel.ts"
import { Recurring } from "../../wire/Recurring.ts"
import { Rfc3339 } from "../../wire/Rfc3339.ts"
import type { BookView, SessionState, Trouble } from "../TranslationScheme.ts"
import { frames, parse } from "../../wire/Wire.ts"

const method = Schema.Literal("channelMessage")
const Side = Schema.Array(PricedLevel)
const Board = Schema.Struct({ mid_price: Schema.Finite, bids: Side, asks: Side })
const BoardFrame = Schema.Struct({
  method,
  params: Schema.Struct({ channel: Recurring.check(Schema.isPattern(/^lightning_board_./)), message: Board })
})
const ExecutionsFrame = Schema.Struct({
  method,
  params: Schema.Struct({
    channel: Recurring.check(Schema.isPattern(/^lightning_executions_./)),
    message: Schema.Array(
      Schema.Struct({
        id: Schema.Int,
        side: Schema.Literals(["BUY", "SELL", ""]),
        price: Amount,
        size: Amount,
        exec_date: Rfc3339
      })
    )
  })
})
const TickerFrame = Schema.Struct({
  method,
  params: Schema.Struct({ channel: Recurring.check(Schema.isPattern(/^lightning_ticker_/)) })
})
const Acknowledgement = Schema.Struct({ id: Schema.Number, result: Schema.Boolean })
const Failure = Schema.Struct({
  id: Schema.optionalKey(Schema.NullOr(Schema.Number)),
  error: Schema.Struct({ code: Schema.Number, message: Schema.String })
})
const Frame = Schema.Union([BoardFrame, ExecutionsFrame, TickerFrame, Acknowledgement, Failure])
type Frame = typeof Frame.Type

/** Boards and executions come as messages of their channels; what names no method answers a call. */
const isControl = (json: unknown): boolean => {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return false
  if (!("method" in json)) return !("params" in json)
  if (json.method !== "channelMessage") return typeof json.method === "string"
  const params = "params" in json ? json.params : null
  const channel = typeof params === "object" && params !== null && "channel" in params ? params.channel : null
  return typeof channel === "string" && !/^lightning_(board|executions)/.test(channel)
}

interface Call {
  readonly name: "subscribe" | "unsubscribe"
  readonly symbol: string
}
/** Calls that are not answered yet, by their number. */
interface Socket {
  nextId: number
  readonly asked: Map<number, Call>
}
interface Member {
  readonly symbol: string
  synced: boolean
  /** When the last snapshot came, in microseconds. */
  snapshotAt: number
  /** True until the last snapshot's own mid price was looked at. */
  unproven: boolean
  /** The last snapshot was crossed: an auction. */
  auction: boolean
}
type State = SessionState<Socket, Member>

const SNAPSHOT = "lightning_board_snapshot_"
const BOARD = "lightning_board_"
const EXECUTIONS = "lightning_executions_"
const INVALID_CHANNEL = -32602
const ALREADY_SUBSCRIBED = -32009
/** How long after a snapshot the changes that it already contains may still arrive, in microseconds. */
const MIXED = 500_000
/** Levels a side of the whole REST board that are compared: the stream's snapshots have 300. */
const PROBED = 20

const call = (state: State, name: Call["name"], symbol: string, prefix: string): string => {
  const id = state.socket.nextId++
  state.socket.asked.set(id, { name, symbol })
  return JSON.stringify({ jsonrpc: "2.0", method: name, params: { channel: prefix + symbol }, id })
}

const calls = (state: State, name: Call["name"], symbols: ReadonlyArray<string>): ReadonlyArray<string> =>
  symbols.flatMap((symbol) => [SNAPSHOT, BOARD, EXECUTIONS].map((prefix) => call(state, name, symbol, prefix)))

/** The next snapshot is the way back, without a word; only silence means that the subscriptions are lost. */
const repair = (state: State, symbol: string, { reason, detail }: Trouble): Instructions => {
  const member = state.members.get(symbol)
  if (member === undefined) return NOTHING
  member.synced = false
  const send =
    reason === "silent" ? [...calls(state, "unsubscribe", [symbol]), ...calls(state, "subscribe", [symbol])] : []
  return [{ type: "resubscribe", symbol, reason, detail, send }]
}

/**
 * Snapshots come about every 5 s: after so long without one their subscription is dead, however busy the changes are.
 */
const NO_SNAPSHOT = 60_000_000

const onBoard = (state: State, channel: string, message: typeof Board.Type, at: number): Instructions => {
  // the longer prefix begins with the shorter
  const whole = channel.startsWith(SNAPSHOT)
  const symbol = channel.slice(whole ? SNAPSHOT.length : BOARD.length)
  const member = state.members.get(symbol)
  if (member === undefined || (!whole && !member.synced)) return NOTHING
  if (whole) {
    member.synced = true
    member.snapshotAt = at
    member.unproven = true
  }
  if (at - member.snapshotAt > NO_SNAPSHOT) {
    return repair(state, symbol, { reason: "silent", detail: "changes go on, but no snapshot came for a minute" })
  }
  const proof = message.mid_price
  const bids = priced(message.bids)
  const asks = priced(message.asks)
  return [{ type: whole ? "snapshot" : "changes", symbol, bids, asks, time: null, proof }]
}

const SIDES = { BUY: "buy", SELL: "sell", "": "unknown" } as const

const onExecutions = (state: State, { channel, message }: (typeof ExecutionsFrame.Type)["params"]): Instructions => {
  const symbol = channel.slice(EXECUTIONS.length)
  if (!state.members.has(symbol)) return NOTHING
  const trades = message.map(({ id, price, size, side, exec_date }) => {
    return { id, price, size, side: SIDES[side], time: exec_date }
  })
  return [{ type: "trades", symbol, trades }]
}

const onFailure = (state: State, id: number | null, code: number, message: string): Instructions => {
  const asked = id === null ? undefined : state.socket.asked.get(id)
  if (id !== null) state.socket.asked.delete(id)
  if (code === ALREADY_SUBSCRIBED) return NOTHING
  const detail = `${message} (${code})`
  if (asked === undefined) return [{ type: "reconnect", reason: "refused", detail }]
  const { name, symbol } = asked
  // what is left anyway, or has left, need not be left again
  if (name === "unsubscribe" || !state.members.has(symbol)) return NOTHING
  return [{ type: code === INVALID_CHANNEL ? "rejected" : "refused", symbol, detail }]
}

const translate = (state: State, frame: Frame, at: number): Instructions => {
  if ("params" in frame) {
    const { params } = frame
    if (params.channel.startsWith("lightning_ticker_") || !("message" in params)) return NOTHING
    if ("bids" in params.message) return onBoard(state, params.channel, params.message, at)
    return onExecutions(state, { channel: params.channel, message: params.message })
  }
  if ("error" in frame) return onFailure(state, frame.id ?? null, frame.error.code, frame.error.message)
  state.socket.asked.delete(frame.id)
  return NOTHING
}

const RestBoard = parse(Schema.Struct({ bids: Side, asks: Side }))

/** The best of a side that comes in any order, best first; `sign` is 1 for asks. */
const best = (side: Levels, sign: number): Levels =>
  priced(side)
    .toSorted(([a], [b]) => sign * (Number(a) - Number(b)))
    .slice(0, PROBED)

/** The step of prices: of the table, else as fine as the finest price among the best of the book. */
const tickOf = (symbol: string, book: BookView): number => {
  const known = bitflyerTick(symbol)
  if (known !== undefined) return known
  let digits = 0
  for (let i = 0; i < 50; i++) digits = Math.max(digits, fraction(book.bidPrice(i)), fraction(book.askPrice(i)))
  return 10 ** -digits
}

const fraction = (price: number): number => {
  for (let digits = 0; digits < 12; digits++) if (Number(price.toFixed(digits)) === price) return digits
  return 0
}

const prove = (member: Member, book: BookView, mid: number, at: number): Trouble | null => {
  const bid = book.bidPrice(0)
  const ask = book.askPrice(0)
  if (member.unproven) member.auction = bid >= ask
  const forgiven = member.auction || (!member.unproven && passed(member.snapshotAt, at) <= MIXED)
  member.unproven = false
  // a book without one of its sides has no middle
  if (forgiven || Number.isNaN(bid + ask)) return null
  const tick = tickOf(member.symbol, book)
  const above = ((bid + ask) / 2 - mid) / tick
  if (above > -0.001 && above < 0.999) return null
  return { reason: "mid_price", detail: `best ${bid} and ${ask} do not have the venue's middle ${mid}` }
}

export const bitflyer = defineScheme<Frame, Socket, Member>({
  exchange: "bitFlyer",
  protocol: "Lightning Realtime, JSON-RPC",
  marketTypes: ["SPOT", "PERP"],
  guarantee:
    "Each frame's mid price proves the best bid and ask of a book with both sides, except within 500 ms after a " +
    "snapshot and in an auction; a snapshot of 300 levels a side replaces the book every 5 s. In between, a lost " +
    "change deeper in the book is not seen.",
  lines: "wss://ws.lightstream.bitflyer.com/json-rpc",
  rest: "https://api.bitflyer.com",
  // keepalive and limits: sheet section 8, read 2026-11-23
  keepalive: { ping: { every: 10_000 }, socketSilence: 20_000, marketSilence: 15_000 },
  limits: {
    connects: { count: 6, perMs: 60_000 },
    messages: { count: 30, perMs: 1_000 },
    // 500 in 5 minutes and an address (sheet section 8, probed 2026-09-23)
    rest: { weight: 500, perMs: 300_000 },
    marketsPerSocket: 10
  },
  audit: "repetitions",
  // the whole board, out of a cache of about a second (sheet section 3, probed 2026-09-23)
  probe: {
    path: (symbol) => `/v1/getboard?product_code=${encodeURIComponent(symbol)}`,
    weight: 1,
    read: (body) => {
      const board = RestBoard(body)
      return board && { bids: best(board.bids, -1), asks: best(board.asks, 1), complete: false }
    }
  },
  // the next snapshot is the repair
  crossedGrace: Infinity,
  toNative: bitflyerNative,
  fromNative: bitflyerPair,
  listing: bitflyerListing,
  socket: () => ({ nextId: 1, asked: new Map() }),
  member: (symbol) => ({ symbol, synced: false, snapshotAt: -Infinity, unproven: false, auction: false }),
  subscribe: (state, symbols) => calls(state, "subscribe", symbols),
  unsubscribe: (state, symbols) => calls(state, "unsubscribe", symbols),
  decode: frames(Frame, { exact: true, isControl }),
  translate,
  prove,
  repair
})
