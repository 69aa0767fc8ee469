// Owns which feeds run: a Ref of live feeds by market id, and the supervisor of their fibers, one a market, so that the
// end of one is the end of no other. What a feed does is src/feeds; whether a market should run is the catalog's
// switch.
// Invariant: a feed in the Ref has a fiber, and no other has; closing the layer interrupts every feed.
import { Context, Effect, FiberMap, Layer, Option, Ref } from "effect"
import { Book } from "../domain/Event.ts"
import { FeedRefused } from "../domain/Failures.ts"
import { FeedView } from "../domain/FeedState.ts"
import { isSameMarket, tagOf, type Market, type MarketId } from "../domain/Market.ts"
import type { EventSink } from "../feeds/core/FeedEvent.ts"
import { stoppedView } from "../feeds/core/stoppedView.ts"
import { LiveFeed } from "../feeds/market/LiveFeed.ts"
import { marketFeed } from "../feeds/market/MarketFeed.ts"
import { retirement, standIn } from "../feeds/market/Retired.ts"
import type { Venue } from "../feeds/venue/Venue.ts"
import { makeVenues } from "../feeds/venue/Venues.ts"
import { resolve } from "../schemes/Schemes.ts"
import { EventHub } from "../hub/EventHub.ts"
import type { Hub } from "../hub/Hub.ts"
import { endpointsOf, Settings } from "./Settings.ts"

type Feeds = ReadonlyMap<MarketId, LiveFeed>

const STOP_LIMIT = "3 seconds"

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
  static readonly layer = Layer.effect(FeedRegistry)(Effect.suspend(() => make))
}

const make = Effect.gen(function* () {
  const settings = yield* Settings
  const hub = yield* EventHub
  const venues = yield* makeVenues(({ exchange, limits }) => settings.limits(exchange, limits), settings.auditInterval)
  const feeds = yield* Ref.make<Feeds>(new Map())
  const fibers = yield* FiberMap.make<MarketId>()
  const fork = yield* FiberMap.runtime(fibers)()

  const stop = Effect.fn("FeedRegistry.stop")(function* (id: MarketId) {
    yield* FiberMap.remove(fibers, id).pipe(
      Effect.timeoutOrElse({
        duration: STOP_LIMIT,
        orElse: () => Effect.logError("a feed did not stop in time and is left behind", { market: id })
      })
    )
    const feed = (yield* Ref.get(feeds)).get(id)
    const channel = hub.channels.get(id)
    // the channel may be that of another market by now, which has this id since the tables were made again
    if (channel !== undefined && channel.feed === feed) channel.detach()
    yield* Ref.update(feeds, (known) => new Map([...known].filter(([market]) => market !== id)))
  })

  const start = Effect.fn("FeedRegistry.start")(function* (market: Market) {
    const before = (yield* Ref.get(feeds)).get(market.id)
    if (before !== undefined) {
      if (isSameMarket(before.market, market)) return before.retry()
      yield* stop(market.id)
    }
    const channel = hub.channel(market)
    const feed = yield* open(market, settings, channel)
    channel.attach(feed)
    yield* Ref.update(feeds, (known) => new Map(known).set(market.id, feed))
    fork(market.id, marketFeed(feed, venues.of(feed.scheme)))
    if (feed.scheme.status === "live") return
    const notice = `${feed.scheme.exchange} is retired: this feed follows ${feed.endpoints.ws}, which stands in for the venue`
    yield* Effect.logWarning(notice).pipe(Effect.annotateLogs({ market: market.id, tag: tagOf(market) }))
  })

  const view = (market: Market) =>
    Effect.map(Ref.get(feeds), (known) => feedOf(known, market)?.exchange.view() ?? idleView(hub, market))

  const book = (market: Market, depth: number) =>
    Effect.map(Ref.get(feeds), (known) => {
      const feed = feedOf(known, market)
      return feed === undefined ? idleBook(market, idleView(hub, market), depth) : bookOf(market, feed, depth)
    })

  const running = Effect.map(Ref.get(feeds), (known) => [...known.keys()])
  const runningMarkets = Effect.map(Ref.get(feeds), (known) => [...known.values()].map(({ market }) => market))

  const measured = Effect.map(Ref.get(feeds), (known) => ({ feeds: [...known.values()], venues: venues.all() }))

  return FeedRegistry.of({ start, stop, view, book, running, runningMarkets, measured })
})

/** The feed that runs for this very market, and not for another one that had its id. */
const feedOf = (feeds: Feeds, market: Market): LiveFeed | undefined => {
  const feed = feeds.get(market.id)
  return feed !== undefined && isSameMarket(feed.market, market) ? feed : undefined
}

const open = (market: Market, settings: Settings["Service"], sink: EventSink): Effect.Effect<LiveFeed, FeedRefused> => {
  const { exchange, market_type, native_symbol } = market
  const base = market.base_symbol.symbol
  const quote = market.quote_symbol.symbol
  const protocol = Option.getOrNull(settings.protocol(exchange.name, market_type))
  const resolved = resolve({ exchange: exchange.name, base, quote, market_type, native_symbol }, protocol)
  if (typeof resolved === "string") return Effect.fail(new FeedRefused({ detail: resolved }))
  const { scheme, symbol } = resolved
  const set = endpointsOf(settings, scheme.exchange, market_type)
  const closed = retirement(scheme, market_type, set)
  if (closed !== null) return Effect.fail(new FeedRefused({ detail: `${scheme.exchange} is retired: ${closed}` }))
  const endpoints = standIn(scheme, set)
  return Effect.sync(() => new LiveFeed(market, scheme, symbol, endpoints, sink))
}

/** The label of a market that no feed follows, as the hub's streams show it; 0 stands for a time that nobody knows. */
const idleView = (hub: Hub, market: Market): FeedView => {
  const { epoch, seq, since, state, reason, reason_code } = hub.standing(market)
  const { counters, next_retry, unknown_sample } = stoppedView()
  return new FeedView({
    state,
    reason,
    reason_code,
    since: since ?? 0,
    epoch,
    seq,
    next_retry,
    counters,
    unknown_sample
  })
}

const idleBook = (
  market: Market,
  { state, reason, reason_code, since, epoch, seq, next_retry }: FeedView,
  depth: number
): Book =>
  new Book({
    market_id: market.id,
    tag: tagOf(market),
    depth,
    state,
    reason,
    reason_code,
    since,
    epoch,
    seq,
    next_retry,
    ts_exchange: null,
    ts_received: null,
    bid_levels: 0,
    ask_levels: 0,
    bids: [],
    asks: []
  })

const bookOf = (market: Market, { book, exchange }: LiveFeed, depth: number): Book =>
  new Book({
    market_id: market.id,
    tag: tagOf(market),
    depth,
    ...exchange.truth(),
    ts_exchange: exchange.bookTime,
    ts_received: exchange.bookAt,
    bid_levels: book.bidLevels,
    ask_levels: book.askLevels,
    bids: book.bidTexts(depth),
    asks: book.askTexts(depth)
  })
