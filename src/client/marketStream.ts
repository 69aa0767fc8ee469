// Owns the stream of market events over as many connections as it takes: one after the other, with the pauses that the
// schedule sets, for as long as somebody reads. Invariant: it ends only by its reader, by a refusal, or when the
// schedule does.
import { Duration, Effect, type Pull, type Redacted, Schedule, Stream } from "effect"
import { type Connection, connection } from "./Connection.ts"
import type { StreamFailure } from "./StreamFailures.ts"
import type { StreamRequest } from "./StreamRequest.ts"
import { type Reconnect, StreamSession } from "./StreamSession.ts"
import type { StreamValue } from "./StreamValue.ts"

export interface StreamOptions {
  /** The service, e.g. http://127.0.0.1:4004. */
  readonly url: string
  /** The reader's or the operator's token, where the service has one. */
  readonly token?: Redacted.Redacted | undefined
  /** When to connect again; for ever if left out: after 250 ms, then doubled up to 30 s, each jittered. */
  readonly reconnect?: Reconnect | undefined
  /** Bytes that may wait for the reader, 1 MiB if left out; beyond that the socket is not read. */
  readonly buffer?: number | undefined
  /** A service that says nothing for so long is given up; 60 s if left out. It pings every 20 s. */
  readonly silence?: Duration.Input | undefined
}

// jitter after the cap, or all clients come back together
const capped = Schedule.min([Schedule.exponential("250 millis"), Schedule.spaced("30 seconds")])
const patiently: Reconnect = Schedule.jittered(capped)

export const marketStream = (
  options: StreamOptions,
  request: StreamRequest
): Stream.Stream<StreamValue, StreamFailure> => {
  const { url, token, reconnect = patiently, buffer = 1 << 20, silence = "60 seconds" } = options
  const wanted = { url, token, buffer, silence: Duration.toMillis(silence) }
  return Stream.suspend(() => {
    const session = new StreamSession(request, reconnect)
    const once = Effect.gen(function* () {
      yield* session.patience
      const open = yield* connection(wanted)
      session.subscribe(open)
      return valuesOf(session, open)
    })
    return Stream.unwrap(once).pipe(
      Stream.catchTag("StreamLost", (lost) => Stream.fromEffect(session.lost(lost))),
      Stream.forever
    )
  })
}

/** Everything that waits is read at once: the reader's own pace is the only queue. */
const valuesOf = (session: StreamSession, open: Connection) => {
  const some: Pull.Pull<readonly [StreamValue, ...Array<StreamValue>], StreamFailure> = Effect.flatMap(
    session.next(open),
    (values) => {
      const [first, ...rest] = values
      return first === undefined ? some : Effect.succeed([first, ...rest] as const)
    }
  )
  return Stream.fromPull(Effect.succeed(some))
}
