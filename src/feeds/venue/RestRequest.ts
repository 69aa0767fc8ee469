// Owns one REST request to a venue: asked once, in bounded time, its body bounded while it is read (as decompressed)
// and judged by its status. When to ask, and whether again, is decided by RestBook. Invariants: what the venue asks of
// us in an answer (Retry-After) counts for the whole venue's budget, and a request that reached nobody costs none of
// it.
import { Effect, Schema, Stream } from "effect"
import { FetchHttpClient, type HttpClientError, type HttpClientResponse } from "effect/http"
import { foreignText } from "../../domain/ForeignText.ts"
import { LossCause, Oversized, RestRefused } from "../core/LossCause.ts"
import { monotonicMillis } from "../core/Now.ts"
import { networkFault } from "./NetworkFault.ts"
import { quietMs } from "./RetryAfter.ts"
import type { Venue } from "./Venue.ts"

const TIMEOUT = "10 seconds"
/** Where the scheme says nothing. The largest whole book that was seen by REST is far below (sheets, 2026-09). */
const MAX_BODY = 8 << 20
/** Of an answer whose status says enough. */
const MAX_ERROR_BODY = 64 << 10
/** Asked to slow down, banned for a while, or broken on the venue's side: asking later may help. */
const LATER = new Set([418, 425, 429, 500, 502, 503, 504])

/** No venue moves its REST books about; followed, one request of its budget would become twenty, to anywhere. */
const NO_REDIRECT: RequestInit = { redirect: "manual" }
const isRedirect = (status: number): boolean => status >= 300 && status < 400

/** No answer that could be used, for now. */
export class TryLater extends Schema.TaggedError<TryLater>()("TryLater", {
  detail: Schema.String,
  cause: LossCause
}) {}

/** The answer is larger than a book of this venue can be. */
export class TooLarge extends Schema.TaggedError<TooLarge>()("TooLarge", {
  detail: Schema.String,
  bound: Schema.Number
}) {}

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
): Effect.Effect<RestAnswer, TryLater | TooLarge> =>
  venue.budget.restAtATime.withPermit(
    Effect.andThen(begun, get(venue, url)).pipe(
      Effect.timeout(TIMEOUT),
      Effect.catchTags({
        HttpClientError: (error) => failed(venue, error, weight),
        TimeoutError: () => later(`no answer within ${TIMEOUT}`, null)
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
    const body = yield* Effect.catchTag(
      bounded(response, bound),
      "Oversized",
      () => new TooLarge({ detail: `the REST book of ${host} is larger than ${bound} bytes`, bound })
    )
    return { status, body }
  }
  // read, so that its connection can be used again
  yield* Effect.ignore(bounded(response, MAX_ERROR_BODY))
  const { "retry-after": header, date } = response.headers
  const quiet = quietMs(status, { "retry-after": header, date }, Date.now())
  const detail = isRedirect(status)
    ? `${status} from ${host}, which sends us elsewhere (${foreignText(response.headers.location ?? "", 100)}); that is not followed`
    : `${status} from ${host}`
  // what the venue says to one feed holds for all of them: they wait in the queue, not each for itself
  if (quiet !== null) venue.budget.rest?.block(quiet, yield* monotonicMillis, detail)
  return yield* later(detail, status)
})

const later = (detail: string, status: number | null) => new TryLater({ detail, cause: new RestRefused({ status }) })

/** A failure below HTTP. What reached nobody was counted by nobody. */
const failed = (venue: Venue, error: HttpClientError.HttpClientError, weight: number): TryLater => {
  const { detail, unreachable } = networkFault("cause" in error.reason ? error.reason.cause : error)
  if (unreachable !== null) venue.budget.rest?.refund(weight)
  return new TryLater({ detail, cause: unreachable ?? new RestRefused({ status: null }) })
}

/** The body's text; not read on once it is larger. */
const bounded = (
  response: HttpClientResponse.HttpClientResponse,
  bound: number
): Effect.Effect<string, HttpClientError.HttpClientError | Oversized> => {
  const chunks: Array<Uint8Array> = []
  let size = 0
  return response.stream.pipe(
    Stream.runForEach((chunk) => {
      size += chunk.length
      chunks.push(chunk)
      return size > bound ? new Oversized({ bound }) : Effect.void
    }),
    // an answer without a body has no stream
    Effect.catchIf(
      (error) => error._tag === "HttpClientError" && error.reason._tag === "EmptyBodyError",
      () => Effect.void
    ),
    Effect.map(() => new TextDecoder().decode(Buffer.concat(chunks)))
  )
}
