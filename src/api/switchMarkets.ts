// Owns the switching of several markets in one request: each is turned for itself, a few at a time, and what became of
// it is said. Invariant: a market that is refused, or whose write fails, holds up no other.
import { Effect } from "effect"
import { type Market, type MarketId, tagOf } from "../domain/Market.ts"
import type { FeedSwitch } from "../layers/FeedSwitch.ts"
import type { SwitchedMarket } from "./MarketsApi.ts"

/** A stop takes up to three seconds, and each turn asks the database. */
const AT_ONCE = 16

/** `running`: whose feeds ran when the request came. In the order of `markets`. */
export const switchMarkets = (
  feedSwitch: FeedSwitch["Service"],
  markets: ReadonlyArray<Market>,
  running: ReadonlySet<MarketId>,
  enabled: boolean
): Effect.Effect<ReadonlyArray<SwitchedMarket>> =>
  Effect.forEach(
    markets,
    (market) => {
      const of = { market_id: market.id, tag: tagOf(market) }
      const refused = (detail: string): SwitchedMarket => ({ ...of, outcome: "refused", detail })
      let was = false
      const decide = (now: Market) => {
        was = now.level4_feed_enabled && running.has(now.id)
        return Effect.succeed(enabled)
      }
      return feedSwitch.turn(market.id, decide).pipe(
        Effect.map((): SwitchedMarket => ({
          ...of,
          outcome: was === enabled ? "unchanged" : enabled ? "started" : "stopped",
          detail: null
        })),
        Effect.catchTags({
          FeedRefused: ({ detail }) => Effect.succeed(refused(detail)),
          CatalogUnavailable: ({ detail }) => Effect.succeed(refused(detail)),
          NotFound: () => Effect.succeed(refused("It was deleted meanwhile."))
        })
      )
    },
    { concurrency: AT_ONCE }
  )
