// Owns what every request passes, whatever its route: access log, admission (Admission.ts), body limit, the headers by
// which browsers share an answer with a listed page, and the promise that an error is a problem.
// Invariant: nothing but an interruption by the client itself leaves here as anything else than a complete response.
import * as NodeHttpServerRequest from "@effect/platform-node/NodeHttpServerRequest"
import { ByteSize, Cause, Effect, Option } from "effect"
import { HttpRouter, HttpServerError, HttpServerRequest, HttpServerResponse, ProblemDetails } from "effect/http"
import { accessLog } from "./AccessLog.ts"
import {
  bare,
  malformedPath,
  MAX_BODY_BYTES,
  methodNotAllowed,
  noHost,
  payloadTooLarge,
  type Problem,
  routeNotFound,
  severalHosts,
  tooManyConnections,
  unsupportedContentEncoding,
  unsupportedMediaType
} from "./GeneralProblems.ts"
import { Admission } from "./Admission.ts"
import { HttpTally } from "./HttpTally.ts"
import { allowedMethods } from "./Routes.ts"
import { withStreamToken } from "./StreamToken.ts"

type Request = HttpServerRequest.HttpServerRequest
type Response = HttpServerResponse.HttpServerResponse
type App<E, R> = Effect.Effect<Response, E, R>

const RETRY_AFTER_SECONDS = "2"

/** The one middleware around all routes. */
export const layerPipeline = HttpRouter.middleware(
  Effect.gen(function* () {
    const admission = yield* Admission
    const tally = yield* HttpTally
    return (app) => accessLog(tally, shared(admission, admitted(admission, answered(withStreamToken(app)))))
  }),
  { global: true }
)

const admitted = <E, R>(admission: Admission["Service"], app: App<E, R>) =>
  Effect.gen(function* () {
    const request = yield* HttpServerRequest.HttpServerRequest
    const refusal = refuse(request)
    if (refusal !== undefined) return finished(refusal)
    const problem = yield* admission.admit(request)
    if (problem !== undefined) return finished(turnedAway(problem))
    const preflight = admission.origins.preflight(request, () => allowedMethods(pathOf(request)))
    return preflight === undefined
      ? yield* app
      : finished(HttpServerResponse.empty({ status: 204, headers: preflight }))
  })

const shared = <E, R>(admission: Admission["Service"], app: App<E, R>) =>
  Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) =>
    Effect.map(app, (response) => HttpServerResponse.setHeaders(response, admission.origins.sharing(request)))
  )

const answered = <E, R>(app: App<E, R>) =>
  Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) =>
    app.pipe(
      Effect.provideService(HttpServerRequest.MaxBodySize, ByteSize.fromInputUnsafe(MAX_BODY_BYTES)),
      Effect.map((response) => withProblem(request, response)),
      Effect.catchCause((cause) => recover(request, cause)),
      Effect.map(finished)
    )
  )

/** What can be refused by its headers alone. */
const refuse = (request: Request): Response | undefined => {
  const hosts = hostHeaders(request)
  if (hosts === 0 && !isHttp10(request)) return respond(noHost, { connection: "close" })
  // of two names one passes the rules and another may be meant by what stands before us
  if (hosts > 1) return respond(severalHosts(hosts), { connection: "close" })
  if (Number(request.headers["content-length"] ?? 0) > MAX_BODY_BYTES) return tooLarge
  const encoding = request.headers["content-encoding"]?.trim().toLowerCase()
  if (encoding === undefined || encoding === "" || encoding === "identity" || !hasBody(request)) return undefined
  return respond(unsupportedContentEncoding(encoding), { "accept-encoding": "identity" })
}

/** How many Host headers there are: Node joins or drops the second one. */
const hostHeaders = (request: Request): number =>
  NodeHttpServerRequest.toIncomingMessage(request).rawHeaders.filter(
    (name, index) => index % 2 === 0 && name.toLowerCase() === "host"
  ).length

const hasBody = ({ headers }: Request): boolean =>
  headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0

const isHttp10 = (request: Request): boolean => NodeHttpServerRequest.toIncomingMessage(request).httpVersion === "1.0"

const respond = (problem: Problem, headers: Record<string, string> = {}): Response =>
  HttpServerResponse.setHeaders(ProblemDetails.toResponse(problem), headers)

// whoever sends too much is not read to the end, so the connection can't be used again
const tooLarge = respond(payloadTooLarge, { connection: "close" })

const turnedAway = (problem: Problem): Response =>
  respond(problem, {
    ...(typeof problem["retry_after"] === "number" ? { "retry-after": String(problem["retry_after"]) } : {}),
    // a connection too many is of no more use
    ...(problem === tooManyConnections ? { connection: "close" } : {})
  })

/** Gives an error that came without a problem the one of its status. */
const withProblem = (request: Request, response: Response): Response => {
  if (response.status < 400 || response.headers["content-type"] === ProblemDetails.contentType) return response
  switch (response.status) {
    case 413:
      return tooLarge
    case 415:
      return respond(unsupportedMediaType(request.headers["content-type"]))
    default:
      return respond(bare(response.status))
  }
}

const recover = <E>(request: Request, cause: Cause.Cause<E>): Effect.Effect<Response, E> => {
  if (Cause.hasInterruptsOnly(cause)) {
    const left = cause.reasons.some(({ annotations }) => annotations.has(HttpServerError.ClientAbort.key))
    return left ? Effect.failCause(cause) : Effect.succeed(respond(bare(503), { connection: "close" }))
  }
  const error = Option.getOrUndefined(Option.fromNullishOr(Cause.squash(cause)))
  if (HttpServerError.isHttpServerError(error)) {
    if (error.reason._tag === "RouteNotFound") return Effect.succeed(unrouted(request))
    if (error.reason._tag === "RequestParseError") {
      return Effect.succeed(error.reason.reason === "BodyTooLarge" ? tooLarge : respond(bare(400)))
    }
  }
  return Effect.as(Effect.logError(`${request.method} ${pathOf(request)} failed`, cause), respond(bare(500)))
}

const pathOf = (request: Request): string => request.url.split(/[?#;]/, 1)[0]!

const unrouted = (request: Request): Response => {
  const path = pathOf(request)
  const allow = allowedMethods(path)
  if (allow === undefined) return respond(isDecodable(path) ? routeNotFound(request.method, path) : malformedPath(path))
  if (request.method === "OPTIONS") return HttpServerResponse.empty({ status: 204, headers: { allow } })
  return respond(methodNotAllowed(request.method, path, allow), { allow })
}

const isDecodable = (path: string): boolean => {
  try {
    decodeURIComponent(path)
    return true
  } catch {
    return false
  }
}

/** Headers that follow from the status alone; books and states age at once, so no answer may be cached. */
const finished = (response: Response): Response =>
  HttpServerResponse.setHeaders(response, {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    ...(response.status === 503 ? { "retry-after": RETRY_AFTER_SECONDS } : {}),
    ...(response.status === 426 ? { upgrade: "websocket" } : {}),
    ...(response.status === 401 ? { "www-authenticate": 'Bearer realm="level4"' } : {})
  })
