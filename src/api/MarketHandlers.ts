// Owns the answers of /markets. The catalog says which markets there are, FeedRegistry how they fare, FeedSwitch turns
// them.
// Invariant: the book of a market that was seen once, or runs, is read without the catalog while that is away
// (KnownMarkets).
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import type { Market } from "../domain/Market.ts"
import { Catalog } from "../layers/Catalog.ts"
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
import {
  alreadyExists,
  ambiguous,
  catalogUnavailable,
  feedRefused,
  instrumentMismatch,
  invalidMarket,
  notFound,
  unknownReference
} from "./Refusals.ts"

const DEFAULT_DEPTH = 25
const UNCHECKED: Checked = { verdict: "unknown" }

export const layerMarkets = HttpApiBuilder.group(Api, "markets", (handlers) =>
  Effect.gen(function* () {
    const catalog = yield* Catalog
    const registry = yield* FeedRegistry
    const feedSwitch = yield* FeedSwitch
    const known = yield* KnownMarkets
    const instruments = yield* Instruments
    const check = yield* makeNewMarketCheck
    const stored = (reference: MarketReference) =>
      typeof reference === "number" ? catalog.market(reference) : catalog.marketOf(reference)
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
      list: ({ query }) =>
        catalog.markets(query).pipe(
          Effect.flatMap((markets) => Effect.forEach(markets, listed)),
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
