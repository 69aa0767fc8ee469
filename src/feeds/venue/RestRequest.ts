// Owns one REST request to a venue: asked once, in bounded time, its body bounded while it is read (as decompressed)
// and judged by its status. When to ask, and whether again, is decided by RestBook. Invariants: what the venue asks of
// us in an answer (Retry-After) counts for the whole venue's budget, and a request that reached nobody costs none of
// it.
import { Clock, Effect, Stream } from "effect"
import { FetchHttpClient, type HttpClientError, type HttpClientResponse } from "effect/http"
import {
  RestBroken,
  type RestFault,
  RestOversized,
  RestRedirected,
  RestRefused,
  RestTimedOut
} from "../core/LossCause.ts"
import { faultSentence } from "../core/LossSentence.ts"
import { monotonicMillis } from "../core/Now.ts"
import { networkFault } from "./NetworkFault.ts"
import { quietMs } from "./RetryAfter.ts"
import type { Venue } from "./Venue.ts"

/** Milliseconds. */
const TIMEOUT = 10_000
/** Where the scheme says nothing. The largest whole book that was seen by REST is far below (sheets, 2026-09). */
const MAX_BODY = 8 << 20
/** Of an answer whose status says enough. */
const MAX_ERROR_BODY = 64 << 10
/** Asked to slow down, banned for a while, or broken on the venue's side: asking later may help. */
const LATER = new Set([418, 425, 429, 500, 502, 503, 504])

/** No venue moves its REST books about; followed, one request of its budget would become twenty, to anywhere. */
const NO_REDIRECT: RequestInit = { redirect: "manual" }
const isRedirect = (status: number): boolean => status >= 300 && status < 400

export interface RestAnswer {
  readonly status: number
  readonly body: string
}

/** One bounded attempt. `begun` is run when its turn among the requests under way has come. */
export const askOnce = (
  venue: Venue,
  url: string,
  weight: number,
  begun: Effect.Effect<void> = Effect.void
): Effect.Effect<RestAnswer, RestFault | RestOversized> =>
  venue.budget.restAtATime.withPermit(
    Effect.andThen(begun, get(venue, url)).pipe(
      Effect.timeout(TIMEOUT),
      Effect.catchTags({
        HttpClientError: (error) => failed(venue, error, weight),
        TimeoutError: () => Effect.fail(new RestTimedOut({ limit: TIMEOUT }))
      })
    )
  )

const get = Effect.fnUntraced(function* (venue: Venue, url: string) {
  const response = yield* Effect.provideService(
    venue.http.get(url, { headers: { "user-agent": "level4" } }),
    FetchHttpClient.RequestInit,
    NO_REDIRECT
  )
  const { status } = response
  const host = new URL(url).host
  if (!LATER.has(status) && !isRedirect(status)) {
    const bound = venue.maxBody ?? MAX_BODY
    return { status, body: yield* bounded(response, host, bound) }
  }
  // read, so that its connection can be used again
  yield* Effect.ignore(bounded(response, host, MAX_ERROR_BODY))
  const { "retry-after": header, date } = response.headers
  const quiet = quietMs(status, { "retry-after": header, date }, yield* Clock.currentTimeMillis)
  const fault = isRedirect(status)
    ? new RestRedirected({ status, host, location: response.headers.location ?? "" })
    : new RestRefused({ status, host })
  // what the venue says to one feed holds for all of them: they wait in the queue, not each for itself
  if (quiet !== null) venue.budget.rest?.block(quiet, yield* monotonicMillis, faultSentence(fault))
  return yield* Effect.fail(fault)
})

/** A failure below HTTP. What reached nobody was counted by nobody. */
const failed = (venue: Venue, error: HttpClientError.HttpClientError, weight: number): RestFault => {
  const { detail: says, code, unreachable } = networkFault("cause" in error.reason ? error.reason.cause : error)
  if (unreachable !== null) venue.budget.rest?.refund(weight)
  return unreachable ?? new RestBroken({ code, says })
}

/** The body's text; not read on once it is larger. */
const bounded = (
  response: HttpClientResponse.HttpClientResponse,
  host: string,
  bound: number
): Effect.Effect<string, HttpClientError.HttpClientError | RestOversized> => {
  const chunks: Array<Uint8Array> = []
  let size = 0
  return response.stream.pipe(
    Stream.runForEach((chunk) => {
      size += chunk.length
      chunks.push(chunk)
      return size > bound ? new RestOversized({ host, bound }) : Effect.void
    }),
    // an answer without a body has no stream
    Effect.catchIf(
      (error) => error._tag === "HttpClientError" && error.reason._tag === "EmptyBodyError",
      () => Effect.void
    ),
    Effect.map(() => new TextDecoder().decode(Buffer.concat(chunks)))
  )
}
