// Owns which market a reference means for calls that go on while the catalog is away: the catalog's answer, and where
// there is none in time what it said last, or the feeds that run. Invariant: an answer of the catalog always wins, no
// later than FRESH after it could have been had, so that an id never means a market that it meant in tables of earlier
// days.
import { Cache, Context, Duration, Effect, Exit, Layer, Option } from "effect"
import type { Ambiguous, CatalogUnavailable, NotFound } from "../domain/Failures.ts"
import { type Market, type MarketId, tagOf } from "../domain/Market.ts"
import { choose } from "../domain/Names.ts"
import { Catalog } from "../layers/Catalog.ts"
import { FeedRegistry } from "../layers/FeedRegistry.ts"

/** A number, or the text of a tag. */
export type MarketReference = MarketId | string

/** How long an answer of the catalog is taken for what it would say now. */
const FRESH = Duration.seconds(1)
/** How long an answer is waited for where an earlier one is remembered. */
const PATIENCE = Duration.millis(250)
const REMEMBERED = 10_000

export class KnownMarkets extends Context.Service<
  KnownMarkets,
  {
    find(reference: MarketReference): Effect.Effect<Market, NotFound | Ambiguous | CatalogUnavailable>
    /** The catalog has just given this market. */
    note(market: Market): Effect.Effect<void>
    /** The catalog has just lost this market. */
    forget(market: Market): Effect.Effect<void>
  }
>()("level4/api/KnownMarkets") {
  static readonly layer = Layer.effect(KnownMarkets)(Effect.suspend(() => make))
}

const make = Effect.gen(function* () {
  const catalog = yield* Catalog
  const registry = yield* FeedRegistry
  const last = new Map<MarketReference, Market>()
  const remember = (reference: MarketReference, market: Market) => {
    if (last.size >= REMEMBERED) {
      const [oldest] = last.keys()
      if (oldest !== undefined) last.delete(oldest)
    }
    last.set(reference, market)
  }
  const fresh = yield* Cache.makeWith(
    (reference: MarketReference) =>
      (typeof reference === "number" ? catalog.market(reference) : catalog.marketOf(reference)).pipe(
        Effect.tap((market) => Effect.sync(() => remember(reference, market))),
        Effect.tapErrorTag("NotFound", () => Effect.sync(() => last.delete(reference)))
      ),
    { capacity: REMEMBERED, timeToLive: (exit) => (Exit.isSuccess(exit) ? FRESH : 0) }
  )
  const running = (reference: MarketReference) =>
    Effect.map(registry.runningMarkets, (markets) => {
      if (typeof reference === "number") return markets.find(({ id }) => id === reference)
      const chosen = choose(markets, reference, tagOf)
      return typeof chosen === "string" ? undefined : chosen
    })

  const find = Effect.fnUntraced(function* (reference: MarketReference) {
    const known = last.get(reference) ?? (yield* running(reference))
    const asked = Cache.get(fresh, reference)
    if (known === undefined) return yield* asked
    const answer = yield* asked.pipe(
      Effect.timeoutOption(PATIENCE),
      Effect.catchTag("CatalogUnavailable", () => Effect.succeedNone)
    )
    return Option.getOrElse(answer, () => known)
  })
  const note = (market: Market) =>
    Effect.andThen(
      Effect.sync(() => remember(market.id, market)),
      Cache.set(fresh, market.id, market)
    )
  const forget = Effect.fnUntraced(function* ({ id }: Market) {
    for (const [reference, market] of last) if (market.id === id) last.delete(reference)
    for (const [reference, market] of yield* Cache.entries(fresh))
      if (market.id === id) yield* Cache.invalidate(fresh, reference)
  })
  return KnownMarkets.of({ find, note, forget })
})
