// Owns the answers of /markets. The catalog says which markets there are, FeedRegistry how they fare, FeedSwitch turns them.
// Invariant: the book of a market that was seen once is read without the catalog, so that it outlives the database.
import { Cache, Duration, Effect, Exit } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import type { Market, MarketId } from "../domain/Market.ts"
import { Catalog } from "../layers/Catalog.ts"
import { FeedRegistry } from "../layers/FeedRegistry.ts"
import { Api } from "./Api.ts"
import { FeedSwitch } from "./FeedSwitch.ts"
import { refusedChange } from "./Immutable.ts"
import { listedMarket } from "./Listing.ts"
import { notLive } from "./notLive.ts"
import {
  alreadyExists,
  catalogUnavailable,
  feedRefused,
  invalidMarket,
  notFound,
  unknownReference
} from "./Refusals.ts"

const DEFAULT_DEPTH = 25
/** Markets remembered for reading their books without the catalog; what names a market never changes. */
const REMEMBERED = 10_000

export const layerMarkets = HttpApiBuilder.group(Api, "markets", (handlers) =>
  Effect.gen(function* () {
    const catalog = yield* Catalog
    const registry = yield* FeedRegistry
    const feedSwitch = yield* FeedSwitch
    const known = yield* Cache.makeWith((id: MarketId) => catalog.market(id), {
      capacity: REMEMBERED,
      timeToLive: (exit) => (Exit.isSuccess(exit) ? Duration.infinity : 0)
    })
    const listed = (market: Market) => Effect.map(registry.view(market), (feed) => listedMarket(market, feed))

    return handlers.handleAll({
      create: ({ payload }) =>
        catalog.createMarket(payload).pipe(
          Effect.flatMap(listed),
          Effect.catchTags({
            AlreadyExists: alreadyExists,
            UnknownReference: unknownReference,
            InvalidMarket: invalidMarket,
            CatalogUnavailable: catalogUnavailable
          })
        ),
      list: ({ query }) =>
        catalog.markets(query).pipe(
          Effect.flatMap((markets) => Effect.forEach(markets, listed)),
          Effect.catchTag("CatalogUnavailable", catalogUnavailable)
        ),
      find: ({ params }) =>
        catalog
          .market(params.id)
          .pipe(
            Effect.flatMap(listed),
            Effect.catchTags({ NotFound: notFound, CatalogUnavailable: catalogUnavailable })
          ),
      update: ({ params: { id }, payload }) =>
        feedSwitch
          .turn(id, (market) => {
            const refusal = refusedChange(market, payload)
            return refusal ? Effect.fail(refusal) : Effect.succeed(payload.level4_feed_enabled)
          })
          .pipe(
            Effect.tap((market) => Cache.set(known, id, market)),
            Effect.flatMap(listed),
            Effect.catchTags({
              NotFound: notFound,
              FeedRefused: feedRefused(id),
              CatalogUnavailable: catalogUnavailable
            })
          ),
      book: ({ params: { id }, query }) =>
        Cache.get(known, id).pipe(
          Effect.catchTags({ NotFound: notFound, CatalogUnavailable: catalogUnavailable }),
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
