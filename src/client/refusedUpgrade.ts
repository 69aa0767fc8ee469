// Owns what an answer other than a websocket means: a refusal that stays, or one that a later try may not meet.
// Invariant: no more of the answer is read than a problem document can be long.
import { Effect, Option, Schema } from "effect"
import type { IncomingMessage } from "node:http"
import { StreamLost, StreamRefused } from "./StreamFailures.ts"

const Problem = Schema.fromJsonString(
  Schema.Struct({ title: Schema.String, detail: Schema.optionalKey(Schema.String) })
)
const decodeProblem = Schema.decodeUnknownOption(Problem)
const MAX_BODY = 64 << 10

/** Fails with why the websocket was not opened. */
export const refusedUpgrade = (response: IncomingMessage): Effect.Effect<never, StreamLost | StreamRefused> =>
  Effect.callback((resume) => {
    let body = ""
    let done = false
    const end = () => {
      if (done) return
      done = true
      response.destroy()
      resume(Effect.fail(failureOf(response.statusCode ?? 0, body)))
    }
    response.setEncoding("utf8")
    response.on("data", (chunk: string) => {
      body += chunk
      if (body.length > MAX_BODY) end()
    })
    response.on("end", end)
    response.on("close", end)
    response.on("error", end)
    return Effect.sync(() => response.destroy())
  })

const failureOf = (status: number, body: string): StreamLost | StreamRefused => {
  const problem = Option.getOrNull(decodeProblem(body))
  const title = problem?.title ?? null
  const detail = problem?.detail ?? null
  // too many of something, or not ready: both pass
  if (status === 408 || status === 429 || status >= 500) {
    return new StreamLost({ code: null, reason: `refused for now (${status}): ${detail ?? title ?? "no explanation"}` })
  }
  return new StreamRefused({ status, title, detail, faults: [] })
}
