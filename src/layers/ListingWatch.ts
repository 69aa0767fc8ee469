// Owns who follows listings all the time, and what running feeds learn of them. The listing of an exchange is kept
// read, and the socket on which its venue says that it changed kept open, while a feed of it runs or somebody wants it;
// each reading is handed to the feeds that it concerns. How a listing is asked for, and when it is fresh, is
// Instruments'; what a feed makes of it is feeds/truth/ListedState's. Invariant: nothing is asked for while no feed
// runs and nobody wants it.
import { Context, Duration, Effect, type Fiber, FiberSet, Layer, Option, Queue, Random, Schedule, Stream } from "effect"
import type { MarketType } from "../domain/MarketType.ts"
import { folded } from "../domain/Names.ts"
import type { LiveFeed } from "../feeds/market/LiveFeed.ts"
import { lineAddress } from "../feeds/venue/lineAddress.ts"
import { listingSocket } from "../feeds/venue/ListingSocket.ts"
import type { websocket } from "../feeds/venue/Websocket.ts"
import { schemes } from "../schemes/Schemes.ts"
import type { TranslationScheme } from "../schemes/TranslationScheme.ts"
import { defectAsFailure } from "./defectAsFailure.ts"
import { FeedRegistry } from "./FeedRegistry.ts"
import { Instruments, type ListingRead } from "./Instruments.ts"
import { OpenVenues } from "./OpenVenues.ts"
import { endpointsOf, Settings } from "./Settings.ts"

export class ListingWatch extends Context.Service<
  ListingWatch,
  {
    /**
     * Has these listings kept read, in place of those that the same key wanted before; none: it wants nothing any
     * more. Exchanges as their schemes spell them.
     */
    want(key: string, listings: ReadonlyArray<ListingRead>): Effect.Effect<void>
  }
>()("level4/layers/ListingWatch") {
  static readonly layer = Layer.effect(ListingWatch)(Effect.suspend(() => makeListingWatch(schemes)))
}

/** How often it looks which feeds run. */
const LOOK_EVERY = "2 seconds"
/** Between two looks whether a listing is fresh, as a share of the time for which it is; jitter spreads the venues. */
const LEAST_SHARE = 0.08
const SHARE_JITTER = 0.04
/** After a change the venue is asked, and again so much later: its REST answer may be older than its word here. */
const SETTLES = "11 seconds"
const AGAIN = "10 seconds"

/** `known`: the schemes whose venues may push; `dial`: tests put their own socket in its place. */
export const makeListingWatch = Effect.fnUntraced(function* (
  known: ReadonlyArray<TranslationScheme>,
  dial?: typeof websocket
) {
  const instruments = yield* Instruments
  const registry = yield* FeedRegistry
  const settings = yield* Settings
  const venues = yield* OpenVenues
  const run = yield* FiberSet.makeRuntime<never, void>()
  const wanted = new Map<string, ReadonlyArray<ListingRead>>()
  const running = new Map<string, Fiber.Fiber<void>>()
  const seen = new WeakSet<LiveFeed>()
  const interval = Duration.toMillis(settings.listingInterval)
  const feeds = Effect.map(registry.measured, (measured) => measured.feeds)

  const inform = (feed: LiveFeed): void => {
    const instrument = instruments.ofMarket(feed.market)
    if (instrument !== null) feed.listed(instrument.status)
  }
  const pause = Effect.flatMap(Random.next, (chance) => Effect.sleep(interval * (LEAST_SHARE + SHARE_JITTER * chance)))
  const reading = ({ exchange, marketTypes }: ListingRead): Effect.Effect<never> =>
    instruments.list(exchange, marketTypes).pipe(Effect.ignore, Effect.andThen(pause), Effect.forever)
  const listening = ({ scheme, push, url, marketTypes }: Pushed): Effect.Effect<never> =>
    Effect.gen(function* () {
      const changes = yield* Queue.sliding<void>(1)
      const { budget } = venues.of(scheme)
      const changed = () => void Queue.offerUnsafe(changes, undefined)
      const refresh = Effect.ignore(instruments.refresh(scheme.exchange, marketTypes))
      const refreshing = Queue.take(changes).pipe(
        Effect.andThen(refresh),
        Effect.andThen(Effect.sleep(SETTLES)),
        Effect.andThen(refresh),
        Effect.forever
      )
      const listening = listingSocket({ push, url, budget, changed, ...(dial === undefined ? {} : { dial }) })
      // what does not answer with a listing, such as a playback, is no venue that pushes one
      const listed = instruments.list(scheme.exchange, marketTypes).pipe(Effect.retry(Schedule.spaced(AGAIN)))
      yield* Effect.orDie(listed)
      return yield* Effect.raceFirst(listening, refreshing)
    })

  /** Begins what has to be done now and was not before, and ends what has not to be done any more. */
  const agree = Effect.map(feeds, (all) => {
    const ofFeeds = all.map(({ market, scheme }) => ({ exchange: scheme.exchange, marketTypes: [market.market_type] }))
    const listings = together([...ofFeeds, ...[...wanted.values()].flat()])
    const work = new Map<string, Effect.Effect<never>>()
    for (const listing of listings) {
      work.set(`read ${listing.exchange} ${listing.marketTypes.join(" ")}`, reading(listing))
      for (const pushed of pushesOf(known, settings, listing)) {
        work.set(`hear ${pushed.url} ${pushed.marketTypes.join(" ")}`, listening(pushed))
      }
    }
    for (const [name, fiber] of running) {
      if (work.has(name)) continue
      running.delete(name)
      fiber.interruptUnsafe()
    }
    for (const [name, effect] of work) if (!running.has(name)) running.set(name, run(lasting(effect)))
    for (const feed of all) {
      if (seen.has(feed)) continue
      seen.add(feed)
      inform(feed)
    }
  })
  const informAll = ({ exchange, marketTypes }: ListingRead) =>
    Effect.map(feeds, (all) => {
      for (const feed of all)
        if (feed.scheme.exchange === exchange && marketTypes.includes(feed.market.market_type)) inform(feed)
    })
  const survived = defectAsFailure("the feeds could not be held against a listing")

  yield* instruments.readings.pipe(
    Stream.runForEach((read) => Effect.ignore(survived(informAll(read)))),
    Effect.forkScoped({ startImmediately: true })
  )
  yield* Effect.ignore(survived(agree)).pipe(Effect.delay(LOOK_EVERY), Effect.forever, Effect.forkScoped)

  return ListingWatch.of({
    want: (key, listings) =>
      Effect.suspend(() => {
        if (listings.length === 0) wanted.delete(key)
        else wanted.set(key, listings)
        return agree
      })
  })
})

/** A bug of what goes on for ever is logged, and it begins again. */
const lasting = (work: Effect.Effect<never>): Effect.Effect<void> =>
  work.pipe(defectAsFailure("a listing is followed no more"), Effect.retry(Schedule.spaced(AGAIN)), Effect.ignore)

/** Each exchange once, its market types in order. */
const together = (listings: ReadonlyArray<ListingRead>): ReadonlyArray<ListingRead> => {
  const types = new Map<string, Set<MarketType>>()
  for (const { exchange, marketTypes } of listings) {
    types.set(exchange, new Set([...(types.get(exchange) ?? []), ...marketTypes]))
  }
  return [...types].map(([exchange, all]) => ({ exchange, marketTypes: [...all].sort() }))
}

/** A socket on which a venue says that what it lists of these types changed. */
interface Pushed {
  readonly scheme: TranslationScheme
  readonly push: Parameters<typeof listingSocket>[0]["push"]
  readonly url: string
  readonly marketTypes: ReadonlyArray<MarketType>
}

/** Those of the protocols that are spoken; settings choose among those of an exchange. */
const pushesOf = (
  known: ReadonlyArray<TranslationScheme>,
  settings: Settings["Service"],
  { exchange, marketTypes }: ListingRead
): ReadonlyArray<Pushed> =>
  known
    .filter((scheme) => scheme.exchange === exchange)
    .flatMap((scheme) => {
      const isSpoken = (type: MarketType): boolean =>
        scheme.marketTypes.includes(type) &&
        folded(scheme.alternative ?? "") === folded(Option.getOrElse(settings.protocol(exchange, type), () => ""))
      return (scheme.listing?.push ?? []).flatMap((push) => {
        const types = push.marketTypes.filter((type) => marketTypes.includes(type) && isSpoken(type))
        const [first] = types
        if (first === undefined) return []
        const url = lineAddress(push.url, endpointsOf(settings, exchange, first).ws)
        return [{ scheme, push, url, marketTypes: types }]
      })
    })
