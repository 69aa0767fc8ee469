// Gemini: spot and perpetuals on the websocket API 0.10. The archived Market Data v2 is GeminiV2.ts.
// 1. Dial with `snapshot=-1` (the whole book on subscribe), SUBSCRIBE `sym@depth@100ms` and `sym@trade`.
// 2. The first depth frame has `U == u`: it replaces the book, last = u. It may come before the acknowledgement.
// 3. Then: `U <= last < u` continues, `U > last` is a gap, `u <= last` is judged by OldIds. Ids are shared by all
//    symbols.
// 4. After a gap: UNSUBSCRIBE the depth stream, ignore its frames until that is acknowledged, SUBSCRIBE, back to 2.
// 5. Beside it `sym@depth20`: whenever its id is the book's own, its 20 levels a side must be the book's.
// Source: developer.gemini.com websocket, 2026; read 2026-11-23; probe reports and fixtures, no long capture.
// Surprises: `E` is nanoseconds above 2^53, good for microseconds only rounded; trades, tickers and partial depth have
// no `e`; one bad name refuses its whole request and is named; perps in GUSD and USDC are one book. REST is the stale
// side, so a silent market is not held against it. No frame announces a maintenance.
// Unsure in the sheet: whether trades ever send history. Refusal of the audit stream costs the audit alone.
// The frames are in GeminiWire.ts.
import type { MarketType } from "../../domain/MarketType.ts"
import { defineScheme } from "../defineScheme.ts"
import { geminiListing } from "./geminiListing.ts"
import { type Depth, Frame, type Partial, type Reply, type Trade, isControl } from "./GeminiWire.ts"
import { NOTHING, type Instruction, type Instructions } from "../Instruction.ts"
import { matchesTop } from "../rules/matchesTop.ts"
import { OldIds, markOf } from "../rules/OldIds.ts"
import { splitJoined } from "../rules/pairs.ts"
import type { BookView, Pair, SessionState, Trouble } from "../TranslationScheme.ts"
import { frames } from "../../wire/Wire.ts"

interface Request {
  readonly kind: "subscribe" | "audit" | "leave"
  readonly symbols: ReadonlyArray<string>
}
interface Socket {
  nextId: number
  /** Requests in flight by their number: what a reply speaks of. */
  readonly asked: Map<number, Request>
}
interface Member {
  /** Update id of the last applied frame; null while there is no book. */
  last: number | null
  /** The unsubscription of a repair is not acknowledged yet. */
  leaving: boolean
  /** The newest partial depth, to be compared once the book stands at its id. */
  audit: Partial | null
  readonly ids: OldIds
}
type State = SessionState<Socket, Member>

const AUDIT_DEPTH = 20
/** 25 names a request are safe; two a symbol. */
const BATCH = 12
const RATE_LIMIT = -1003
const BAD_NAME = -1013

const ask = (
  state: State,
  method: string,
  kind: Request["kind"],
  symbols: ReadonlyArray<string>,
  params: ReadonlyArray<string>
): string => {
  const id = state.socket.nextId++
  state.socket.asked.set(id, { kind, symbols })
  return JSON.stringify({ id, method, params })
}

const depthStream = (symbol: string): string => `${symbol}@depth@100ms`
const auditStream = (symbol: string): string => `${symbol}@depth${AUDIT_DEPTH}`

const subscribe = (state: State, symbols: ReadonlyArray<string>): ReadonlyArray<string> => {
  const texts: Array<string> = []
  for (let i = 0; i < symbols.length; i += BATCH) {
    const batch = symbols.slice(i, i + BATCH)
    const names = batch.flatMap((symbol) => [depthStream(symbol), `${symbol}@trade`])
    texts.push(ask(state, "SUBSCRIBE", "subscribe", batch, names))
    texts.push(ask(state, "SUBSCRIBE", "audit", batch, batch.map(auditStream)))
  }
  return texts
}

const unsubscribe = (state: State, symbols: ReadonlyArray<string>): ReadonlyArray<string> => {
  const texts: Array<string> = []
  for (let i = 0; i < symbols.length; i += BATCH / 2) {
    const batch = symbols.slice(i, i + BATCH / 2)
    const names = batch.flatMap((symbol) => [depthStream(symbol), `${symbol}@trade`, auditStream(symbol)])
    texts.push(ask(state, "UNSUBSCRIBE", "audit", batch, names))
  }
  return texts
}

const repair = (state: State, symbol: string, trouble: Trouble): Instructions => {
  const member = state.members.get(symbol)
  if (member === undefined) return NOTHING
  member.last = null
  member.leaving = true
  member.audit = null
  const send = [ask(state, "UNSUBSCRIBE", "leave", [symbol], [depthStream(symbol)])]
  return [{ type: "resubscribe", symbol, ...trouble, send }]
}

/**
 * An event that the snapshot holds already may be stamped later: events gather for 44 to 135 ms (frames of 2026-09-30).
 */
const GATHERED = 500_000

const micros = (nanos: number): number => Math.floor(nanos / 1000)

const onDepth = (state: State, frame: Depth, at: number): Instructions => {
  const { s: symbol, b: bids, a: asks, U, u } = frame
  const member = state.members.get(symbol)
  if (member === undefined || member.leaving) return NOTHING
  const time = micros(frame.E)
  if (member.last === null) {
    if (U !== u) return NOTHING
    member.last = u
    member.ids.joined(null, time + GATHERED)
    return [{ type: "snapshot", symbol, bids, asks, time, ...dueProof(member) }]
  }
  if (u <= member.last) {
    if (member.ids.judge(u, markOf(time, bids, asks), time, member.last, at) === "old") return NOTHING
    return repair(state, symbol, { reason: "gap", detail: `ids begin again: after ${member.last} came ${u}` })
  }
  if (U > member.last) {
    return repair(state, symbol, { reason: "gap", detail: `after ${member.last} came U=${U} u=${u}` })
  }
  member.last = u
  member.ids.follows(u, markOf(time, bids, asks))
  return [{ type: "changes", symbol, bids, asks, time, ...dueProof(member) }]
}

/** The audit's id as proof, when the book just reached it. */
const dueProof = (member: Member): { readonly proof?: number } =>
  member.audit !== null && member.audit.lastUpdateId === member.last ? { proof: member.last } : {}

const onPartial = (state: State, frame: Partial): Instructions => {
  const { symbol } = frame
  const member = state.members.get(symbol)
  if (member === undefined || member.leaving) return NOTHING
  member.audit = frame
  if (member.last === null || frame.lastUpdateId !== member.last) return NOTHING
  return [{ type: "changes", symbol, bids: [], asks: [], time: null, proof: member.last }]
}

const prove = (member: Member, book: BookView, proof: number): Trouble | null => {
  const { audit } = member
  if (audit === null || audit.lastUpdateId !== proof) return null
  member.audit = null
  if (matchesTop(book, audit.bids, audit.asks, AUDIT_DEPTH)) return null
  return { reason: "audit", detail: `the venue's best ${AUDIT_DEPTH} at ${proof} are not the book's` }
}

const onTrade = (state: State, frame: Trade): Instructions => {
  const { s: symbol, t: id, p: price, q: size, m, E } = frame
  if (!state.members.has(symbol)) return NOTHING
  return [{ type: "trades", symbol, trades: [{ id, price, size, side: m ? "sell" : "buy", time: micros(E) }] }]
}

const onReply = (state: State, reply: Reply): Instructions => {
  const id = Number(reply.id)
  const asked = state.socket.asked.get(id)
  state.socket.asked.delete(id)
  if (reply.status < 400)
    return asked?.kind === "leave" ? asked.symbols.flatMap((symbol) => left(state, symbol)) : NOTHING
  const detail = reply.error?.msg ?? `status ${reply.status}`
  if (reply.error?.code === RATE_LIMIT) return [{ type: "reconnect", reason: "rate_limited", detail }]
  if (asked?.kind === "audit") return NOTHING
  if (asked === undefined || asked.kind === "leave" || reply.error?.code !== BAD_NAME) {
    return [{ type: "reconnect", reason: "refused", detail }]
  }
  const named = symbolIn(detail)
  if (named !== null && asked.symbols.includes(named)) return onNamed(state, asked, named, detail)
  // one bad name refuses its whole request: ask one by one to find it
  if (asked.symbols.length > 1) return again(state, asked.symbols, 1)
  return asked.symbols
    .filter((symbol) => state.members.has(symbol))
    .map((symbol) => ({ type: "refused" as const, symbol, detail }))
}

/** Section 4 of the sheet: `Invalid stream name: nosuchperp@depth@100ms`. */
const INVALID_NAME = "Invalid stream name: "

const symbolIn = (detail: string): string | null => {
  const end = detail.indexOf("@")
  return detail.startsWith(INVALID_NAME) && end > 0 ? detail.slice(INVALID_NAME.length, end) : null
}

/** The venue says whose name is bad; the others of its request are asked for again. */
const onNamed = (state: State, asked: Request, symbol: string, detail: string): Instructions => {
  const others = asked.symbols.filter((other) => other !== symbol)
  const sent = again(state, others, BATCH)
  return state.members.has(symbol) ? [...sent, { type: "rejected", symbol, detail }] : sent
}

const again = (state: State, symbols: ReadonlyArray<string>, size: number): ReadonlyArray<Instruction> => {
  const said: Array<Instruction> = []
  for (let i = 0; i < symbols.length; i += size) {
    for (const text of subscribe(state, symbols.slice(i, i + size))) said.push({ type: "send", text })
  }
  return said
}

const left = (state: State, symbol: string): Instructions => {
  const member = state.members.get(symbol)
  if (member === undefined || !member.leaving) return NOTHING
  member.leaving = false
  return [{ type: "send", text: ask(state, "SUBSCRIBE", "subscribe", [symbol], [depthStream(symbol)]) }]
}

const translate = (state: State, frame: Frame, at: number): Instructions => {
  if (frame.e !== undefined) return isDepth(frame) ? onDepth(state, frame, at) : NOTHING
  if (frame.status !== undefined) return onReply(state, frame)
  if (frame.lastUpdateId !== undefined) return onPartial(state, frame)
  return frame.t === undefined ? NOTHING : onTrade(state, frame)
}

const isDepth = (frame: Frame): frame is Depth => frame.e === "depthUpdate"

const QUOTES = ["RLUSD", "GUSD", "USDC", "USDT", "USD", "EUR", "GBP", "SGD", "BTC", "ETH", "BCH", "LTC", "FIL", "DAI"]
const PERP = /^(.+)(gusd|usdc)perp$/

/** Base and quote of a spot name in either case. PAX Gold ends in the G that would make its dollars Gemini's. */
export const geminiPair = (native: string): Pair | null => {
  const name = native.toUpperCase()
  return name === "PAXGUSD" ? { base: "PAXG", quote: "USD" } : splitJoined(name, QUOTES)
}

const fromNative = (native: string, type: MarketType): Pair | null => {
  if (native !== native.toLowerCase()) return null
  if (type === "SPOT") return native.endsWith("perp") ? null : geminiPair(native)
  const match = type === "PERP" ? PERP.exec(native) : null
  return match === null ? null : { base: match[1]!.toUpperCase(), quote: match[2]!.toUpperCase() }
}

/** Both protocols' REST, which gives the listing alone: 120 questions a minute, one a second advised (section 8). */
export const GEMINI_REST = "https://api.gemini.com"
export const GEMINI_REST_LIMIT = { weight: 1, perMs: 1_000 }

export const gemini = defineScheme<Frame, Socket, Member>({
  exchange: "Gemini",
  protocol: "websocket API 0.10, differential depth",
  marketTypes: ["SPOT", "PERP"],
  guarantee:
    "Every delta begins where its predecessor ended: a lost or reordered frame is seen at the next one, a repeated " +
    "one is dropped, and ids that begin again lose the book at once, or, right after a snapshot, with the first " +
    "change that comes 5 seconds later. The best 20 levels are compared with the venue's own whenever both stand " +
    "at the same id; deeper levels altered inside a frame are not seen: no checksum exists.",
  lines: "wss://ws.gemini.com?snapshot=-1",
  rest: GEMINI_REST,
  // keepalive and limits: sheet section 8, read 2026-11-23
  keepalive: { ping: { every: 15_000, text: '{"id":0,"method":"ping"}' }, socketSilence: 45_000 },
  limits: {
    connects: { count: 300, perMs: 300_000 },
    messages: { count: 10, perMs: 1_000 },
    rest: GEMINI_REST_LIMIT,
    marketsPerSocket: 100
  },
  unreadable: "ignore",
  toNative: ({ base, quote }, type) => `${base}${quote}${type === "PERP" ? "perp" : ""}`.toLowerCase(),
  fromNative,
  listing: geminiListing((name) => name.toLowerCase(), fromNative),
  socket: () => ({ nextId: 1, asked: new Map() }),
  member: () => ({ last: null, leaving: false, audit: null, ids: new OldIds() }),
  subscribe,
  unsubscribe,
  decode: frames(Frame, { isControl }),
  translate,
  prove,
  repair
})
