// Owns one market's feed for as long as it is switched on: runs level 2, and when it ends dials again for ever, by a
// schedule of capped, jittered, exponential pauses that starts over only after a healthy spell; slower where the venue
// refuses the symbol. A defect below is logged with its market and answered like a lost connection. Invariant: it ends
// by interruption alone, and then says `stopped`.
import { Duration, Effect, Queue, Schedule } from "effect"
import type { ReasonCode } from "../../domain/ReasonCode.ts"
import { ConnectionLost } from "../core/ConnectionLost.ts"
import { Crashed, MarketLeft, SwitchedOn } from "../core/LossCause.ts"
import { level2 } from "./Level2.ts"
import type { LiveFeed } from "./LiveFeed.ts"
import { monotonicMillis, nowMicros } from "../core/Now.ts"
import { reasonOf, type StatusReason } from "../core/StatusReason.ts"
import type { Venue } from "../venue/Venue.ts"

/** A connection that carried a live book for so long was healthy; a greeting is not health. */
const HEALTHY = Duration.toMillis("30 seconds")

/** Longer would leave a market dark for most of a minute after a venue's bad hour; its budget bounds the dials. */
const LONGEST_PAUSE = "5 seconds"

/** A refusal is seldom over within seconds, and asking is not free: milliseconds, doubled with each in a row. */
const FIRST_REFUSAL = 10_000
const LONGEST_REFUSAL = 300_000
/** A market that was live before is likely to come back, and is to be so within a minute. */
const LONGEST_SUSPENSION = 50_000

/** Milliseconds. */
const SHORTEST_PAUSE = 250

/** What is wrong with a book, and not with its connection. */
const WRONG: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  "unreadable",
  "crossed",
  "checksum",
  "inconsistent",
  "mid_price"
])
/** So many connections that bring nothing but wrong books may be bad luck; the next one will hardly be better. */
const TRIED = 10

const capped = Schedule.min([Schedule.exponential(SHORTEST_PAUSE), Schedule.spaced(LONGEST_PAUSE)])

/** A symbol that is refused since the venue lists it no more says so. */
const whyLost = ({ memory }: LiveFeed, lost: ConnectionLost): StatusReason =>
  lost.cause._tag === "MarketLeft" && lost.reason === "refused" ? memory.listed.refusal(reasonOf(lost)) : reasonOf(lost)

/**
 * Pauses between dials, jittered after the cap so that feeds do not come back together; longer where the venue asks.
 */
const reconnect = (feed: LiveFeed) =>
  Schedule.jittered(capped).pipe(
    Schedule.setInputType<ConnectionLost>(),
    Schedule.modifyDelay(({ input, duration }) =>
      Effect.sync(() => {
        const pause = Duration.max(duration, Duration.millis(input.retryAfter))
        const at = nowMicros()
        const next = at + Math.round(Duration.toMillis(pause) * 1000)
        feed.exchange.signal("disconnected", whyLost(feed, input), at, next)
        return pause
      })
    )
  )

/**
 * A symbol that the venue refuses by name stays refused: the feed stands still, and says so, until it is switched on
 * again.
 */
const rejected = (feed: LiveFeed, detail: string): Effect.Effect<never, ConnectionLost> =>
  Effect.logWarning(`the venue refuses ${feed.symbol}: ${detail}`).pipe(
    Effect.andThen(Queue.take(feed.again)),
    Effect.andThen(Effect.sync(() => feed.exchange.signal("stopped", null, nowMicros()))),
    Effect.andThen(Effect.fail(new ConnectionLost({ cause: new SwitchedOn() })))
  )

/** A refusal that may be of a moment is answered by a longer pause, longer with each in a row. */
const refused = (feed: LiveFeed, detail: string, wasLive: boolean): Effect.Effect<never, ConnectionLost> =>
  Effect.suspend(() => {
    const refusals = wasLive ? 0 : feed.refusals
    feed.refusals = refusals + 1
    const longest = feed.exchange.epoch > 0 ? LONGEST_SUSPENSION : LONGEST_REFUSAL
    const retryAfter = Math.min(FIRST_REFUSAL * 2 ** refusals, longest)
    const cause = new MarketLeft({ reason: "refused", says: detail })
    return Effect.fail(new ConnectionLost({ cause, retryAfter }))
  })

/**
 * A book that is wrong on every connection is asked for ever more slowly, or it would cost its neighbours their budget.
 */
const lostAgain = (feed: LiveFeed, lost: ConnectionLost, wasLive: boolean): Effect.Effect<never, ConnectionLost> =>
  Effect.suspend(() => {
    feed.wrongBooks = wasLive || !WRONG.has(lost.reason) ? 0 : feed.wrongBooks + 1
    if (feed.wrongBooks <= TRIED) return Effect.fail(lost)
    const retryAfter = Math.min(FIRST_REFUSAL * 2 ** (feed.wrongBooks - TRIED - 1), LONGEST_REFUSAL)
    return Effect.fail(new ConnectionLost({ cause: lost.cause, retryAfter }))
  })

/** Runs a feed until it is interrupted. `run` is one incarnation of level 2; tests put their own in its place. */
export const marketFeed = (feed: LiveFeed, venue: Venue, run: typeof level2 = level2): Effect.Effect<never> => {
  const { exchange } = feed
  const attempt = Effect.gen(function* () {
    const { epoch, lives } = exchange
    const start = yield* monotonicMillis
    const healthy = Effect.map(monotonicMillis, (now) => exchange.epoch > epoch && now - start >= HEALTHY)
    return yield* run(feed, venue).pipe(
      Effect.catchTag("SymbolRejected", ({ detail }) => rejected(feed, detail)),
      Effect.catchTag("SymbolRefused", ({ detail }) => refused(feed, detail, exchange.epoch > epoch)),
      Effect.catchDefect((defect) => {
        exchange.counts.restarts++
        const lost = new ConnectionLost({ cause: new Crashed() })
        return Effect.andThen(Effect.logError("feed crashed; it restarts alone", defect), lost)
      }),
      Effect.catch((lost) => lostAgain(feed, lost, exchange.lives > lives)),
      Effect.tapError((lost) => Effect.logInfo(`feed lost its connection: ${lost.reason}: ${lost.detail}`)),
      // a healthy spell ends as a success, which leaves the retry below and makes its pauses short again
      Effect.catch((lost) => Effect.flatMap(healthy, (yes) => (yes ? Effect.succeed(lost) : Effect.fail(lost))))
    )
  })
  return attempt.pipe(
    Effect.retry(reconnect(feed)),
    Effect.orDie,
    Effect.flatMap((lost) => {
      const at = nowMicros()
      const pause = Math.max(SHORTEST_PAUSE, lost.retryAfter)
      exchange.signal("disconnected", whyLost(feed, lost), at, at + Math.round(pause * 1000))
      return Effect.sleep(pause)
    }),
    Effect.forever,
    Effect.ensuring(Effect.sync(() => exchange.signal("stopped", null, nowMicros()))),
    Effect.annotateLogs({ market: feed.market.id, tag: exchange.tag })
  )
}
