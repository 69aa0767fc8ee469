// Owns the one record of what runs: a Ref of live feeds by market id, from which everything reads, and the scope of
// each feed. What a feed does is src/feeds; whether a market should run is the catalog's switch, which FeedSwitch
// alone turns here.
// Invariants: a feed is in the record and attached to its channel of the hub, or neither, since both change in one
// synchronous step; it is in there from before its fiber begins until that has ended, or was left behind at the
// limit; the end of one is the end of no other; closing the layer ends every feed.
import { Context, Deferred, Effect, Fiber, HashMap, Layer, Option, Ref, Schedule, Scope } from "effect"
import type { Book } from "../domain/Event.ts"
import type { FeedRefused } from "../domain/Failures.ts"
import type { FeedView } from "../domain/FeedState.ts"
import { isSameMarket, tagOf, type Market, type MarketId } from "../domain/Market.ts"
import type { LiveFeed } from "../feeds/market/LiveFeed.ts"
import { marketFeed } from "../feeds/market/MarketFeed.ts"
import type { Venue } from "../feeds/venue/Venue.ts"
import { EventHub } from "../hub/EventHub.ts"
import type { MarketChannel } from "../hub/MarketChannel.ts"
import { closeWithin } from "./ClosedWithin.ts"
import { defectAsFailure } from "./defectAsFailure.ts"
import { bookOf, idleBook, idleView } from "./feedViews.ts"
import { openFeed } from "./openFeed.ts"
import { OpenVenues } from "./OpenVenues.ts"
import { Settings } from "./Settings.ts"

/** A feed that runs, or is about to have ended. */
interface Running {
  readonly feed: LiveFeed
  readonly channel: MarketChannel
  /** Its life: the fiber is in here. */
  readonly scope: Scope.Closeable
  /** Somebody stops it already. */
  ending: boolean
  /** Done when it is no longer in the record. */
  readonly ended: Deferred.Deferred<void>
}
type Record = HashMap.HashMap<MarketId, Running>

const STOP_LIMIT = "3 seconds"
/** Between a defect of a feed's own supervision and its next try. */
const RESTART_PAUSE = Schedule.spaced("1 second")

export class FeedRegistry extends Context.Service<
  FeedRegistry,
  {
    /**
     * Starts the feed of a market; one that runs is left alone, unless the venue had rejected its symbol: it tries
     * again. One that ran for another market of this id is stopped.
     */
    start(market: Market): Effect.Effect<void, FeedRefused>
    /** Stops a feed and waits until its sockets are closed (bounded, 3 s at most); does nothing when none runs. */
    stop(id: MarketId): Effect.Effect<void>
    /**
     * The state, place and counters of a market's feed; when none runs `stopped`, or `retired` where the venue closed.
     */
    view(market: Market): Effect.Effect<FeedView>
    /**
     * The book of a market with its truth label, `depth` levels a side, best first; empty and `stopped` when none runs.
     */
    book(market: Market, depth: number): Effect.Effect<Book>
    /** The numbers of the markets whose feeds run. */
    readonly running: Effect.Effect<ReadonlyArray<MarketId>>
    /** The same as markets. */
    readonly runningMarkets: Effect.Effect<ReadonlyArray<Market>>
    /** The running feeds themselves and the exchanges used so far, for measuring. */
    readonly measured: Effect.Effect<{ readonly feeds: ReadonlyArray<LiveFeed>; readonly venues: ReadonlyArray<Venue> }>
  }
>()("level4/layers/FeedRegistry") {
  static readonly layer = Layer.effect(FeedRegistry)(Effect.suspend(() => makeRegistry(marketFeed)))
}

/** `run` is what a feed does from its start to its end; tests put their own in its place. */
export const makeRegistry = Effect.fnUntraced(function* (run: (feed: LiveFeed, venue: Venue) => Effect.Effect<never>) {
  const settings = yield* Settings
  const hub = yield* EventHub
  const venues = yield* OpenVenues
  const record = yield* Ref.make<Record>(HashMap.empty())
  const all = Effect.map(Ref.get(record), (known) => [...HashMap.values(known)].map(({ feed }) => feed))
  const scope = yield* Effect.scope
  // a feed is no part of the request that starts it: it logs and traces as the process does
  const fork = Effect.runForkWith(yield* Effect.context())

  /** Puts a feed into the record, if the place of its market is free, and begins it. */
  const enter = (entry: Running) =>
    Effect.sync(() => {
      const known = Ref.getUnsafe(record)
      const id = entry.feed.market.id
      if (HashMap.has(known, id)) return false
      record.ref.current = HashMap.set(known, id, entry)
      entry.channel.attach(entry.feed)
      Fiber.runIn(fork(supervised(run(entry.feed, venues.of(entry.feed.scheme)), entry.feed)), entry.scope)
      return true
    })
  const leave = ({ channel, ended, feed }: Running) =>
    Effect.sync(() => {
      const known = Ref.getUnsafe(record)
      record.ref.current = HashMap.remove(known, feed.market.id)
      channel.detach()
      Deferred.doneUnsafe(ended, Effect.void)
    })
  const end = (entry: Running) =>
    Effect.gen(function* () {
      const inTime = yield* closeWithin(entry.scope, STOP_LIMIT)
      if (!inTime)
        yield* Effect.logError("a feed did not stop in time and is left behind", { market: entry.feed.market.id })
      yield* leave(entry)
    })
  /** Once begun, the end goes on whoever waits for it. */
  const beginEnd = (entry: Running) =>
    Effect.suspend((): Effect.Effect<unknown> => {
      if (entry.ending) return Effect.void
      entry.ending = true
      return Effect.forkDetach(end(entry))
    }).pipe(Effect.uninterruptible)

  const stop = Effect.fn("FeedRegistry.stop")(function* (id: MarketId) {
    const entry = Option.getOrUndefined(HashMap.get(yield* Ref.get(record), id))
    if (entry === undefined) return
    yield* beginEnd(entry)
    yield* Deferred.await(entry.ended)
  })

  const start = Effect.fn("FeedRegistry.start")(function* (market: Market) {
    for (;;) {
      if (scope.state._tag === "Closed") return yield* Effect.interrupt
      const known = Option.getOrUndefined(HashMap.get(yield* Ref.get(record), market.id))
      if (known !== undefined) {
        if (!known.ending && isSameMarket(known.feed.market, market)) return known.feed.retry()
        yield* stop(market.id)
      }
      const channel = hub.channel(market)
      const feed = yield* openFeed(market, settings, channel)
      const ended = Deferred.makeUnsafe<void>()
      if (yield* enter({ feed, channel, scope: Scope.makeUnsafe(), ending: false, ended })) return yield* announce(feed)
    }
  })
  yield* Effect.addFinalizer(() =>
    Effect.flatMap(Ref.get(record), (known) =>
      Effect.forEach(HashMap.keys(known), stop, { concurrency: "unbounded", discard: true })
    )
  )

  const view = (market: Market) =>
    Effect.map(Ref.get(record), (known) => feedOf(known, market)?.exchange.view() ?? idleView(hub, market))

  const book = (market: Market, depth: number) =>
    Effect.map(Ref.get(record), (known) => {
      const feed = feedOf(known, market)
      return feed === undefined ? idleBook(market, idleView(hub, market), depth) : bookOf(market, feed, depth)
    })

  return FeedRegistry.of({
    start,
    stop,
    view,
    book,
    running: Effect.map(all, (feeds) => feeds.map(({ market }) => market.id)),
    runningMarkets: Effect.map(all, (feeds) => feeds.map(({ market }) => market)),
    measured: Effect.map(all, (feeds) => ({ feeds, venues: venues.all() }))
  })
})

/** A feed ends by interruption alone. A defect that is not level 2's is a bug of its supervision: it begins again. */
const supervised = (life: Effect.Effect<never>, { market }: LiveFeed): Effect.Effect<never> =>
  life.pipe(
    defectAsFailure("a feed ended; it begins again"),
    Effect.retry(RESTART_PAUSE),
    Effect.orDie,
    Effect.annotateLogs({ market: market.id, tag: tagOf(market) })
  )

const announce = ({ endpoints, market, scheme }: LiveFeed) => {
  if (scheme.status === "live") return Effect.void
  const notice = `${scheme.exchange} is retired: this feed follows ${endpoints.ws}, which stands in for the venue`
  return Effect.logWarning(notice).pipe(Effect.annotateLogs({ market: market.id, tag: tagOf(market) }))
}

/** The feed that runs for this very market, and not for another one that had its id. */
const feedOf = (record: Record, market: Market): LiveFeed | undefined => {
  const feed = Option.getOrUndefined(HashMap.get(record, market.id))?.feed
  return feed !== undefined && isSameMarket(feed.market, market) ? feed : undefined
}
