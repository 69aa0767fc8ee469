// Kraken spot, websocket v1: frozen, still answering, kept as second protocol and for recordings.
// 1. Dial, subscribe `book` at depth 1000 and `trade`, up to 20 pairs a frame; `as`/`bs` is the snapshot.
// 2. Apply each update whole (both parts of a two-sided one), then cut both sides to the depth.
// 3. The last part of every update carries `c`, a CRC32 of the top ten; a mismatch: unsubscribe, subscribe, await.
// 4. Trades: side `b` or `s` is the taker's; there are no ids.
// Source: docs.kraken.com websocket v1 and book-checksum-v1; read 2026-11-23; checked on captures of 2021.
// Surprises: the checksum is of the wire's own text, not of the decimals that AssetPairs tells; the snapshot carries
// none; deletions of unknown prices happen and mean nothing; pairs use the old codes XBT and XDG.
// Unsure: the trade history the documents promise on subscribe; captures have none, nothing marks it off from new
// trades.
import { Schema } from "effect"
import type { Numeric } from "../../domain/Decimal.ts"
import { EpochSeconds } from "../../wire/EpochSeconds.ts"
import { Recurring } from "../../wire/Recurring.ts"
import { Unread } from "../../wire/Unread.ts"
import { NOTHING, type Fill, type Instructions } from "../Instruction.ts"
import { defineScheme } from "../defineScheme.ts"
import { KRAKEN_DEPTH } from "./Kraken.ts"
import { KRAKEN_REST, KRAKEN_REST_LIMIT, krakenDepth } from "./krakenDepth.ts"
import { krakenListingV1 } from "./krakenListing.ts"
import { krakenOldCode, krakenPair } from "./krakenNames.ts"
import { krakenRefusal, krakenStatus, type KrakenSystem } from "./krakenNotices.ts"
import { TopSums } from "../checksum/TopSums.ts"
import type { BookView, SessionState, Trouble } from "../TranslationScheme.ts"
import { WholeText } from "../../wire/WholeText.ts"
import { frames } from "../../wire/Wire.ts"

// a fourth element "r" marks a republished level
const Level = Schema.TupleWithRest(Schema.Tuple([Schema.String, Schema.String, EpochSeconds]), [Schema.String])
const Levels = Schema.Array(Level)
type Levels = typeof Levels.Type
const BookName = Recurring.check(Schema.isPattern(/^book-\d+$/))
const Trade = Schema.TupleWithRest(
  Schema.Tuple([Schema.String, Schema.String, EpochSeconds, Schema.Literals(["b", "s"])]),
  [Schema.String]
)
const Asks = Schema.Struct({ a: Levels })
const Bids = Schema.Struct({ b: Levels })
/** Marks what another member of the union has, so that no frame passes for two. */
const absent = Schema.optionalKey(Schema.Never)
const LastAsks = Schema.Struct({ a: Levels, b: absent, c: WholeText })
const LastBids = Schema.Struct({ b: Levels, a: absent, c: WholeText })
const Snapshot = Schema.Struct({ as: Levels, bs: Levels })
const TradeFrame = Schema.Tuple([Schema.Number, Schema.Array(Trade), Schema.Literal("trade"), Recurring])
const OtherFrame = Schema.Tuple([
  Schema.Number,
  Unread,
  Schema.String.check(Schema.isPattern(/^(ticker|spread|ohlc-\d+)$/)),
  Schema.String
])
const OneSided = Schema.Tuple([Schema.Number, Schema.Union([LastBids, LastAsks, Snapshot]), BookName, Recurring])
const TwoSided = Schema.Union([
  Schema.Tuple([Schema.Number, Asks, LastBids, BookName, Recurring]),
  Schema.Tuple([Schema.Number, Bids, LastAsks, BookName, Recurring])
])
/** What bears an error is a refusal, whatever else it says. */
const noError = { errorMessage: Schema.optionalKey(Schema.Never) }
const Quiet = Schema.Struct({ ...noError, event: Schema.Literals(["heartbeat", "pong"]) })
const SystemStatus = Schema.Struct({ event: Schema.Literal("systemStatus"), status: Schema.String })
const Subscription = Schema.Struct({
  ...noError,
  event: Schema.Literal("subscriptionStatus"),
  status: Schema.Literals(["subscribed", "unsubscribed"])
})
const Refusal = Schema.Struct({
  event: Schema.Literals(["subscriptionStatus", "error"]),
  errorMessage: Schema.String,
  pair: Schema.optionalKey(Schema.String)
})
const Frame = Schema.Union([OneSided, TwoSided, TradeFrame, OtherFrame, Quiet, SystemStatus, Subscription, Refusal])
type Frame = typeof Frame.Type

type Socket = KrakenSystem
interface Member {
  /** A snapshot has come; before it, and after a loss, changes mean nothing. */
  synced: boolean
  readonly sums: TopSums
}
type State = SessionState<Socket, Member>

const SYMBOLS_PER_REQUEST = 20
const EMPTY: Levels = []

const request = (event: "subscribe" | "unsubscribe", name: "book" | "trade", pair: ReadonlyArray<string>): string =>
  JSON.stringify({ event, pair, subscription: name === "book" ? { name, depth: KRAKEN_DEPTH } : { name } })

const requests = (event: "subscribe" | "unsubscribe", symbols: ReadonlyArray<string>): ReadonlyArray<string> => {
  const texts: Array<string> = []
  for (let i = 0; i < symbols.length; i += SYMBOLS_PER_REQUEST) {
    const batch = symbols.slice(i, i + SYMBOLS_PER_REQUEST)
    texts.push(request(event, "book", batch), request(event, "trade", batch))
  }
  return texts
}

const repair = (state: State, symbol: string, trouble: Trouble): Instructions => {
  const member = state.members.get(symbol)
  if (member !== undefined) member.synced = false
  const send = [request("unsubscribe", "book", [symbol]), request("subscribe", "book", [symbol])]
  return [{ type: "resubscribe", symbol, ...trouble, send }]
}

/** Time of the newest level; levels bear the time of their own last change. */
const newest = (bids: Levels, asks: Levels): number | null => {
  let latest = 0
  for (const level of bids) latest = Math.max(latest, level[2])
  for (const level of asks) latest = Math.max(latest, level[2])
  return latest > 0 ? latest : null
}

const changes = (state: State, symbol: string, bids: Levels, asks: Levels, proof: number): Instructions =>
  state.members.get(symbol)?.synced === true
    ? [{ type: "changes", symbol, bids, asks, time: newest(bids, asks), proof }]
    : NOTHING

const onOneSided = (state: State, [, book, channel, symbol]: typeof OneSided.Type): Instructions => {
  if (!("as" in book)) return changes(state, symbol, book.b ?? EMPTY, book.a ?? EMPTY, book.c)
  const member = state.members.get(symbol)
  if (member === undefined) return NOTHING
  member.synced = true
  const { bs: bids, as: asks } = book
  // the channel's name says the depth in force, which is not ours in a recording of somebody else's subscription
  const window = Number(channel.slice("book-".length))
  return [{ type: "snapshot", symbol, bids, asks, time: newest(bids, asks), window }]
}

const onTwoSided = (state: State, [, first, last, , symbol]: typeof TwoSided.Type): Instructions =>
  "a" in first && "b" in last
    ? changes(state, symbol, last.b, first.a, last.c)
    : "b" in first && "a" in last
      ? changes(state, symbol, first.b, last.a, last.c)
      : NOTHING

const fill = ([price, size, time, side]: typeof Trade.Type): Fill => ({
  id: null,
  price,
  size,
  side: side === "b" ? "buy" : "sell",
  time
})

const isTrades = (frame: typeof TradeFrame.Type | typeof OtherFrame.Type): frame is typeof TradeFrame.Type =>
  frame[2] === "trade"
const isBook = (
  frame: typeof OneSided.Type | typeof TradeFrame.Type | typeof OtherFrame.Type
): frame is typeof OneSided.Type => frame[2].startsWith("book-")

const translate = (state: State, frame: Frame): Instructions => {
  if ("event" in frame) {
    if (frame.event === "systemStatus") return krakenStatus(state, frame.status)
    if (!("errorMessage" in frame) || frame.errorMessage === undefined) return NOTHING
    return krakenRefusal(state.members, frame.pair, frame.errorMessage)
  }
  if (frame.length === 5) return onTwoSided(state, frame)
  if (isBook(frame)) return onOneSided(state, frame)
  if (!isTrades(frame) || !state.members.has(frame[3]) || frame[1].length === 0) return NOTHING
  return [{ type: "trades", symbol: frame[3], trades: frame[1].map(fill) }]
}

const PROVEN_DEPTH = 10
/** A level as it goes into the checksum: both decimals as on the wire, without point and leading zeros. */
const digits = ([price, size]: readonly [Numeric, Numeric]): string => bare(String(price)) + bare(String(size))

const bare = (decimal: string): string => {
  const whole = decimal.replace(".", "")
  return whole.startsWith("0") ? whole.replace(/^0+/, "") : whole
}

const prove = ({ sums }: Member, book: BookView, proof: number): Trouble | null => {
  if (sums.asksThenBids(book) >>> 0 === proof) return null
  // a level that came again in other digits of the same value still has the sum of its old ones
  sums.forget()
  const ours = sums.asksThenBids(book) >>> 0
  return ours === proof ? null : { reason: "checksum", detail: `the venue's checksum is ${proof}, ours ${ours}` }
}

/** Data frames are arrays that end with channel and pair; books and trades come on channels of these names alone. */
const isControl = (json: unknown): boolean => {
  if (!Array.isArray(json)) return typeof json === "object" && json !== null
  const channel: unknown = json.at(-2)
  return typeof channel === "string" && channel !== "trade" && !channel.startsWith("book")
}

/** Kraken spot, websocket v1. */
export const krakenSpotV1 = defineScheme<Frame, Socket, Member>({
  exchange: "Kraken",
  protocol: "spot websocket v1",
  alternative: "v1",
  marketTypes: ["SPOT"],
  guarantee:
    "Every update carries a CRC32 of the ten best levels a side, checked at once; a loss deeper in the book is " +
    "seen when it reaches the top ten, or by the next audit against the REST book. Trades have no ids, so a missed " +
    "one is not seen. The book is the best 1,000 levels a side.",
  lines: "wss://ws.kraken.com",
  rest: KRAKEN_REST,
  // keepalive and limits: sheet section 8, read 2026-11-23
  keepalive: { ping: { every: 5_000, text: `{"event":"ping"}` }, socketSilence: 10_000 },
  limits: {
    connects: { count: 150, perMs: 600_000 },
    messages: { count: 20, perMs: 1_000 },
    rest: KRAKEN_REST_LIMIT,
    marketsPerSocket: 100
  },
  audit: krakenDepth(100),
  probe: krakenDepth(10),
  keepsText: true,
  window: KRAKEN_DEPTH,
  tradeIds: "none",
  toNative: ({ base, quote }) => `${krakenOldCode(base)}/${krakenOldCode(quote)}`,
  fromNative: krakenPair,
  listing: krakenListingV1,
  socket: () => ({ system: "online" }),
  member: () => ({
    synced: false,
    sums: new TopSums(
      PROVEN_DEPTH,
      (book, rank) => digits(book.bidText(rank)),
      (book, rank) => digits(book.askText(rank))
    )
  }),
  subscribe: (_state, symbols) => requests("subscribe", symbols),
  unsubscribe: (_state, symbols) => requests("unsubscribe", symbols),
  decode: frames(Frame, { isControl }),
  translate,
  prove,
  repair
})
