// Owns which feeds run: a Ref of live feeds by market id, and their start and stop. What a feed does is src/feeds;
// whether a market should run is the catalog's switch. Invariant: a feed in the Ref has an open scope, and no other has.
import { Context, type Effect } from "effect"
import type { Book } from "../domain/Event.ts"
import type { FeedRefused } from "../domain/Failures.ts"
import type { FeedView } from "../domain/FeedState.ts"
import type { Market, MarketId } from "../domain/Market.ts"

export class FeedRegistry extends Context.Service<
  FeedRegistry,
  {
    /** Starts the feed of a market; does nothing when it runs already. */
    start(market: Market): Effect.Effect<void, FeedRefused>
    /** Stops a feed and waits until its sockets are closed (bounded, 3 s at most); does nothing when none runs. */
    stop(id: MarketId): Effect.Effect<void>
    /** The state and counters of a market's feed; `stopped` with zero counters when none runs. */
    view(id: MarketId): Effect.Effect<FeedView>
    /** The book of a market with its truth label, `depth` levels a side, best first; empty and `stopped` when none runs. */
    book(market: Market, depth: number): Effect.Effect<Book>
    /** The numbers of the markets whose feeds run. */
    readonly running: Effect.Effect<ReadonlyArray<MarketId>>
  }
>()("level4/layers/FeedRegistry") {}
