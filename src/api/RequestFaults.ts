// Owns how a request that the contract's schemas refuse is answered: 400 with every fault and a JSON pointer to each.
// An answer of ours that its own schema refuses is a bug: logged with its cause, 500 without a word of it to the
// client.
import { Effect, Result } from "effect"
import { HttpServerRequest } from "effect/http"
import { type HttpApiError, HttpApiMiddleware } from "effect/http-api"
import { INTERNAL } from "./GeneralProblems.ts"
import { RequestFaults } from "./Guards.ts"
import { InternalErrorProblem, InvalidRequestProblem, type RequestFault } from "./Problems.ts"
import { schemaFaults, textFaults } from "./schemaFaults.ts"

const PLACES = { Params: "path", Query: "query", Headers: "header", Payload: "body" } as const

export const layerRequestFaults = HttpApiMiddleware.layerSchemaErrorTransform(RequestFaults, (error) => {
  if (error.kind === "Body" || error.kind === "ResponseHeaders") {
    return Effect.logError("An answer did not fit its own schema", error.cause).pipe(
      Effect.andThen(new InternalErrorProblem({ detail: INTERNAL }))
    )
  }
  const place = PLACES[error.kind]
  return Effect.flatMap(place === "body" ? bodyFaults(error) : Effect.succeed(faults(error, place)), (errors) =>
    Effect.fail(new InvalidRequestProblem({ errors, detail: summary(errors) }))
  )
})

const faults = (
  { cause: { issue } }: HttpApiError.HttpApiSchemaError,
  place: RequestFault["in"]
): ReadonlyArray<RequestFault> =>
  (place === "body" ? schemaFaults : textFaults)(issue).map(({ message, path }) => ({ in: place, path, message }))

// a body that is no JSON at all has one fault, and the parser's own words for it are better than the schema's
const bodyFaults = (error: HttpApiError.HttpApiSchemaError) =>
  Effect.gen(function* () {
    const request = yield* HttpServerRequest.HttpServerRequest
    const text = yield* Effect.orElseSucceed(request.text, () => "")
    const parsed = Result.try({ try: (): unknown => JSON.parse(text), catch: (cause) => String(cause) })
    if (Result.isSuccess(parsed)) return faults(error, "body")
    const message =
      text.trim() === ""
        ? "Expected a JSON object, but the body is empty"
        : `Expected valid JSON (${parsed.failure.replace(/^SyntaxError: /, "")})`
    return [{ in: "body" as const, path: "", message }]
  })

const summary = (errors: ReadonlyArray<RequestFault>): string => {
  const shown = errors.slice(0, 5).map(({ in: place, message, path }) => `${place}${path && ` ${path}`}: ${message}`)
  const rest = errors.length - shown.length
  return `${shown.join("; ")}${rest > 0 ? `; and ${rest} more, see errors` : ""}.`
}
