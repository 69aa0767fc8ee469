// Owns which markets are of a pair, and their books of this moment: what running feeds and the catalog know together.
// Bringing them together is hub/Consolidated.ts.
// Invariant: what runs is found while the catalog is down.
import { Effect } from "effect"
import type { Market, MarketId } from "../domain/Market.ts"
import type { MarketType } from "../domain/MarketType.ts"
import { isOfPair, type Venue } from "../hub/Consolidated.ts"
import { Catalog } from "../layers/Catalog.ts"
import { FeedRegistry } from "../layers/FeedRegistry.ts"
import { UnknownPairProblem } from "./Problems.ts"

export const makePairBooks = Effect.gen(function* () {
  const catalog = yield* Catalog
  const registry = yield* FeedRegistry

  const markets = Effect.fnUntraced(function* (pair: string, type: MarketType) {
    const running = (yield* registry.runningMarkets).filter((market) => isOfPair(market, pair, type))
    const listed = yield* catalog.markets({ market_type: type }).pipe(
      // what runs can be answered without the catalog, and it alone can be live
      Effect.catchTag("CatalogUnavailable", (down) => (running.length > 0 ? Effect.succeed([]) : Effect.fail(down)))
    )
    const all = new Map<MarketId, Market>(
      [...running, ...listed.filter((market) => isOfPair(market, pair, type))].map((market) => [market.id, market])
    )
    if (all.size === 0) {
      const detail =
        `The catalog has no ${type} market of ${pair}. ` +
        "GET /markets lists what there is; a pair is spelled base-quote."
      return yield* new UnknownPairProblem({ pair, market_type: type, detail })
    }
    return [...all.values()]
  })
  const books = (of: ReadonlyArray<Market>, depth: number) =>
    Effect.forEach(of, (market) => Effect.map(registry.book(market, depth), (book): Venue => ({ market, book })))

  return { markets, books }
})
