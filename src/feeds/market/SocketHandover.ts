// Owns the change of a market from one socket to another while the book stays live: because the venue will soon cut the
// old one (for its age, or since it said so), or because it is doubted that the old one still brings the market. How
// the market's next place knows that it may take over is Successor's. Invariants: one handover of a subscription at a
// time; one that fails leaves the market where it is.
import { Effect } from "effect"
import type { LiveFeed } from "./LiveFeed.ts"
import type { FetchRequest } from "../truth/MediatorPorts.ts"
import type { MarketSubscription } from "./MarketSubscription.ts"
import { nowMicros } from "../core/Now.ts"
import { Successor } from "./Successor.ts"
import type { Venue } from "../venue/Venue.ts"

const LOOK_EVERY = "100 millis"
/** Longer than this the new socket is not tried. */
const LIMIT = "1 minute"
const AGAIN = "30 seconds"

/** What is made of a market's place on another socket, looked at until it is decided. */
export type Decide<A> = (successor: Successor, at: number) => A | null

export interface Handover {
  readonly subscription: MarketSubscription
  readonly feed: LiveFeed
  readonly venue: Venue
  readonly fetch: (request: FetchRequest) => void
}

/** Takes a second place for the market and keeps it until `decide` has; null: the new socket failed or did not come. */
export const beside = <A>(
  { subscription, feed, venue, fetch }: Handover,
  decide: Decide<A>
): Effect.Effect<A | null> => {
  const pool = venue.pool(feed.scheme, subscription.line, feed.lineUrl(subscription.line.url))
  const places = Effect.sync(() => {
    const old = subscription.socket
    const successor = new Successor(subscription, feed, fetch)
    successor.socket = pool.join(successor, old)
    subscription.successor = successor
    return { old, successor }
  })
  const attempt = Effect.acquireUseRelease(
    places,
    ({ successor }) =>
      Effect.sync(() => (successor.failed ? { of: null } : decided(decide(successor, nowMicros())))).pipe(
        Effect.delay(LOOK_EVERY),
        Effect.repeat({ until: (found) => found !== null }),
        Effect.timeoutOrElse({ duration: LIMIT, orElse: () => Effect.succeed(null) }),
        Effect.map((found) => found?.of ?? null)
      ),
    ({ old, successor }) =>
      Effect.suspend(() => {
        subscription.successor = null
        // whichever of the two is not the market's place now is given back
        return subscription.socket === old ? pool.leave(successor, successor.socket) : pool.leave(subscription, old)
      })
  )
  return subscription.handingOver.withPermit(attempt)
}

const decided = <A>(of: A | null): { readonly of: A } | null => (of === null ? null : { of })

/** Moves a subscription off a socket that will not last, tried again for as long as it does. */
export const handover = (change: Handover): Effect.Effect<void> =>
  beside(change, (successor, at) => (successor.takeOver(at) ? true : null)).pipe(
    Effect.flatMap((moved) =>
      moved === null
        ? Effect.andThen(
            Effect.logWarning("the next socket did not take over in time; the old one goes on"),
            Effect.sleep(AGAIN)
          )
        : Effect.void
    ),
    Effect.repeat({ while: () => change.subscription.socket.isFull }),
    Effect.asVoid
  )
