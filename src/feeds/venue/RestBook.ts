// Owns a market's REST requests: the books that a scheme asks for, one at a time, the newest request replacing one that
// waits. What an answer means is decided by the session. Invariants: attempts and waiting are bounded, and every wait
// has its reason in the market's label; when the venue does not answer at all, the connection is given up and the
// feed's own backoff takes over.
import { Clock, Duration, Effect, Option, Queue, Schedule } from "effect"
import { ConnectionLost } from "../core/ConnectionLost.ts"
import type { DescribeWait } from "../core/DescribeWait.ts"
import { NoRestBook, type RestFault, type RestOversized } from "../core/LossCause.ts"
import { faultSentence } from "../core/LossSentence.ts"
import type { FetchRequest } from "../truth/MediatorPorts.ts"
import { elapsed, monotonicMillis } from "../core/Now.ts"
import { askOnce, type RestAnswer } from "./RestRequest.ts"
import type { RateQueue } from "./RateQueue.ts"
import type { Venue } from "./Venue.ts"

const ATTEMPTS = 5
/**
 * A book beyond its bound costs the venue and us all of the bound; it is asked for again after so long, in
 * milliseconds.
 */
const TOO_LARGE_PAUSE = 60_000

/** A market as far as its REST books are concerned. */
interface RestReader {
  readonly restOrigin: string
  /** Shows in the market's label what is waited for; null: nothing any more. */
  readonly exchange: { queue(ask: DescribeWait | null): void }
}

type Deliver = (request: FetchRequest, status: number, body: string) => void

/** Ever longer pauses between attempts, each shown in the market's label. */
const backoff = (feed: RestReader) =>
  Schedule.min([Schedule.exponential("500 millis"), Schedule.spaced("10 seconds")]).pipe(
    Schedule.jittered,
    Schedule.setInputType<RestFault | RestOversized>(),
    Schedule.modifyDelay(({ input, duration }) =>
      Clock.clockWith((clock) =>
        Effect.sync(() => {
          const next = elapsed(clock) + Duration.toMillis(duration)
          feed.exchange.queue(() => {
            const left = Math.max(0, Math.ceil((next - elapsed(clock)) / 1000))
            return `asks for the REST book again in ${left} s: ${faultSentence(input)}`
          })
          return duration
        })
      )
    )
  )

/** Most of the budget is kept for books that are waited for and only have to be small. */
const KEPT = 3 / 4
const isShort = (rest: RateQueue | null, now: number): boolean =>
  rest !== null && (rest.waiting > 0 || rest.left(now) < rest.rate.count * KEPT)

/** How often the first of the patient looks whether there is budget for it. */
const LOOK_EVERY = "200 millis"

/**
 * Asks once, when nobody of the venue waits and most of its budget is left, a doubt before all else; null: no answer.
 */
export const askPatiently = Effect.fnUntraced(function* (venue: Venue, url: string, weight: number, isDoubt = false) {
  const { patient, rest } = venue.budget
  if (rest !== null) {
    const pass = Effect.gen(function* () {
      // a doubt waits for nobody but a book that is waited for: it is the book's own truth that waits
      while (isDoubt ? rest.waiting > 0 : isShort(rest, yield* monotonicMillis)) yield* Effect.sleep(LOOK_EVERY)
      yield* rest.pass(weight)
    })
    yield* patient.turn(isDoubt, pass)
  }
  return yield* Effect.orElseSucceed(askOnce(venue, url, weight), () => null)
})

/** Asks in turn, and again for a while; the label says what is waited for. */
const askInTurn = (
  venue: Venue,
  feed: RestReader,
  request: FetchRequest
): Effect.Effect<RestAnswer, RestFault | RestOversized> => {
  const { rest, exchange } = venue.budget
  const show = (ask: DescribeWait | null) => Effect.sync(() => feed.exchange.queue(ask))
  const turn = rest === null ? Effect.void : rest.pass(request.weight, (ask) => feed.exchange.queue(ask))
  return turn.pipe(
    Effect.andThen(show(() => `waiting for other REST requests to ${exchange} to end`)),
    Effect.andThen(askOnce(venue, `${feed.restOrigin}${request.path}`, request.weight, show(null))),
    // a book that is too large will be too large again
    Effect.retry({ schedule: backoff(feed), times: ATTEMPTS - 1, while: ({ _tag }) => _tag !== "RestOversized" }),
    Effect.ensuring(show(null))
  )
}

/** Serves the requests of one market for ever; `deliver` gets each answer. */
export const restBook = (
  venue: Venue,
  feed: RestReader,
  requests: Queue.Dequeue<FetchRequest>,
  deliver: Deliver
): Effect.Effect<never, ConnectionLost> =>
  Effect.gen(function* () {
    const asked = yield* Queue.take(requests)
    const request = isShort(venue.budget.rest, yield* monotonicMillis) ? { ...asked, ...asked.light } : asked
    const answer = yield* askInTurn(venue, feed, request).pipe(
      Effect.mapError((fault) =>
        fault._tag === "RestOversized"
          ? new ConnectionLost({ cause: fault, retryAfter: TOO_LARGE_PAUSE })
          : new ConnectionLost({ cause: new NoRestBook({ fault }) })
      )
    )
    deliver(request, answer.status, answer.body)
    // a venue whose snapshots are always too old must not be asked in a tight loop
    yield* Effect.sleep("250 millis")
  }).pipe(Effect.forever)

/** Between two requests that are in no hurry: what the answer to one asks for is not asked for at once. */
const PATIENT_PAUSE = "10 seconds"

/**
 * Serves the requests of one market that are in no hurry; one that is not answered is asked again, unless a newer
 * comes.
 */
export const patientBook = (
  venue: Venue,
  feed: RestReader,
  requests: Queue.Dequeue<FetchRequest>,
  deliver: Deliver
): Effect.Effect<never> =>
  Effect.gen(function* () {
    let request = yield* Queue.take(requests)
    for (;;) {
      const answer = yield* askPatiently(venue, `${feed.restOrigin}${request.path}`, request.weight)
      if (answer !== null) deliver(request, answer.status, answer.body)
      yield* Effect.sleep(PATIENT_PAUSE)
      const newer = yield* Queue.poll(requests)
      if (answer !== null && Option.isNone(newer)) return
      request = Option.getOrElse(newer, () => request)
    }
  }).pipe(Effect.forever)
