// Owns the answers of /markets. The catalog says which markets there are, FeedRegistry how they fare, FeedSwitch turns
// them.
// Invariant: the book of a market that was seen once, or runs, is read without the catalog while that is away
// (KnownMarkets).
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import type { ExchangeId } from "../domain/Exchange.ts"
import { type Market, tagOf } from "../domain/Market.ts"
import { isPattern, marketPattern } from "../domain/MarketPattern.ts"
import { EventHub } from "../hub/EventHub.ts"
import { Catalog } from "../layers/Catalog.ts"
import type { MarketFilter } from "../layers/CatalogQueries.ts"
import { FeedRegistry } from "../layers/FeedRegistry.ts"
import { FeedSwitch } from "../layers/FeedSwitch.ts"
import { Instruments } from "../layers/Instruments.ts"
import type { Checked } from "../layers/instruments/checkMarket.ts"
import { makeNewMarketCheck } from "../layers/instruments/checkNewMarket.ts"
import { Api } from "./Api.ts"
import { refusedChange } from "./ImmutableFields.ts"
import { KnownMarkets, type MarketReference } from "./KnownMarkets.ts"
import { listedMarket } from "./Listing.ts"
import { notLive } from "./notLive.ts"
import { UnknownReferenceProblem } from "./Problems.ts"
import {
  alreadyExists,
  ambiguous,
  catalogUnavailable,
  feedRefused,
  inUse,
  instrumentMismatch,
  invalidMarket,
  notFound,
  unknownReference
} from "./Refusals.ts"
import { switchMarkets } from "./switchMarkets.ts"

const DEFAULT_DEPTH = 25
const UNCHECKED: Checked = { verdict: "unknown" }

export const layerMarkets = HttpApiBuilder.group(Api, "markets", (handlers) =>
  Effect.gen(function* () {
    const catalog = yield* Catalog
    const registry = yield* FeedRegistry
    const feedSwitch = yield* FeedSwitch
    const known = yield* KnownMarkets
    const hub = yield* EventHub
    const instruments = yield* Instruments
    const check = yield* makeNewMarketCheck
    const stored = (reference: MarketReference) =>
      typeof reference === "number" ? catalog.market(reference) : catalog.marketOf(reference)
    const exchangeOf = (reference: ExchangeId | string) =>
      catalog.exchange(reference).pipe(
        Effect.catchTags({
          NotFound: () => new UnknownReferenceProblem(unknownExchange(reference)),
          Ambiguous: ({ ids }) => new UnknownReferenceProblem(ambiguousExchange(reference, ids))
        })
      )
    /** The markets whose tag is this, or matches it, of those that pass the filter. */
    const matching = (tag: string, filter: MarketFilter) =>
      isPattern(tag)
        ? Effect.map(catalog.markets(filter), (markets) => {
            const { matches } = marketPattern(tag)
            return markets.filter((market) => matches(tagOf(market)))
          })
        : catalog.markets({ ...filter, tag })
    const listed = (market: Market) =>
      Effect.map(registry.view(market), (feed) => listedMarket(market, feed, instruments.ofMarket(market)))

    return handlers.handleAll({
      create: Effect.fnUntraced(
        function* ({ payload, query }) {
          const checked = query.unchecked === true ? UNCHECKED : yield* check(payload)
          if (checked.verdict === "mismatch") return yield* instrumentMismatch(checked)
          const market =
            checked.verdict === "listed"
              ? catalog.createMarket({ ...payload, native_symbol: checked.native_symbol }, { unverified: false })
              : catalog.createMarket(payload)
          return yield* Effect.flatMap(market, listed)
        },
        Effect.catchTags({
          AlreadyExists: alreadyExists,
          UnknownReference: unknownReference,
          InvalidMarket: invalidMarket,
          CatalogUnavailable: catalogUnavailable
        })
      ),
      list: Effect.fnUntraced(
        function* ({ query: { exchange, tag = "*", ...query } }) {
          const exchange_id = exchange === undefined ? undefined : (yield* exchangeOf(exchange)).id
          if (exchange_id !== undefined && (query.exchange_id ?? exchange_id) !== exchange_id) return []
          const filter = exchange_id === undefined ? query : { ...query, exchange_id }
          return yield* Effect.forEach(yield* matching(tag, filter), listed)
        },
        Effect.catchTag("CatalogUnavailable", catalogUnavailable)
      ),
      find: ({ params }) =>
        stored(params.id).pipe(
          Effect.flatMap(listed),
          Effect.catchTags({ NotFound: notFound, Ambiguous: ambiguous, CatalogUnavailable: catalogUnavailable })
        ),
      update: Effect.fnUntraced(
        function* ({ params, payload }) {
          const id = typeof params.id === "number" ? params.id : (yield* catalog.marketOf(params.id)).id
          const turned = feedSwitch.turn(id, (market) => {
            const refusal = refusedChange(market, payload)
            return refusal ? Effect.fail(refusal) : Effect.succeed(payload.level4_feed_enabled)
          })
          const market = yield* turned.pipe(Effect.catchTag("FeedRefused", feedRefused(id)))
          yield* known.note(market)
          return yield* listed(market)
        },
        Effect.catchTags({ NotFound: notFound, Ambiguous: ambiguous, CatalogUnavailable: catalogUnavailable })
      ),
      updateMany: Effect.fnUntraced(
        function* ({ payload, query }) {
          const markets = yield* matching(query.tag, {})
          const running = new Set(yield* registry.running)
          return yield* switchMarkets(feedSwitch, markets, running, payload.level4_feed_enabled)
        },
        Effect.catchTag("CatalogUnavailable", catalogUnavailable)
      ),
      remove: Effect.fnUntraced(
        function* ({ params: { id } }) {
          const market = yield* feedSwitch.remove(typeof id === "number" ? id : (yield* catalog.marketOf(id)).id)
          yield* known.forget(market)
          hub.forget(market.id)
        },
        Effect.catchTags({
          NotFound: notFound,
          Ambiguous: ambiguous,
          InUse: inUse,
          CatalogUnavailable: catalogUnavailable
        })
      ),
      book: ({ params: { id }, query }) =>
        known.find(id).pipe(
          Effect.catchTags({ NotFound: notFound, Ambiguous: ambiguous, CatalogUnavailable: catalogUnavailable }),
          Effect.flatMap((market) =>
            Effect.filterOrElse(
              registry.book(market, query.depth ?? DEFAULT_DEPTH),
              (book) => query.require !== "live" || book.state === "live",
              (book) => notLive(market, book)
            )
          )
        )
    })
  })
)

const nameOf = (id: ExchangeId | string): string => (typeof id === "number" ? `with id ${id}` : id)

const unknownExchange = (id: ExchangeId | string) => ({
  field: "exchange" as const,
  id,
  detail: `There is no exchange ${nameOf(id)}. GET /exchanges lists those that exist.`
})

const ambiguousExchange = (id: ExchangeId | string, ids: ReadonlyArray<number>) => ({
  field: "exchange" as const,
  id,
  detail: `Several exchanges are called ${id}: name it by its id, one of ${ids.join(", ")}.`
})
