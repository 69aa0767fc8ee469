// Owns the switch of a market: its durable flag in the catalog and its feed in the registry, turned together and one
// caller at a time for each market; and a market's deletion, which must not meet a start. The API, the boot and the
// comparison with the catalog all go through here; nobody else starts or stops a feed.
// Invariant: the flag never lies for long. A feed is started before its flag goes on and its flag goes off before it is
// stopped, so a failed write leaves the feed as it was; where it is unknown whether a write arrived, because the
// database went away in the middle, the flag is written again until the database answers; and what runs is held against
// the catalog now and then, since others can write there, or make its tables again.
import { Context, Effect, FiberMap, Layer, RcMap, Schedule, Semaphore } from "effect"
import { type CatalogUnavailable, type FeedRefused, InUse, type NotFound } from "../domain/Failures.ts"
import { isSameMarket, type Market, type MarketId, tagOf } from "../domain/Market.ts"
import { Catalog } from "./Catalog.ts"
import { defectAsFailure } from "./defectAsFailure.ts"
import { FeedRegistry } from "./FeedRegistry.ts"

// jitter after the cap, or all markets write at once when the database comes back
const untilAnswered = Schedule.jittered(
  Schedule.min([Schedule.exponential("500 millis"), Schedule.spaced("10 seconds")])
)

/** How often what runs is held against the catalog. */
const AGREE_EVERY = "10 seconds"

export class FeedSwitch extends Context.Service<
  FeedSwitch,
  {
    /**
     * Reads a market, lets `decide` say what its switch should be (or refuse, or leave it by undefined), and turns it;
     * done when the feed runs or has stopped and the flag is written. Others who turn the same market wait.
     */
    turn<E>(
      id: MarketId,
      decide: (market: Market) => Effect.Effect<boolean | undefined, E>
    ): Effect.Effect<Market, E | NotFound | FeedRefused | CatalogUnavailable>
    /** Deletes a market whose switch is off and whose feed does not run; gives what it was. */
    remove(id: MarketId): Effect.Effect<Market, NotFound | InUse | CatalogUnavailable>
  }
>()("level4/layers/FeedSwitch") {
  static readonly layer = Layer.effect(FeedSwitch)(Effect.suspend(() => make))
}

const make = Effect.gen(function* () {
  const catalog = yield* Catalog
  const registry = yield* FeedRegistry
  const locks = yield* RcMap.make({ lookup: () => Semaphore.make(1) })
  const repair = yield* FiberMap.makeRuntime<never, MarketId>()

  const alone = <A, E, R>(id: MarketId, effect: Effect.Effect<A, E, R>) =>
    Effect.scoped(Effect.flatMap(RcMap.get(locks, id), (lock) => lock.withPermit(effect)))
  const runs = (id: MarketId) => Effect.map(registry.running, (ids) => ids.includes(id))
  const writeWhatRuns = (id: MarketId) =>
    Effect.flatMap(runs(id), (running) => catalog.setFeedEnabled(id, running)).pipe(
      Effect.catchTag("NotFound", () => Effect.void)
    )

  const write = (market: Market, enabled: boolean) => {
    if (market.level4_feed_enabled === enabled) return Effect.succeed(market)
    return catalog.setFeedEnabled(market.id, enabled)
  }
  const on = Effect.fnUntraced(function* (market: Market) {
    const ran = yield* runs(market.id)
    yield* registry.start(market).pipe(Effect.tapError(() => write(market, false)))
    return yield* write(market, true).pipe(Effect.tapError(() => (ran ? Effect.void : registry.stop(market.id))))
  })
  const off = (market: Market) => Effect.tap(write(market, false), registry.stop(market.id))

  const repairLater = (id: MarketId) =>
    Effect.sync(() => {
      const writing = alone(id, writeWhatRuns(id)).pipe(defectAsFailure("a switch could not be written"))
      repair(id, writing.pipe(Effect.retry(untilAnswered), Effect.annotateLogs({ market: id }), Effect.ignore))
    })

  const turn = Effect.fn("FeedSwitch.turn")(function* <E>(
    id: MarketId,
    decide: (market: Market) => Effect.Effect<boolean | undefined, E>
  ) {
    const decideAndTurn = Effect.gen(function* () {
      // a market that is gone from the catalog can't be switched off by anybody
      const market = yield* catalog.market(id).pipe(Effect.tapErrorTag("NotFound", () => registry.stop(id)))
      const wanted = yield* decide(market)
      if (wanted === undefined) return market
      return yield* (wanted ? on(market) : off(market)).pipe(
        Effect.tapErrorTag("CatalogUnavailable", () => repairLater(id)),
        // a client that goes away must not leave a flag and its feed apart
        Effect.uninterruptible
      )
    })
    return yield* alone(id, decideAndTurn)
  })

  const removeStopped = Effect.fnUntraced(function* (id: MarketId) {
    const market = yield* catalog.market(id)
    const name = tagOf(market)
    if (market.level4_feed_enabled || (yield* runs(id)))
      return yield* new InUse({ entity: "market", name, id, users: [name], count: 1 })
    yield* catalog.deleteMarket(market)
    return market
  })
  const remove = Effect.fn("FeedSwitch.remove")((id: MarketId) => alone(id, Effect.uninterruptible(removeStopped(id))))

  const settle = (id: MarketId) =>
    Effect.gen(function* () {
      const running = (yield* registry.runningMarkets).find((market) => market.id === id)
      if (running === undefined) return
      const stored = yield* catalog.market(id).pipe(Effect.catchTag("NotFound", () => Effect.succeed(null)))
      if (stored === null || !isSameMarket(stored, running)) {
        yield* Effect.logWarning("a feed is stopped, since the catalog has its market no more", { market: id })
        yield* registry.stop(id)
      }
      if (stored !== null) yield* writeWhatRuns(id)
    })
  const agree = Effect.gen(function* () {
    const running = yield* registry.runningMarkets
    if (running.length === 0) return
    const stored = new Map((yield* catalog.markets({ enabled: true })).map((market) => [market.id, market]))
    const apart = running.filter((market) => {
      const row = stored.get(market.id)
      return row === undefined || !isSameMarket(row, market)
    })
    yield* Effect.forEach(apart, ({ id }) => alone(id, settle(id)), { discard: true })
  })
  yield* agree.pipe(
    Effect.catchTag("CatalogUnavailable", () => Effect.void),
    Effect.catchDefect((defect) => Effect.logError("what runs could not be held against the catalog", defect)),
    Effect.delay(AGREE_EVERY),
    Effect.forever,
    Effect.forkScoped
  )
  return FeedSwitch.of({ turn, remove })
})
