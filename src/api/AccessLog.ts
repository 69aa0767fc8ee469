// Owns the access log: one line a request with method, path, status and milliseconds. Never headers, queries or bodies,
// so no token and no data of a user gets into it. Health checks come often and say little: they are logged at Debug.
// Each is also handed to the tally of /metrics.
import { Clock, Effect } from "effect"
import { HttpServerRequest, type HttpServerResponse } from "effect/http"
import { foreignText } from "../domain/ForeignText.ts"
import type { HttpTally } from "./HttpTally.ts"

const QUIET: ReadonlySet<string> = new Set(["/livez", "/readyz", "/metrics"])

/** Logs each request when its answer is known; an answer that never came, because the client left, counts as 499. */
export const accessLog = <E, R>(
  tally: HttpTally["Service"],
  app: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>
) =>
  Effect.gen(function* () {
    const request = yield* HttpServerRequest.HttpServerRequest
    const started = yield* Clock.monotonicTimeNanos
    return yield* Effect.onExit(app, (exit) =>
      Effect.flatMap(Clock.monotonicTimeNanos, (ended) => {
        const path = request.url.split(/[?#;]/, 1)[0]!
        const status = exit._tag === "Success" ? exit.value.status : 499
        const seconds = Number(ended - started) / 1e9
        tally.record(request.method, path, status, request.headers["upgrade"] === undefined ? seconds : undefined)
        const level = QUIET.has(path) ? "Debug" : "Info"
        return Effect.logWithLevel(level)(
          `${request.method} ${foreignText(path, 256)} ${status} ${(seconds * 1000).toFixed(1)}ms`
        )
      })
    )
  })
