// Coinbase Exchange ("Coinbase Pro" of old): spot alone, one public socket, no keys.
// 1. Dial, and within 5 s SUBSCRIBE `level2_batch`, `matches` and `heartbeat` of each product, one frame a product, so
//    that a refusal names its product and hurts no other.
// 2. One `snapshot` a product, then `l2update`s: absolute sizes, zero deletes. Updates before the snapshot are dropped.
// 3. No sequence, no checksum: `time` must not run backwards a product (year 1 means none), the book must not stay
//    crossed. Anything else wrong: unsubscribe and subscribe `level2_batch`, which brings a new snapshot.
// 4. `match.side` is the MAKER's: "sell" means that the taker bought. `trade_id` is dense; `last_match` is history, and
//    the heartbeat's `last_trade_id` is held against the matches one heartbeat later, when they had their time to
//    arrive.
// Source: docs.cdp.coinbase.com/exchange/websocket-feed, read 2026-11-23; frames checked on a capture of `level2`,
// 2021.
// Surprises: `level2` needs keys since 2023; unknown frame types must be ignored by contract of the venue; the channel
// is acknowledged as `level2_50` (wire of 2026-09-30), so no acknowledgement is matched; a batch may bear the
// heartbeat's time.
// Unsure: the text of a refusal. A snapshot's `time` is not compared: a batch that overlaps it is healed by the next
// one.
import { Schema } from "effect"
import { DecimalText, PlainDecimal } from "../../wire/DecimalText.ts"
import { Recurring } from "../../wire/Recurring.ts"
import { Rfc3339 } from "../../wire/Rfc3339.ts"
import { Unread } from "../../wire/Unread.ts"
import { coinbaseListing, coinbasePair } from "./coinbaseListing.ts"
import { NOTHING, type Instruction, type Instructions, type Level, level } from "../Instruction.ts"
import { defineScheme } from "../defineScheme.ts"
import { venueTexts } from "../rules/venueTexts.ts"
import { isWithout } from "../../wire/isWithout.ts"
import type { Audit, SessionState, Trouble } from "../TranslationScheme.ts"
import { frames, parse } from "../../wire/Wire.ts"

const Side = Schema.Literals(["buy", "sell"])
const Update = Schema.Struct({
  type: Schema.Literal("l2update"),
  product_id: Recurring,
  changes: Schema.Array(Schema.Tuple([Side, PlainDecimal, PlainDecimal])),
  time: Schema.optionalKey(Rfc3339)
})
const Match = Schema.Struct({
  type: Schema.Literals(["match", "last_match"]),
  product_id: Recurring,
  trade_id: Schema.Int,
  side: Side,
  price: PlainDecimal,
  size: PlainDecimal,
  time: Rfc3339
})
const Heartbeat = Schema.Struct({
  type: Schema.Literal("heartbeat"),
  product_id: Recurring,
  last_trade_id: Schema.Int
})
// malformed sizes such as "0.-10000" occur in snapshots: they go on as they are, for the book to refuse
const Levels = Schema.Array(Schema.Tuple([DecimalText, DecimalText]))
const Snapshot = Schema.Struct({
  type: Schema.Literal("snapshot"),
  product_id: Recurring,
  bids: Levels,
  asks: Levels,
  time: Schema.optionalKey(Rfc3339)
})
const Acknowledgement = Schema.Struct({ type: Schema.Literal("subscriptions"), channels: Schema.Array(Unread) })
const Failure = Schema.Struct({
  type: Schema.Literal("error"),
  message: Schema.String,
  reason: Schema.optionalKey(Schema.String)
})
const OURS = /^(?!(?:l2update|match|last_match|heartbeat|snapshot|subscriptions|error)$)/
const Other = Schema.Struct({ type: Schema.String.check(Schema.isPattern(OURS)) })
const Frame = Schema.Union([Update, Match, Heartbeat, Snapshot, Acknowledgement, Failure, Other])
type Frame = typeof Frame.Type

interface Member {
  synced: boolean
  /** Newest time of an update, in microseconds. */
  newest: number
  /** The newest trade that the last heartbeat named. */
  lastTrade: number | null
}
type State = SessionState<null, Member>

const CHANNELS = ["level2_batch", "matches", "heartbeat"]
const BOOK = ["level2_batch"]

const request = (type: "subscribe" | "unsubscribe", symbol: string, channels: ReadonlyArray<string>): string =>
  JSON.stringify({ type, product_ids: [symbol], channels })

const repair = (state: State, symbol: string, trouble: Trouble): Instructions => {
  const member = state.members.get(symbol)
  if (member === undefined) return NOTHING
  member.synced = false
  member.newest = 0
  // silence means that the heartbeat is lost as well
  const channels = trouble.reason === "silent" ? CHANNELS : BOOK
  const send = [request("unsubscribe", symbol, channels), request("subscribe", symbol, channels)]
  return [{ type: "resubscribe", symbol, reason: trouble.reason, detail: trouble.detail, send }]
}

const onUpdate = (state: State, frame: typeof Update.Type): Instructions => {
  const symbol = frame.product_id
  const member = state.members.get(symbol)
  if (member === undefined || !member.synced) return NOTHING
  const { time = null } = frame
  if (time !== null) {
    if (time < member.newest) {
      const detail = `an update came ${member.newest - time} us behind a newer one, by its time`
      return repair(state, symbol, { reason: "time_reversed", detail })
    }
    member.newest = time
  }
  const bids: Array<Level> = []
  const asks: Array<Level> = []
  for (const change of frame.changes) (change[0] === "buy" ? bids : asks).push(level(change[1], change[2]))
  return [{ type: "changes", symbol, bids, asks, time }]
}

const onSnapshot = (state: State, frame: typeof Snapshot.Type): Instructions => {
  const { product_id: symbol, bids, asks, time = null } = frame
  const member = state.members.get(symbol)
  if (member === undefined) return NOTHING
  member.synced = true
  member.newest = 0
  return [{ type: "snapshot", symbol, bids, asks, time }]
}

const onMatch = (state: State, frame: typeof Match.Type): Instructions => {
  const { product_id: symbol, trade_id: id, price, size, time } = frame
  if (!state.members.has(symbol)) return NOTHING
  if (frame.type === "last_match") return [{ type: "trade_anchor", symbol, id }]
  const side = frame.side === "sell" ? "buy" : "sell"
  return [{ type: "trades", symbol, trades: [{ id, price, size, side, time }] }]
}

const onHeartbeat = (state: State, frame: typeof Heartbeat.Type): Instructions => {
  const symbol = frame.product_id
  const member = state.members.get(symbol)
  if (member === undefined) return NOTHING
  const alive: Instruction = { type: "alive", symbol }
  const id = member.lastTrade
  member.lastTrade = frame.last_trade_id
  // a number that falls belongs to a count that has begun again, and the one before it to the count that has ended
  return id === null || frame.last_trade_id < id ? [alive] : [alive, { type: "trade_anchor", symbol, id }]
}

/** A product's name, as a whole word. */
const PRODUCT = /^[A-Z0-9]+-[A-Z0-9]+$/
const UNSEEN = "not recorded, kept from 2026-11"
/** The venue gives no codes. A product's own name stands as `it` in what is compared. */
const readText = venueTexts([
  { text: "Failed to subscribe: it is not a valid product", means: "unknown", source: "sheet section 4, unverified" },
  { text: "Failed to subscribe: unknown product it", means: "unknown", source: UNSEEN },
  { text: "Failed to subscribe: product not found: it", means: "unknown", source: UNSEEN },
  { text: "Failed to subscribe: it is delisted", means: "unknown", source: UNSEEN },
  { text: "Failed to subscribe: too many requests", means: "too fast", source: UNSEEN },
  { text: "Failed to subscribe: rate limit exceeded", means: "too fast", source: UNSEEN },
  { text: "Too many requests", means: "too fast", source: UNSEEN },
  { text: "Rate limit exceeded", means: "too fast", source: UNSEEN }
] as const)

/**
 * What names a product costs nobody else; only the words for an unknown one are final, and no word of its name is one.
 */
const onFailure = (state: State, frame: typeof Failure.Type): Instructions => {
  const detail = frame.reason === undefined ? frame.message : `${frame.message}: ${frame.reason}`
  const words = new Set(detail.split(/[^A-Za-z0-9-]+/))
  const named = [...state.members.keys()].filter((symbol) => words.has(symbol))
  const said = named.reduce((text, symbol) => text.replaceAll(symbol, "it"), detail)
  const type = readText(said)?.means === "unknown" ? "rejected" : "refused"
  if (named.length > 0) return named.map((symbol) => ({ type, symbol, detail }))
  // of a product that has left meanwhile
  if ([...words].some((word) => PRODUCT.test(word))) return NOTHING
  return [{ type: "reconnect", reason: readText(detail)?.means === "too fast" ? "rate_limited" : "refused", detail }]
}

/** Books and trades come in frames of these types and no others. */
const DATA: ReadonlySet<unknown> = new Set(["l2update", "snapshot", "match", "last_match"])
const isNameless = isWithout("type", "product_id", "changes", "bids", "asks", "price")
const isControl = (json: unknown): boolean =>
  isNameless(json) ||
  (typeof json === "object" && json !== null && "type" in json && typeof json.type === "string" && !DATA.has(json.type))

const RestLevels = Schema.Array(Schema.TupleWithRest(Schema.Tuple([PlainDecimal, PlainDecimal]), [Schema.Unknown]))
const decodeRestBook = parse(Schema.Struct({ bids: RestLevels, asks: RestLevels }))

/** Whole sides, for audit and probe: level 1 would be the best bid and ask alone. REST needs no keys. */
const REST_BOOK: Audit = {
  path: (symbol) => `/products/${encodeURIComponent(symbol)}/book?level=2`,
  weight: 1,
  read: (body) => {
    const book = decodeRestBook(body)
    return book === null ? null : { bids: book.bids, asks: book.asks, complete: false }
  }
}

const translate = (state: State, frame: Frame): Instructions => {
  switch (frame.type) {
    case "l2update":
      return onUpdate(state, frame as typeof Update.Type)
    case "match":
    case "last_match":
      return onMatch(state, frame as typeof Match.Type)
    case "heartbeat":
      return onHeartbeat(state, frame as typeof Heartbeat.Type)
    case "snapshot":
      return onSnapshot(state, frame as typeof Snapshot.Type)
    case "error":
      return onFailure(state, frame as typeof Failure.Type)
    default:
      return NOTHING
  }
}

export const coinbaseSpot = defineScheme<Frame, null, Member>({
  exchange: "Coinbase",
  protocol: "Exchange websocket feed, level2_batch",
  marketTypes: ["SPOT"],
  guarantee:
    "The whole book by one snapshot and its updates, whose times must not run backwards; trades are proven by " +
    "dense ids. The feed has no sequence and no checksum: an update lost in between shows once the book crosses, " +
    "at the next audit against the REST book, or when a silent market is held against it.",
  lines: "wss://ws-feed.exchange.coinbase.com",
  rest: "https://api.exchange.coinbase.com",
  // keepalive and limits: sheet section 8, read 2026-11-23
  keepalive: { ping: { every: 5_000 }, socketSilence: 10_000, marketSilence: 10_000 },
  limits: {
    connects: { count: 8, perMs: 1_000 },
    messages: { count: 10, perMs: 1_000 },
    rest: { weight: 5, perMs: 1_000 },
    marketsPerSocket: 20
  },
  audit: REST_BOOK,
  tradeIds: "dense",
  crossedGrace: 1,
  toNative: ({ base, quote }) => `${base}-${quote}`.toUpperCase(),
  fromNative: (native, type) => (type === "SPOT" ? coinbasePair(native) : null),
  listing: coinbaseListing,
  socket: () => null,
  member: () => ({ synced: false, newest: 0, lastTrade: null }),
  subscribe: (_state, symbols) => symbols.map((symbol) => request("subscribe", symbol, CHANNELS)),
  unsubscribe: (_state, symbols) => symbols.map((symbol) => request("unsubscribe", symbol, CHANNELS)),
  decode: frames(Frame, { isControl }),
  translate,
  repair
})
