// Gemini Market Data v2: archived by the venue, kept as a fallback and to replay captures. Gemini.ts is the current
// one.
// 1. Dial, subscribe `l2` with upper-case symbols; nothing is acknowledged, the data is the acknowledgement.
// 2. The first `l2_updates` of a symbol has a `trades` key: it replaces the book. Its trades are history, newest first.
// 3. Every later one sets and removes levels. Nothing numbers them: a lost frame shows only as a closed socket, a
//    missing heartbeat (one every 5 s) or a crossed book, and the way back is a new socket.
// Source: developer.gemini.com archived/v2, 2026; read 2026-11-23; checked on a capture.
// REST has no ids and is the stale side, so a silent market is not held against it. Nothing announces a maintenance.
// Surprises: book frames carry no time; a trade's side can be "block" or "auction", which has no taker; deletes may
// name levels that do not exist.
// Unsure in the sheet: how long the venue still serves it.
import { Schema } from "effect"
import type { MarketType } from "../../domain/MarketType.ts"
import { DecimalText } from "../../wire/DecimalText.ts"
import { defineScheme } from "../defineScheme.ts"
import { Recurring } from "../../wire/Recurring.ts"
import { Unread } from "../../wire/Unread.ts"
import { GEMINI_REST, GEMINI_REST_LIMIT, geminiPair } from "./Gemini.ts"
import { geminiListing } from "./geminiListing.ts"
import { isWithout } from "../../wire/isWithout.ts"
import { NOTHING, type Instructions, type Level, level } from "../Instruction.ts"
import type { Pair, SessionState } from "../TranslationScheme.ts"
import { frames, millis } from "../../wire/Wire.ts"

const Change = Schema.Tuple([Schema.Literals(["buy", "sell"]), DecimalText, DecimalText])
const Updates = Schema.Struct({
  type: Schema.Literal("l2_updates"),
  symbol: Recurring,
  changes: Schema.Array(Change),
  trades: Schema.optionalKey(Schema.Array(Unread))
})
const Trade = Schema.Struct({
  type: Schema.Literal("trade"),
  symbol: Recurring,
  event_id: Schema.Int,
  timestamp: Schema.Number,
  price: DecimalText,
  quantity: DecimalText,
  side: Schema.String
})
const Frame = Schema.Union([
  Updates,
  Trade,
  Schema.Struct({ type: Schema.String.check(Schema.isPattern(/^(?!(l2_updates|trade)$)/)) }),
  Schema.Struct({ type: Schema.optionalKey(Schema.Never), result: Schema.Literal("error"), reason: Schema.String })
])
type Frame = typeof Frame.Type

interface Member {
  /** The snapshot came. */
  whole: boolean
}
type State = SessionState<null, Member>

const onUpdates = (state: State, frame: typeof Updates.Type): Instructions => {
  const { symbol } = frame
  const member = state.members.get(symbol)
  if (member === undefined) return NOTHING
  const bids: Array<Level> = []
  const asks: Array<Level> = []
  for (const change of frame.changes) (change[0] === "buy" ? bids : asks).push(level(change[1], change[2]))
  if (frame.trades !== undefined) {
    member.whole = true
    return [{ type: "snapshot", symbol, bids, asks, time: null }]
  }
  return member.whole ? [{ type: "changes", symbol, bids, asks, time: null }] : NOTHING
}

const onTrade = (state: State, frame: typeof Trade.Type): Instructions => {
  const { symbol, event_id: id, price, quantity: size, timestamp } = frame
  if (!state.members.has(symbol)) return NOTHING
  const side = frame.side === "buy" || frame.side === "sell" ? frame.side : "unknown"
  return [{ type: "trades", symbol, trades: [{ id, price, size, side, time: millis(timestamp) }] }]
}

const onError = (state: State, detail: string): Instructions => {
  const waiting = [...state.members].filter(([, member]) => !member.whole).map(([symbol]) => symbol)
  if (detail !== "NoValidTradingPairs" || waiting.length !== 1)
    return [{ type: "reconnect", reason: "refused", detail }]
  // the error names no symbol: the only one of the socket is surely meant, the last that waits by elimination
  return [{ type: state.members.size === 1 ? "rejected" : "refused", symbol: waiting[0]!, detail }]
}

const isUpdates = (frame: Frame): frame is typeof Updates.Type => frame.type === "l2_updates"
const isTrade = (frame: Frame): frame is typeof Trade.Type => frame.type === "trade"

const translate = (state: State, frame: Frame): Instructions => {
  if (isUpdates(frame)) return onUpdates(state, frame)
  if (isTrade(frame)) return onTrade(state, frame)
  return frame.type === undefined ? onError(state, frame.reason) : NOTHING
}

const request = (type: "subscribe" | "unsubscribe", symbols: ReadonlyArray<string>): ReadonlyArray<string> => [
  JSON.stringify({ type, subscriptions: [{ name: "l2", symbols }] })
]

const PERP = /^(.+)(GUSD|USDC)PERP$/
const fromNative = (native: string, type: MarketType): Pair | null => {
  if (native !== native.toUpperCase()) return null
  if (type === "SPOT") return native.endsWith("PERP") ? null : geminiPair(native)
  const match = type === "PERP" ? PERP.exec(native) : null
  return match === null ? null : { base: match[1]!, quote: match[2]! }
}

export const geminiV2 = defineScheme<Frame, null, Member>({
  exchange: "Gemini",
  protocol: "Market Data v2 (archived), l2",
  alternative: "v2",
  marketTypes: ["SPOT", "PERP"],
  guarantee:
    "Only a closed socket, a missing heartbeat or a crossed book shows a loss: this archived protocol has neither " +
    "sequence nor checksum, and a lost, repeated or altered frame that does not cross the book is not seen.",
  lines: "wss://api.gemini.com/v2/marketdata",
  rest: GEMINI_REST,
  // keepalive and limits: sheet section 8, read 2026-11-23
  // a heartbeat comes every 5 s, so its absence shows silence, and a pong never does
  keepalive: { ping: { every: 60_000 }, socketSilence: 15_000 },
  limits: {
    pool: "Gemini v2",
    connects: { count: 5, perMs: 60_000 },
    messages: { count: 12, perMs: 60_000 },
    rest: GEMINI_REST_LIMIT,
    marketsPerSocket: 50
  },
  toNative: ({ base, quote }, type) => `${base}${quote}${type === "PERP" ? "PERP" : ""}`.toUpperCase(),
  fromNative,
  listing: geminiListing((name) => name.toUpperCase(), fromNative),
  socket: () => null,
  member: () => ({ whole: false }),
  subscribe: (_state, symbols) => request("subscribe", symbols),
  unsubscribe: (_state, symbols) => request("unsubscribe", symbols),
  decode: frames(Frame, { isControl: isWithout("type", "symbol", "changes", "trades", "price", "quantity") }),
  translate,
  repair: (state, symbol, trouble) => {
    const member = state.members.get(symbol)
    if (member !== undefined) member.whole = false
    return [{ type: "reconnect", ...trouble }]
  }
})
