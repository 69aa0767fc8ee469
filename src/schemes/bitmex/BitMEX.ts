// BitMEX: spot, linear, quanto and inverse perpetuals and dated futures, all by one "realtime" socket. The venue closed
// on 2026-09-23: for recordings, simulators and playbacks.
// 1. Dial, SUBSCRIBE `orderBookL2:SYM:Primary` and `trade:SYM:Primary`, one request a market. Since 2026 a book is the
//    merge of two pools unless one is named; where the three-part form is refused, the two-part form is asked for
//    instead.
// 2. `partial` replaces the book (empty ones name their symbol in `filter` alone); rows before it are dropped.
// 3. insert, update and delete speak of a key (side, id); the id is arbitrary, so each key's price is remembered.
// 4. No sequence, no checksum: an unknown key, a key inserted twice, another price than the key's, a second key at one
//    price of a side, or a crossed book is a book out of step: unsubscribe and subscribe, which brings a new partial.
// 5. `trade` partials are history, only inserts are trades; `Referential` rows and size 0 are index prints.
// Source: www.bitmex.com/app/wsAPI and the API announcements up to 2026-05, read 2026-11-23; checked on a capture,
// 2021.
// Surprises: sizes are contracts, on spot too; Bitcoin is XBT; rows of several pools share ids, so others' are skipped.
// Unsure: how the merged view behaves; connections are said to be 60 an hour; what one contract is, bar the inverse
// ones.
import {
  type Acknowledgement,
  type BookFrame,
  type Failure,
  Frame,
  type Row,
  type Trades,
  decodeRows,
  isControl
} from "./BitMEXWire.ts"
import { NOTHING, type Fill, type Instruction, type Instructions, type Level, level } from "../Instruction.ts"
import { defineScheme } from "../defineScheme.ts"
import type { Numeric } from "../../domain/Decimal.ts"
import { bitmexListing } from "./bitmexListing.ts"
import { bitmexNames } from "./bitmexNames.ts"
import { isNamedIn } from "../rules/namedIn.ts"
import type { Audit, SessionState, Trouble } from "../TranslationScheme.ts"
import { venueTexts } from "../rules/venueTexts.ts"
import { frames } from "../../wire/Wire.ts"

/** One side's keys: the price of each id, and which prices are taken. */
interface Keys {
  readonly prices: Map<number, Numeric>
  readonly taken: Set<number>
}
interface Member {
  synced: boolean
  /** True once the venue refused the form that names the pool. */
  plain: boolean
  /** Whose rows make the book; rows that name no pool belong to it. */
  pool: string
  readonly bids: Keys
  readonly asks: Keys
}
type State = SessionState<null, Member>

const POOL = "Primary"
const keys = (): Keys => ({ prices: new Map(), taken: new Set() })

const topic = (name: string, symbol: string, member: Member | undefined): string =>
  member?.plain === true ? `${name}:${symbol}` : `${name}:${symbol}:${POOL}`

const request = (op: "subscribe" | "unsubscribe", state: State, symbol: string): string => {
  const member = state.members.get(symbol)
  return JSON.stringify({ op, args: [topic("orderBookL2", symbol, member), topic("trade", symbol, member)] })
}

const forget = (member: Member): void => {
  member.synced = false
  for (const { prices, taken } of [member.bids, member.asks]) {
    prices.clear()
    taken.clear()
  }
}

const repair = (state: State, symbol: string, trouble: Trouble): Instructions => {
  const member = state.members.get(symbol)
  if (member === undefined) return NOTHING
  forget(member)
  const args = [topic("orderBookL2", symbol, member)]
  const send = [JSON.stringify({ op: "unsubscribe", args }), JSON.stringify({ op: "subscribe", args })]
  return [{ type: "resubscribe", symbol, reason: trouble.reason, detail: trouble.detail, send }]
}

/** Follows one row's key; gives the level that it sets or removes, or what is wrong with it. */
const follow = (side: Keys, action: BookFrame["action"], row: Row): Level | string => {
  const { id, size = 0 } = row
  const known = side.prices.get(id)
  if (action === "insert" || action === "partial") {
    const { price = 0 } = row
    if (known !== undefined) return "was there before"
    if (side.taken.has(Number(price))) return `is a second key at the price ${price}`
    side.prices.set(id, price)
    side.taken.add(Number(price))
    return level(price, size)
  }
  if (known === undefined) return "is not known"
  if (row.price !== undefined && Number(row.price) !== Number(known)) return `has the price ${known}, not ${row.price}`
  if (action === "update") return level(known, size)
  side.prices.delete(id)
  side.taken.delete(Number(known))
  return level(known, 0)
}

const onRows = (state: State, action: BookFrame["action"], symbol: string, rows: ReadonlyArray<Row>): Instructions => {
  const member = state.members.get(symbol)
  if (member === undefined) return NOTHING
  const ours = rows.every((row) => row.pool === undefined || row.pool === member.pool)
    ? rows
    : rows.filter((row) => row.pool === undefined || row.pool === member.pool)
  if (ours.length === 0 && rows.length > 0) return NOTHING
  if (action === "partial") {
    forget(member)
    member.synced = true
  } else if (!member.synced) return NOTHING
  const bids: Array<Level> = []
  const asks: Array<Level> = []
  for (const row of ours) {
    const bid = row.side === "Buy"
    const change = follow(bid ? member.bids : member.asks, action, row)
    if (typeof change === "string") {
      return repair(state, symbol, {
        reason: "inconsistent",
        detail: `${action} of ${row.side} ${row.id}: it ${change}`
      })
    }
    ;(bid ? bids : asks).push(change)
  }
  const time = action === "partial" ? null : (ours[0]?.timestamp ?? null)
  return [{ type: action === "partial" ? "snapshot" : "changes", symbol, bids, asks, time }]
}

const onBook = (state: State, frame: BookFrame): Instructions => {
  const rows: ReadonlyArray<Row> = frame.data
  const symbol = rows[0]?.symbol ?? (frame.action === "partial" ? frame.filter?.symbol : undefined)
  if (symbol === undefined) return NOTHING
  if (rows.every((row) => row.symbol === symbol)) return onRows(state, frame.action, symbol, rows)
  const groups = [...Map.groupBy(rows, (row) => row.symbol)]
  return groups.flatMap(([name, group]) => onRows(state, frame.action, name, group))
}

const onTrades = (state: State, frame: typeof Trades.Type): Instructions => {
  if (frame.action !== "insert") return NOTHING
  const fills = new Map<string, Array<Fill>>()
  for (const row of frame.data) {
    const member = state.members.get(row.symbol)
    // the two-part form carries the trades of all pools
    const other = member?.pool === POOL && row.pool !== undefined && row.pool !== POOL
    if (member === undefined || other || row.trdType === "Referential" || Number(row.size) === 0) continue
    const side = row.side === "Buy" ? "buy" : row.side === "Sell" ? "sell" : "unknown"
    const { trdMatchID: id = null, price, size } = row
    const fill = { id, price, size, side, time: row.timestamp } as const
    const known = fills.get(row.symbol)
    if (known === undefined) fills.set(row.symbol, [fill])
    else known.push(fill)
  }
  return Array.from(fills, ([symbol, trades]): Instruction => ({ type: "trades", symbol, trades }))
}

const onAcknowledgement = (state: State, frame: typeof Acknowledgement.Type): Instructions => {
  const [name, symbol = ""] = (frame.subscribe ?? "").split(":")
  const member = name === "orderBookL2" ? state.members.get(symbol) : undefined
  if (member !== undefined && frame.pool !== undefined) member.pool = frame.pool
  return NOTHING
}

/** The HTTP status that a refusal for too many requests bears (sheet section 4, read 2026-11). */
const TOO_MANY_REQUESTS = 429
/** Refusals that bear no status, or one that says too little. */
const readText = venueTexts([
  { text: "Rate limit exceeded, retry in * seconds.", means: "too fast", source: "sheet section 4, read 2026-11" },
  { text: "You are already subscribed to this topic: *", means: "as asked", source: "clients' reports, read 2026-11" }
])

const onFailure = (state: State, frame: typeof Failure.Type): Instructions => {
  const { error: detail, status, meta, request: asked } = frame
  const said = readText(detail)
  if (status === TOO_MANY_REQUESTS || said?.means === "too fast") {
    const seconds = meta?.retryAfter ?? (said?.means === "too fast" ? Number(said.parts[0]) : 0)
    return [{ type: "reconnect", reason: "rate_limited", detail, retryAfter: seconds * 1000 }]
  }
  if (asked?.op === "unsubscribe" || said?.means === "as asked") return NOTHING
  const args = typeof asked?.args === "string" ? [asked.args] : (asked?.args ?? [])
  const topics = args.map((arg) => arg.split(":")).filter(([, symbol = ""]) => symbol !== "")
  const named = topics.filter(([, symbol = ""]) => state.members.has(symbol))
  // each topic of a request is refused apart, and who was refused has left
  if (named.length === 0) return topics.length > 0 ? NOTHING : [{ type: "reconnect", reason: "refused", detail }]
  return [...new Set(named.map(([, symbol = ""]) => symbol))].flatMap((symbol) => {
    const pooled = named.some(([, name, pool]) => name === symbol && pool !== undefined)
    return pooled ? withoutPool(state, symbol) : refusal(symbol, detail)
  })
}

/** The form that names the pool is refused, once for each of its topics: asks once in the form that names none. */
const withoutPool = (state: State, symbol: string): Instructions => {
  const member = state.members.get(symbol)
  if (member === undefined || member.plain) return NOTHING
  member.plain = true
  member.pool = "Aggregated"
  return [{ type: "send", text: request("subscribe", state, symbol) }]
}

/** The request was this market's alone; that it is the symbol which is unknown, only the sentence can say. */
const refusal = (symbol: string, detail: string): Instructions => [
  { type: isNamedIn(detail, symbol) ? "rejected" : "refused", symbol, detail }
]

const translate = (state: State, frame: Frame): Instructions => {
  if ("table" in frame) {
    if (frame.table === "orderBookL2" && "action" in frame) return onBook(state, frame)
    return frame.table === "trade" && "action" in frame ? onTrades(state, frame) : NOTHING
  }
  if ("error" in frame) return onFailure(state, frame)
  return "success" in frame ? onAcknowledgement(state, frame) : NOTHING
}

/** The best 25 levels a side of the pool that is followed. */
const topOfBook: Audit = {
  path: (symbol) => `/api/v1/orderBook/L2?symbol=${encodeURIComponent(symbol)}&depth=25&pool=${POOL}`,
  weight: 1,
  read: (body) => {
    const rows = decodeRows(body)
    if (rows === null) return null
    const side = (name: string) =>
      rows.filter((row) => row.side === name).map(({ price, size }) => [price, size] as const)
    const best = (sign: number) => (a: readonly [Numeric, Numeric], b: readonly [Numeric, Numeric]) =>
      sign * (Number(a[0]) - Number(b[0]))
    return { bids: side("Buy").toSorted(best(-1)), asks: side("Sell").toSorted(best(1)), complete: false }
  }
}

export const bitmex = defineScheme<Frame, null, Member>({
  exchange: "BitMEX",
  protocol: "realtime, orderBookL2 of the primary pool (the venue closed on 2026-09-23)",
  status: "retired",
  marketTypes: ["SPOT", "PERP", "INVERSE", "FUTURE"],
  guarantee:
    "Every change must speak of a key that the book has, at that key's price, and never cross it, so most losses " +
    "show at once or with the key's next change. There is no sequence and no checksum: a lost change of one " +
    "level's size is seen by the next audit against the REST book.",
  lines: "wss://ws.bitmex.com/realtime",
  rest: "https://www.bitmex.com",
  // keepalive and limits: sheet section 8, read 2026-11-23
  keepalive: { ping: { every: 5_000, text: "ping" }, socketSilence: 10_000 },
  limits: {
    connects: { count: 60, perMs: 3_600_000 },
    messages: { count: 20, perMs: 1_000 },
    rest: { weight: 30, perMs: 60_000 },
    marketsPerSocket: 50
  },
  audit: topOfBook,
  ...bitmexNames,
  listing: bitmexListing,
  socket: () => null,
  member: () => ({ synced: false, plain: false, pool: POOL, bids: keys(), asks: keys() }),
  subscribe: (state, symbols) => symbols.map((symbol) => request("subscribe", state, symbol)),
  unsubscribe: (state, symbols) => symbols.map((symbol) => request("unsubscribe", state, symbol)),
  decode: frames<Frame>(Frame, { plain: { pong: { pong: true } }, exact: true, isControl }),
  translate,
  repair
})
