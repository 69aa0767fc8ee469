// Owns a market's REST requests: the books that a scheme asks for, one at a time, the newest request replacing one that
// waits. What an answer means is the session's affair. Invariant: attempts, waiting and bodies are bounded; when the venue
// does not answer at all, the connection is given up and the feed's own backoff takes over.
import { ByteSize, Clock, Duration, Effect, Queue, Schedule, Schema } from "effect"
import { HttpIncomingMessage } from "effect/http"
import { ConnectionLost } from "../ConnectionLost.ts"
import type { LiveFeed } from "../LiveFeed.ts"
import type { FetchRequest } from "../Mediator.ts"
import type { Turnstile } from "./Turnstile.ts"
import type { Venue } from "./Venue.ts"

const TIMEOUT = "10 seconds"
const ATTEMPTS = 5
const MAX_BODY = ByteSize.fromInputUnsafe("64 MiB")
/** Asked to slow down, banned for a while, or broken on the venue's side: asking later may help. */
const PENALTY: Readonly<Record<number, number>> = { 418: 120_000, 429: 1_000 }
/** Seconds; a venue that bans for longer is asked again after so long. */
const LONGEST_PENALTY = 600
const LATER = new Set([418, 425, 429, 500, 502, 503, 504])

class TryLater extends Schema.TaggedError<TryLater>()("TryLater", { detail: Schema.String, afterMs: Schema.Number }) {}

const backoff = Schedule.min([Schedule.exponential("500 millis"), Schedule.spaced("10 seconds")]).pipe(
  Schedule.jittered,
  Schedule.setInputType<TryLater | ConnectionLost>(),
  Schedule.modifyDelay(({ input, duration }) =>
    Effect.succeed(Duration.max(duration, Duration.millis(input._tag === "TryLater" ? input.afterMs : 0)))
  )
)

const get = Effect.fnUntraced(function* (venue: Venue, url: string) {
  const response = yield* venue.http.get(url, { headers: { "user-agent": "level4" } })
  const body = yield* response.text
  const { rest } = venue.budget
  if (LATER.has(response.status)) {
    const afterMs = retryAfter(response.headers["retry-after"], PENALTY[response.status] ?? 0)
    const detail = `${response.status} from ${new URL(url).host}`
    if (rest === null || !(response.status in PENALTY)) return yield* new TryLater({ detail, afterMs })
    // what the venue says to one feed holds for all of them: they wait in the queue, not each for itself
    rest.block(afterMs, yield* Clock.currentTimeMillis)
    return yield* new TryLater({ detail, afterMs: 0 })
  }
  return { status: response.status, body }
})

/** One bounded attempt. */
const once = (venue: Venue, url: string) =>
  venue.budget.restAtATime.withPermit(get(venue, url)).pipe(
    Effect.timeout(TIMEOUT),
    Effect.provideService(HttpIncomingMessage.MaxBodySize, MAX_BODY),
    Effect.catchTags({
      HttpClientError: (error) => new TryLater({ detail: error.message, afterMs: 0 }),
      TimeoutError: () => new TryLater({ detail: `no answer within ${TIMEOUT}`, afterMs: 0 })
    })
  )

/** Most of the budget is kept for books that are waited for and only have to be small. */
const KEPT = 3 / 4
const isShort = (rest: Turnstile | null, now: number): boolean =>
  rest !== null && (rest.waiting > 0 || rest.left(now) < rest.rate.count * KEPT)

/** Asks once, when nobody of the venue waits and most of its budget is left; null: no answer. */
export const askPatiently = Effect.fnUntraced(function* (venue: Venue, url: string, weight: number) {
  const { rest } = venue.budget
  if (rest !== null) {
    while (isShort(rest, yield* Clock.currentTimeMillis)) yield* Effect.sleep("1 second")
    yield* rest.pass(weight)
  }
  return yield* Effect.orElseSucceed(once(venue, url), () => null)
})

/** Milliseconds of a Retry-After in seconds, within reason; what a status costs where the venue does not say. */
const retryAfter = (header: string | undefined, otherwise: number): number => {
  const seconds = Number(header ?? Number.NaN)
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0), LONGEST_PENALTY) * 1000 : otherwise
}

/** Serves the requests of one market for ever; `deliver` gets each answer. */
export const restBook = (
  venue: Venue,
  feed: LiveFeed,
  requests: Queue.Dequeue<FetchRequest>,
  deliver: (request: FetchRequest, status: number, body: string) => void
): Effect.Effect<never, ConnectionLost> =>
  Effect.gen(function* () {
    const { rest } = venue.budget
    const asked = yield* Queue.take(requests)
    const request = isShort(rest, yield* Clock.currentTimeMillis) ? { ...asked, ...asked.light } : asked
    const turn = rest === null ? Effect.void : rest.pass(request.weight, (ask) => feed.exchange.queue(ask))
    const attempt = once(venue, `${feed.restOrigin}${request.path}`)
    const answer = yield* Effect.andThen(turn, attempt).pipe(
      Effect.retry({ schedule: backoff, times: ATTEMPTS - 1 }),
      Effect.catchTag(
        "TryLater",
        ({ detail, afterMs }) =>
          new ConnectionLost({ reason: "refused", detail: `the REST book: ${detail}`, retryAfter: afterMs })
      )
    )
    deliver(request, answer.status, answer.body)
    // a venue whose snapshots are always too old must not be asked in a tight loop
    yield* Effect.sleep("250 millis")
  }).pipe(Effect.forever)

/** Serves the requests of one market that are in no hurry; what is not answered is forgotten. */
export const patientBook = (
  venue: Venue,
  feed: LiveFeed,
  requests: Queue.Dequeue<FetchRequest>,
  deliver: (request: FetchRequest, status: number, body: string) => void
): Effect.Effect<never> =>
  Effect.gen(function* () {
    const request = yield* Queue.take(requests)
    const answer = yield* askPatiently(venue, `${feed.restOrigin}${request.path}`, request.weight)
    if (answer !== null) deliver(request, answer.status, answer.body)
  }).pipe(Effect.forever)
