// Bitstamp: spot and perpetuals on one socket. No sequence, no checksum: the engine's microsecond clock is all there is.
// 1. Dial, subscribe `diff_order_book_`, `live_trades_` and `order_book_`, each market; buffer the diffs.
// 2. On the acknowledgement GET the REST book, stamped S. Its coverage holds if the oldest diff is not after S, or the
//    acknowledgement is clearly older than S; else GET again when the next diff comes.
// 3. Drop diffs up to S (equal is contained), apply the rest. A later diff before its predecessor: start over.
// 4. A book that stood on REST alone is reseeded at its first diff, every book each 15 minutes: diffs are kept beside the
//    live book until REST answers, then snapshot and diffs replace it without a gap.
// 5. Audit: an `order_book_` frame of the very stamp of the book must be its best 100; wrong for 3 s means start over.
// Source: www.bitstamp.net/websocket/v2 (through profiles of 2026-09); read 2026-11-23; checked on a capture.
// Surprises: an unknown symbol is acknowledged, then silent (REST answers 404); trade numbers are noisy, their `_str` are
// exact; `timestamp` of perp trades is milliseconds. Unsure in the sheet: how stale the REST cache gets.
import { Book, Frame, type BookFrame, type Control, type Trade, type TradeFrame } from "./BitstampWire.ts"
import { defineScheme } from "./defineScheme.ts"
import { NOTHING, type ChangesInstruction, type Instruction, type Instructions } from "./Instruction.ts"
import { Stitch } from "./Stitch.ts"
import { splitJoined } from "./pairs.ts"
import { matchesTop } from "./matchesTop.ts"
import type { BookView, SessionState, Trouble } from "./TranslationScheme.ts"
import { frames, parse } from "./Wire.ts"

/** A change with its stamp, microseconds of the venue's clock. */
type Diff = ChangesInstruction & { readonly time: number }

interface Member {
  readonly stitch: Stitch<Diff>
  /** Stamp of the snapshot the book began with; equals the stitch's position until a diff is applied. */
  seeded: number
  /** When the subscription was acknowledged, by our clock; null before. */
  acknowledged: number | null
  /** The book's snapshot is shown to have covered the subscription's beginning. */
  covered: boolean
  /** A snapshot came too old: ask again at the next diff. */
  again: boolean
  /** Diffs of the live book since a reseed was asked for; null while none is. */
  reseed: Array<Diff> | null
  /** When the book was seeded last and, while a reseed is asked for, when that was; our clock. */
  seededAt: number
  /** Microseconds between reseeds: spread, so that the markets of a socket don't ask all at once. */
  readonly reseedAfter: number
  /** The newest best 100 of the venue, to be compared once the book stands at its stamp. */
  audit: Book | null
  /** Since when audits fail, by our clock; null while they hold. */
  failing: number | null
}
type State = SessionState<null, Member>

const DIFFS = "diff_order_book_"
const TRADES = "live_trades_"
const AUDITS = "order_book_"
const AUDIT_DEPTH = 100
const MAX_BUFFERED = 10_000
/** Microseconds by which an acknowledgement counts as clearly older than a stamp of the venue's clock. */
const CLEARLY = 2_000_000
const RESEED_AFTER = 900_000_000
/** A reseed that was not answered, or answered too old, is asked for again after this long. */
const RETRY_AFTER = 10_000_000
const TOLERATED = 3_000_000

const spread = (symbol: string): number => {
  let sum = 0
  for (let i = 0; i < symbol.length; i++) sum = (sum * 31 + symbol.charCodeAt(i)) % 600
  return sum * 1_000_000
}

const openMember = (symbol: string): Member => {
  const member: Member = {
    stitch: new Stitch<Diff>(
      {
        tooOld: (oldest, stamp) => !covers(member, stamp, oldest),
        old: (diff, last) => last === member.seeded && diff.time <= last,
        starts: (diff, stamp) => diff.time > stamp,
        follows: (diff, last) => diff.time >= last,
        end: (diff) => diff.time
      },
      MAX_BUFFERED
    ),
    seeded: 0,
    acknowledged: null,
    covered: false,
    again: false,
    reseed: null,
    seededAt: 0,
    reseedAfter: RESEED_AFTER + spread(symbol),
    audit: null,
    failing: null
  }
  return member
}

const covers = (member: Member, stamp: number, oldest: Diff | undefined): boolean =>
  (oldest !== undefined && oldest.time <= stamp) ||
  (member.acknowledged !== null && member.acknowledged + CLEARLY <= stamp)

const fetchBook = (symbol: string, trouble: Trouble | null): Instruction => ({
  type: "fetch",
  symbol,
  path: `/api/v2/order_book/${encodeURIComponent(symbol)}/?group=1`,
  weight: 1,
  reason: trouble?.reason ?? null,
  detail: trouble?.detail ?? null
})

const repair = (state: State, symbol: string, trouble: Trouble): Instructions => {
  const member = state.members.get(symbol)
  if (member === undefined) return NOTHING
  member.stitch.restart()
  // diffs of before are thrown away, so the old acknowledgement covers nothing any more
  Object.assign(member, { acknowledged: null, covered: false, again: false, reseed: null, audit: null, failing: null })
  return [fetchBook(symbol, trouble)]
}

const onDiff = (state: State, diff: Diff, at: number): Instructions => {
  const { symbol, time } = diff
  const member = state.members.get(symbol)
  if (member === undefined) return NOTHING
  const last = member.stitch.position
  switch (member.stitch.offer(diff)) {
    case "apply":
      return applied(member, diff, at)
    case "drop":
      return NOTHING
    case "ask":
      return [fetchBook(symbol, null)]
    case "buffered":
      if (!member.again) return NOTHING
      member.again = false
      return [fetchBook(symbol, null)]
    case "overflow":
      return repair(state, symbol, { reason: "overflow", detail: `${MAX_BUFFERED} diffs waited for a snapshot` })
    case "gap": {
      const instructions = repair(state, symbol, { reason: "time_reversed", detail: `after ${last} came ${time}` })
      member.stitch.offer(diff)
      return instructions
    }
  }
}

/** A diff of the live book: also kept while a reseed is under way, and the occasion to begin one. */
const applied = (member: Member, diff: Diff, at: number): Instructions => {
  const due = member.audit !== null && member.audit.microtimestamp === diff.time
  const change: Instruction = due ? { ...diff, proof: diff.time } : diff
  if (member.reseed !== null && member.reseed.length < MAX_BUFFERED) member.reseed.push(diff)
  else member.reseed = null
  const wait = member.reseed === null ? (member.covered ? member.reseedAfter : 0) : RETRY_AFTER
  if (at - member.seededAt < wait) return [change]
  member.reseed ??= [diff]
  member.seededAt = at
  return [change, fetchBook(diff.symbol, null)]
}

const onAudit = (state: State, symbol: string, book: Book): Instructions => {
  const member = state.members.get(symbol)
  if (member === undefined) return NOTHING
  member.audit = book
  const { position } = member.stitch
  if (position === null || book.microtimestamp !== position) return NOTHING
  return [{ type: "changes", symbol, bids: [], asks: [], time: null, proof: position }]
}

const prove = (member: Member, book: BookView, proof: number, at: number): Trouble | null => {
  const { audit } = member
  if (audit === null || audit.microtimestamp !== proof) return null
  member.audit = null
  // a price of zero is no level
  const bids = audit.bids.filter(([price]) => Number(price) > 0)
  if (matchesTop(book, bids, audit.asks, AUDIT_DEPTH)) {
    member.failing = null
    return null
  }
  member.failing ??= at
  if (at - member.failing < TOLERATED) return null
  return { reason: "audit", detail: `the venue's best ${AUDIT_DEPTH} at ${proof} are not the book's` }
}

const onTrade = (state: State, symbol: string, trade: Trade): Instructions => {
  if (!state.members.has(symbol)) return NOTHING
  const { id, id_str, price_str: price, amount_str: size, type, microtimestamp: time } = trade
  const side = type === 0 ? "buy" : "sell"
  return [{ type: "trades", symbol, trades: [{ id: id_str ?? id, price, size, side, time }] }]
}

const onAcknowledged = (state: State, name: string, at: number): Instructions => {
  if (!name.startsWith(DIFFS)) return NOTHING
  const symbol = name.slice(DIFFS.length)
  const member = state.members.get(symbol)
  if (member === undefined) return NOTHING
  member.acknowledged ??= at
  return member.stitch.ask() ? [fetchBook(symbol, null)] : NOTHING
}

/** Errors name no channel; what the venue calls invalid is an upper-case letter or a slash in the name. */
const onError = (state: State, detail: string): Instructions => {
  const misspelt = [...state.members.keys()].filter((symbol) => !/^[a-z0-9]+(-perp)?$/.test(symbol))
  if (misspelt.length === 0) return [{ type: "reconnect", reason: "refused", detail }]
  return misspelt.map((symbol) => ({ type: "rejected" as const, symbol, detail }))
}

const isBook = (frame: Frame): frame is BookFrame =>
  frame.event === "data" && (frame.channel.startsWith(DIFFS) || frame.channel.startsWith(AUDITS))
const isTrade = (frame: Frame): frame is TradeFrame => frame.event === "trade" && frame.channel.startsWith(TRADES)
const isControl = (frame: Frame): frame is Control => frame.event.startsWith("bts:")

const onControl = (state: State, frame: Control, at: number): Instructions => {
  switch (frame.event) {
    case "bts:subscription_succeeded":
      return onAcknowledged(state, frame.channel, at)
    case "bts:request_reconnect":
      return [{ type: "reconnect", reason: "maintenance", detail: "the server asked to reconnect" }]
    case "bts:error":
      return onError(state, frame.data.message)
    default:
      return NOTHING
  }
}

const translate = (state: State, frame: Frame, at: number): Instructions => {
  if (isBook(frame)) {
    const { channel, data } = frame
    if (channel.startsWith(AUDITS)) return onAudit(state, channel.slice(AUDITS.length), data)
    const time = data.microtimestamp
    const symbol = channel.slice(DIFFS.length)
    return onDiff(state, { type: "changes", symbol, bids: data.bids, asks: data.asks, time }, at)
  }
  if (isTrade(frame)) return onTrade(state, frame.channel.slice(TRADES.length), frame.data)
  return isControl(frame) ? onControl(state, frame, at) : NOTHING
}

const Snapshot = parse(Book)

const answer = (state: State, symbol: string, status: number, body: string, at: number): Instructions => {
  const member = state.members.get(symbol)
  if (member === undefined) return NOTHING
  const live = member.stitch.position !== null
  if (status === 404) return [{ type: "rejected", symbol, detail: "the venue has no book of this symbol" }]
  const book = status === 200 ? Snapshot(body) : null
  if (book === null) {
    // a reseed that fails leaves the book as it was; the next is due later
    if (live) return NOTHING
    const detail = status === 200 ? "the REST book has another shape" : `the REST book answered ${status}`
    return [{ type: "reconnect", reason: status === 429 ? "rate_limited" : "refused", detail }]
  }
  return live ? reseeded(member, symbol, book, at) : anchored(state, member, symbol, book, at)
}

const anchored = (state: State, member: Member, symbol: string, book: Book, at: number): Instructions => {
  const stamp = book.microtimestamp
  const waiting = member.stitch.anchor(stamp)
  if (waiting === null) {
    member.again = true
    return NOTHING
  }
  member.seeded = stamp
  member.seededAt = at
  member.covered = covers(member, stamp, waiting[0])
  const said: Array<Instruction> = [{ type: "snapshot", symbol, bids: book.bids, asks: book.asks, time: stamp }]
  for (const diff of waiting) said.push(...onDiff(state, diff, at))
  return said
}

const reseeded = (member: Member, symbol: string, book: Book, at: number): Instructions => {
  const stamp = book.microtimestamp
  const diffs = member.reseed
  if (diffs === null || diffs[0] === undefined || diffs[0].time > stamp) return NOTHING
  member.reseed = null
  member.covered = true
  member.seededAt = at
  const later = diffs.filter((diff) => diff.time > stamp)
  if (later.length === 0) {
    // the snapshot is ahead of the stream: what it contains is still to come, and to be dropped
    member.stitch.position = stamp
    member.seeded = stamp
  }
  return [{ type: "snapshot", symbol, bids: book.bids, asks: book.asks, time: stamp }, ...later]
}

const request = (event: string, symbols: ReadonlyArray<string>): ReadonlyArray<string> =>
  symbols.flatMap((symbol) =>
    [DIFFS, TRADES, AUDITS].map((prefix) => JSON.stringify({ event, data: { channel: `${prefix}${symbol}` } }))
  )

const QUOTES = ["RLUSD", "USDT", "USDC", "EURC", "USD", "EUR", "GBP", "BTC", "ETH", "PAX"]
const PERP = "-perp"

export const bitstamp = defineScheme<Frame, null, Member>({
  exchange: "Bitstamp",
  protocol: "websocket v2, diff_order_book with REST snapshot",
  alternative: null,
  status: "live",
  marketTypes: ["SPOT", "PERP"],
  guarantee:
    "Nothing numbers or sums the frames. Time must not run backwards, the best 100 levels are compared with the venue's own " +
    "whenever both carry the same stamp, and the book is reseeded by REST every 15 to 25 minutes; a lost or altered frame " +
    "is seen by these, and until then it is not.",
  lines: [{ name: "all", url: "wss://ws.bitstamp.net" }],
  rest: "https://www.bitstamp.net",
  keepalive: { ping: { every: 15_000, text: '{"event":"bts:heartbeat"}' }, socketSilence: 60_000, marketSilence: null },
  limits: {
    connects: { count: 10, perMs: 1_000 },
    messages: { count: 50, perMs: 1_000 },
    rest: { weight: 10_000, perMs: 600_000 },
    marketsPerSocket: 100
  },
  audit: null,
  keepsText: false,
  window: null,
  tradeIds: "unique",
  crossedGrace: 1,
  unreadable: "reconnect",
  toNative: ({ base, quote }, type) => `${base}${quote}${type === "PERP" ? PERP : ""}`.toLowerCase(),
  fromNative: (native, type) => {
    const perp = native.endsWith(PERP)
    if (native !== native.toLowerCase() || perp !== (type === "PERP")) return null
    return splitJoined((perp ? native.slice(0, -PERP.length) : native).toUpperCase(), QUOTES)
  },
  sizeUnit: () => ({ size_unit: "base", contract_value: null }),
  socket: () => null,
  member: openMember,
  subscribe: (_state, symbols) => request("bts:subscribe", symbols),
  unsubscribe: (_state, symbols) => request("bts:unsubscribe", symbols),
  decode: frames(Frame),
  translate,
  answer,
  prove,
  repair
})
