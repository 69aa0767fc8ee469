// Owns the problems that no endpoint can declare, because they come before any: unknown routes, wrong methods, bodies
// too large, what is no HTTP at all. Pure: a status and some context in, a problem out. Invariant: no error leaves
// level4 with an empty body, and none shows its inside.
import type { ProblemDetails } from "effect/http"

/** The largest body a request may have, in bytes. */
export const MAX_BODY_BYTES = 65_536

/** What a client gets to know of a bug of ours. */
export const INTERNAL =
  "level4 failed to answer this request because of a fault of its own; the service's log has the cause."

/** A problem as JSON; `type`, `status`, `title` and `detail` are always there. */
export type Problem = ProblemDetails.ProblemDetails & { readonly status: number; readonly detail: string }

const problem = (name: string, status: number, title: string, detail: string): Problem => ({
  type: `https://level4.dev/problems/${name}`,
  status,
  title,
  detail
})

const SEE = "/openapi.json and /docs list every call."

export const routeNotFound = (method: string, path: string): Problem =>
  problem("route-not-found", 404, "No such route", `There is nothing at ${method} ${cut(path)}. ${SEE}`)

export const malformedPath = (path: string): Problem =>
  problem(
    "malformed-path",
    400,
    "Malformed path",
    `${cut(path)} is not valid percent-encoding: each % needs two hexadecimal digits that form UTF-8.`
  )

export const methodNotAllowed = (method: string, path: string, allow: string): Problem =>
  problem("method-not-allowed", 405, "Method not allowed", `${cut(path)} answers to ${allow}, not to ${method}.`)

export const payloadTooLarge: Problem = {
  ...problem(
    "payload-too-large",
    413,
    "Payload too large",
    `The body is larger than the ${MAX_BODY_BYTES} bytes that are accepted.`
  ),
  max_bytes: MAX_BODY_BYTES
}

export const unsupportedMediaType = (sent: string | undefined): Problem =>
  problem(
    "unsupported-media-type",
    415,
    "Unsupported media type",
    `The body was sent as ${cut(sent ?? "nothing")}; send JSON with the header "Content-Type: application/json".`
  )

export const unsupportedContentEncoding = (encoding: string): Problem =>
  problem(
    "unsupported-media-type",
    415,
    "Unsupported media type",
    `The body was sent with "Content-Encoding: ${cut(encoding)}"; send it as it is, without compression.`
  )

export const hostNotAllowed = (authority: string): Problem =>
  problem(
    "host-not-allowed",
    403,
    "Host not allowed",
    `This service is not called ${cut(authority)}. Call it by an address or name of its own, ` +
      "or list the name in LEVEL4_ALLOWED_HOSTS."
  )

export const originNotAllowed = (origin: string): Problem =>
  problem(
    "origin-not-allowed",
    403,
    "Origin not allowed",
    `Pages of ${cut(origin)} may not do this here. LEVEL4_ALLOWED_ORIGINS lists the origins that may.`
  )

export const tooManyRequests = (retry_after: number): Problem => ({
  ...problem(
    "too-many-requests",
    429,
    "Too many requests",
    "Your address sends more requests than LEVEL4_CLIENT_REQUESTS_PER_SECOND allows. " +
      `Try again in ${retry_after} s; to follow a market, use /stream.`
  ),
  retry_after
})

export const tooManyConnections: Problem = {
  ...problem(
    "too-many-connections",
    429,
    "Too many connections",
    "Your address holds more connections than LEVEL4_CLIENT_CONNECTIONS allows. Close some, then try again."
  ),
  retry_after: 1
}

const OTHERS: Readonly<Record<number, Problem>> = {
  400: problem("bad-request", 400, "Bad request", "What arrived is not a valid HTTP request."),
  408: problem("request-timeout", 408, "Request timeout", "The request was not complete in time; send it again."),
  417: problem(
    "expectation-failed",
    417,
    "Expectation failed",
    'Of all "Expect" headers only 100-continue can be met.'
  ),
  431: problem(
    "header-too-large",
    431,
    "Request header fields too large",
    "The address and headers together are larger than the 16384 bytes that are accepted."
  ),
  500: problem("internal-error", 500, "Internal error", INTERNAL),
  501: problem("not-implemented", 501, "Not implemented", "level4 is no proxy: it has no CONNECT."),
  503: problem("shutting-down", 503, "Shutting down", "The service is stopping; try again when it runs again.")
}

/** The problem of a bare status. */
export const bare = (status: number): Problem => OTHERS[status] ?? OTHERS[status < 500 ? 400 : 500]!

export const noHost: Problem = problem(
  "bad-request",
  400,
  "Bad request",
  'HTTP/1.1 requires a "Host" header, and the request has none.'
)

export const severalHosts = (count: number): Problem =>
  problem(
    "bad-request",
    400,
    "Bad request",
    `The request has ${count} "Host" headers; HTTP/1.1 allows one (RFC 9112, 3.2).`
  )

const cut = (text: string): string => (text.length > 120 ? `${text.slice(0, 120)}…` : text)
