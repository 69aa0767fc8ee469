// Owns a market's REST requests: the books that a scheme asks for, one at a time, the newest request replacing one that
// waits. What an answer means is the session's affair. Invariant: attempts, waiting and bodies are bounded; when the venue
// does not answer at all, the connection is given up and the feed's own backoff takes over.
import { ByteSize, Duration, Effect, Queue, Schedule, Schema } from "effect"
import { type HttpClient, HttpIncomingMessage } from "effect/http"
import { ConnectionLost } from "./ConnectionLost.ts"
import type { FetchRequest } from "./Mediator.ts"

const TIMEOUT = "10 seconds"
const ATTEMPTS = 5
const MAX_BODY = ByteSize.fromInputUnsafe("64 MiB")
/** Asked to slow down, banned for a while, or broken on the venue's side: asking later may help. */
const LATER = new Set([418, 425, 429, 500, 502, 503, 504])

class TryLater extends Schema.TaggedError<TryLater>()("TryLater", { detail: Schema.String, afterMs: Schema.Number }) {}

const backoff = Schedule.min([Schedule.exponential("500 millis"), Schedule.spaced("10 seconds")]).pipe(
  Schedule.jittered,
  Schedule.setInputType<TryLater | ConnectionLost>(),
  Schedule.modifyDelay(({ input, duration }) =>
    Effect.succeed(Duration.max(duration, Duration.millis(input._tag === "TryLater" ? input.afterMs : 0)))
  )
)

const get = Effect.fnUntraced(function* (http: HttpClient.HttpClient, url: string) {
  const response = yield* http.get(url, { headers: { "user-agent": "level4" } })
  const body = yield* response.text
  if (LATER.has(response.status)) {
    const seconds = Number(response.headers["retry-after"] ?? 0)
    return yield* new TryLater({
      detail: `${response.status} from ${new URL(url).host}`,
      afterMs: Number.isFinite(seconds) ? Math.min(seconds, 600) * 1000 : 0
    })
  }
  return { status: response.status, body }
})

/** Serves the requests of one market for ever; `deliver` gets each answer. */
export const restBook = (
  http: HttpClient.HttpClient,
  origin: string,
  requests: Queue.Dequeue<FetchRequest>,
  deliver: (request: FetchRequest, status: number, body: string) => void
): Effect.Effect<never, ConnectionLost> =>
  Effect.gen(function* () {
    const request = yield* Queue.take(requests)
    const url = `${origin.replace(/\/+$/, "")}${request.path}`
    const answer = yield* get(http, url).pipe(
      Effect.timeout(TIMEOUT),
      Effect.provideService(HttpIncomingMessage.MaxBodySize, MAX_BODY),
      Effect.catchTags({
        HttpClientError: (error) => new TryLater({ detail: error.message, afterMs: 0 }),
        TimeoutError: () => new TryLater({ detail: `no answer within ${TIMEOUT}`, afterMs: 0 })
      }),
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
