// Owns the wait for books after their feeds were started: looks at the states twice a second, says on stderr what
// became live, and ends when all are, when the rest can't become live any more, or when the time is over. A market that
// its venue lists and does not trade now is not waited for, and named. What a state means is decided by the service.
// Invariant: it ends within its time and one call.
import { Clock, Duration, Effect, Option } from "effect"
import { Flag } from "effect/cli"
import type { FeedState } from "../domain/FeedState.ts"
import type { ListedMarket, MarketId } from "../domain/Market.ts"
import type { Client } from "./Client.ts"
import { DurationFlag } from "./DurationFlag.ts"
import { NotLiveInTime } from "./Failures.ts"
import { tell } from "./Output.ts"

const LOOK_EVERY = Duration.millis(500)
const TIMEOUT = Duration.seconds(60)
/** What becomes of such a feed is not a question of time. */
const FINAL: ReadonlySet<FeedState> = new Set(["rejected", "retired", "stopped"])
/** Markets that are named with what keeps them from being live. */
const NAMED = 20

export const waitFlags = {
  wait: Flag.Literals("wait", ["live"]).pipe(
    Flag.withDescription("live: end when every book is live, with 2 where that takes too long or can't be"),
    Flag.optional
  ),
  timeout: DurationFlag("timeout").pipe(
    Flag.withDescription("How long --wait waits, e.g. 90s (default 60s)"),
    Flag.optional
  )
}

interface Waiting {
  readonly wait: Option.Option<"live">
  readonly timeout: Option.Option<Duration.Duration>
}

/** A time without a wait is most likely a slip. */
export const timeoutWithoutWait = ({ timeout, wait }: Waiting): string | undefined =>
  Option.isSome(timeout) && Option.isNone(wait) ? "--timeout goes with --wait live" : undefined

/** Waits for the feeds of these markets; hands on how they are in the end to `print`, then fails if any is not live. */
export const waitLive = Effect.fnUntraced(function* <E>(
  client: Client,
  ids: ReadonlyArray<MarketId>,
  timeout: Option.Option<Duration.Duration>,
  print: (markets: ReadonlyArray<ListedMarket>) => Effect.Effect<void, E>
) {
  const limit = Duration.toMillis(Option.getOrElse(timeout, () => TIMEOUT))
  const end = (yield* Clock.currentTimeMillis) + limit
  const reported = new Set<MarketId>()
  for (;;) {
    const markets = yield* client.markets({ enabled: true })
    const byId = new Map(markets.map((market) => [market.id, market]))
    const followed = ids.flatMap((id) => byId.get(id) ?? [])
    for (const { feed, id, tag } of followed) {
      if (feed.state !== "live" || reported.has(id)) continue
      reported.add(id)
      yield* tell(`[${reported.size}/${ids.length}] live ${tag}`)
    }
    const quiet = followed.filter((market) => market.feed.state !== "live" && isNotTraded(market))
    const open = followed.filter((market) => market.feed.state !== "live" && !isNotTraded(market))
    const left = end - (yield* Clock.currentTimeMillis)
    if (left > 0 && open.some(({ feed }) => !FINAL.has(feed.state))) {
      yield* Effect.sleep(Math.min(left, Duration.toMillis(LOOK_EVERY)))
      continue
    }
    yield* print(followed)
    const gone = ids.length - followed.length
    for (const { listing_status, tag } of quiet) yield* tell(`not waited for: ${tag} is ${listing_status} at its venue`)
    if (open.length === 0 && gone === 0 && reported.size === ids.length - quiet.length) {
      if (reported.size > 0 || ids.length === 0) return
    }
    const dark = [...open, ...quiet]
    const lines = dark.slice(0, NAMED).map(({ feed, tag }) => `${tag}: ${feed.state}${reasonOf(feed.reason)}`)
    const more = dark.length - NAMED
    const others = more > 0 ? [`and ${more} more`] : []
    const off = gone > 0 ? [`${gone} switched off meanwhile`] : []
    return yield* new NotLiveInTime({
      summary: `${dark.length + gone} of ${ids.length} are not live after ${Duration.format(Duration.millis(limit))}`,
      lines: [...lines, ...others, ...off]
    })
  }
})

/** Its venue lists it, and does not trade it now: no time makes its book live. */
const isNotTraded = ({ listing_status }: ListedMarket): boolean =>
  listing_status !== null && listing_status !== "trading"

const reasonOf = (reason: string | null): string => (reason === null ? "" : `, ${reason}`)
