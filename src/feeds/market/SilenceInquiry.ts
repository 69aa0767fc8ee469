// Owns the asking of a venue whether a silent market moved on: by its cheapest REST book where it has one, else by a
// second subscription beside the one in doubt. An equal book means that the market is quiet; another one means that the
// subscription is dead, and the market leaves it. Which silence is doubted is SilenceWatch's. Invariants: one question
// of a market at a time, within the venue's budget, the oldest doubt first; a frame of the market that comes meanwhile
// settles the doubt.
import { Effect, Queue } from "effect"
import { passed } from "../../domain/passed.ts"
import type { Audit, Trouble } from "../../schemes/TranslationScheme.ts"
import { OrderBook } from "../book/OrderBook.ts"
import type { LiveFeed } from "./LiveFeed.ts"
import type { Mediator } from "../truth/Mediator.ts"
import type { Doubt } from "../truth/SilenceWatch.ts"
import { nowMicros, steadyMicros } from "../core/Now.ts"
import { reasonOf } from "../core/StatusReason.ts"
import { beside, type Handover } from "./SocketHandover.ts"
import type { Successor } from "./Successor.ts"
import { askPatiently } from "../venue/RestBook.ts"
import { AuditWindow, type Difference } from "../truth/AuditWindow.ts"

/** How late our own frames may be behind a REST copy, or behind another socket. */
const AFTER = "2 seconds"
const AFTER_MICROS = 2_000_000
/**
 * A REST copy out of a cache is older than this in no venue (Bitstamp: 10 s were seen, sheet section 7, 2026-11-23).
 */
const CACHED = 12_000_000
/** Before the next doubt, where a question could not be answered. */
const PAUSE = "5 seconds"
/** No venue changes a market so often that both sides of a book stand still for fewer frames than this. */
const SIDE_WINDOW = "3 seconds"

export interface Inquiry extends Handover {
  readonly mediator: Mediator
  /** The place that carries the trades. */
  readonly trades: Handover
  /** Gives the doubted socket up. */
  readonly leave: (trouble: Trouble) => void
}

/** What was learnt: the very book, another one, nothing, or that the market speaks. */
type Finding = "equal" | "moved" | "unknown" | "alive"

/** Settles doubts for ever, one at a time. */
export const inquiries = (inquiry: Inquiry, doubts: Queue.Dequeue<Doubt>): Effect.Effect<never> =>
  Effect.gen(function* () {
    const doubt = yield* Queue.take(doubts)
    if (doubt.doubted === "trades") return yield* reviveTrades(inquiry, doubt)
    const { mediator } = inquiry
    const finding = yield* ask(inquiry, doubt)
    if (finding === "equal") return mediator.vouched(nowMicros())
    if (finding === "moved") {
      const trouble: Trouble = { reason: "silent", detail: doubt.detail }
      mediator.died(trouble, nowMicros())
      return inquiry.leave(trouble)
    }
    mediator.unanswered()
    if (finding === "unknown") yield* Effect.sleep(PAUSE)
  }).pipe(Effect.forever)

const ask = Effect.fnUntraced(function* (inquiry: Inquiry, doubt: Doubt) {
  const { feed } = inquiry
  const { probe } = feed.scheme
  if (probe !== undefined && feed.mayAskRest) {
    const finding = yield* doubt.doubted === "side" ? askAboutSide(inquiry, probe) : askByRest(inquiry, probe)
    // a recording of two sockets at a time would not replay
    if (finding !== "unknown" || feed.tap !== null) return finding
  }
  return yield* askBySubscribing(inquiry, doubt)
})

/**
 * The venue's REST book, held against what ours showed from the question until a little after the answer. Where ours
 * changed so shortly before that the copy may be the older one, another copy has to show it.
 */
const askByRest = Effect.fnUntraced(function* ({ feed, venue, mediator }: Inquiry, probe: Audit) {
  const before = mediator.bookFrames
  const window = new AuditWindow(feed.book)
  // the wait for the venue's budget may be long: a market that speaks meanwhile needs none of it
  const spoke = Effect.sync(() => mediator.bookFrames !== before).pipe(
    Effect.delay("1 second"),
    Effect.repeat({ until: (did) => did }),
    Effect.as(null)
  )
  const compare = Effect.gen(function* () {
    for (let isLast = false; ; isLast = true) {
      const left = Math.max(0, CACHED - feed.memory.tempo.resting(steadyMicros(nowMicros())))
      const copy = yield* Effect.raceFirst(bookByRest(feed, venue, probe), spoke)
      if (mediator.bookFrames !== before) return "alive"
      if (copy === null) return "unknown"
      if (window.differences(copy.bids, copy.asks, copy.complete).length === 0) return "equal"
      yield* Effect.sleep(AFTER)
      if (mediator.bookFrames !== before) return "alive"
      if (left === 0 || isLast) return "moved"
      yield* Effect.sleep(Math.ceil(left / 1000))
    }
  })
  return (yield* watched(mediator, window, compare)) satisfies Finding
})

/** A side that stands still beside a busy one: two looks that find the same difference, as an audit does. */
const askAboutSide = Effect.fnUntraced(function* ({ feed, venue, mediator }: Inquiry, probe: Audit) {
  const look = Effect.suspend(() => {
    const window = new AuditWindow(feed.book)
    const compare = Effect.gen(function* () {
      yield* Effect.sleep(SIDE_WINDOW)
      const copy = yield* bookByRest(feed, venue, probe)
      yield* Effect.sleep(AFTER)
      return copy === null || window.spoilt ? null : window.differences(copy.bids, copy.asks, copy.complete)
    })
    return watched(mediator, window, compare)
  })
  const first = yield* look
  if (first === null) return "unknown" satisfies Finding
  if (first.length === 0) return "equal" satisfies Finding
  const second = yield* look
  if (second === null) return "unknown" satisfies Finding
  return (second.some((one) => first.some((other) => isSame(one, other))) ? "moved" : "alive") satisfies Finding
})

const bookByRest = (feed: LiveFeed, venue: Inquiry["venue"], probe: Audit) =>
  Effect.map(askPatiently(venue, `${feed.restOrigin}${probe.path(feed.symbol)}`, probe.weight, true), (answer) =>
    answer === null || answer.status !== 200 ? null : probe.read(answer.body, feed.symbol)
  )

const watched = <A>(mediator: Mediator, window: AuditWindow, work: Effect.Effect<A>): Effect.Effect<A> =>
  Effect.suspend(() => {
    mediator.openWindow(window)
    return Effect.ensuring(
      work,
      Effect.sync(() => mediator.closeWindow(window))
    )
  })

/** A second subscription: its book is held against ours, and takes over where ours is dead. */
const askBySubscribing = Effect.fnUntraced(function* (inquiry: Inquiry, doubt: Doubt) {
  const { feed, mediator } = inquiry
  const before = mediator.bookFrames
  let differsSince: number | null = null
  const finding = yield* beside(inquiry, (successor, at): Finding | null => {
    if (doubt.doubted === "book" && mediator.bookFrames !== before) return "alive"
    if (feed.scheme.continues) return feed.tap === null && successor.takeOver(at, false) ? "alive" : null
    if (successor.whole === null) return null
    if (doubt.doubted === "book" && isEqual(feed, successor)) return "equal"
    differsSince ??= at
    if (passed(differsSince, at) < AFTER_MICROS || !successor.isJoined) return null
    // a recording of two sockets at a time would not replay: there the doubted one is given up instead
    if (feed.tap !== null) return "moved"
    if (doubt.doubted === "book") mediator.died({ reason: "silent", detail: doubt.detail }, at)
    return successor.takeOver(at, false) ? "alive" : null
  })
  return finding ?? "unknown"
})

const isEqual = ({ book, scheme }: LiveFeed, { whole }: Successor): boolean => {
  const [snapshot, ...changes] = whole!
  const theirs = new OrderBook(scheme.keepsText)
  theirs.load(snapshot.bids, snapshot.asks)
  for (const { bids, asks } of changes) theirs.apply(bids, asks)
  const depth = snapshot.window ?? scheme.window ?? Infinity
  return new AuditWindow(book).differences(theirs.bestBids(depth), theirs.bestAsks(depth), true).length === 0
}

/** The trades are taken from another socket, whatever was missed meanwhile. */
const reviveTrades = Effect.fnUntraced(function* (inquiry: Inquiry, doubt: Doubt) {
  const { feed, mediator } = inquiry
  const before = feed.exchange.counts.trades
  if (feed.tap === null) {
    yield* beside(inquiry.trades, (successor, at) => {
      if (feed.exchange.counts.trades !== before) return true
      if (!successor.takeOver(at, false)) return null
      const detail = `${doubt.detail}; the trades are subscribed again`
      feed.exchange.report(reasonOf({ reason: "silent", detail }), at)
      return true
    })
  }
  mediator.unanswered()
})

const isSame = (one: Difference, other: Difference): boolean =>
  one.side === other.side && one.price === other.price && one.theirs === other.theirs
