// Owns the token that a browser sends with a websocket: its WebSocket can't set headers, so the token comes as one of
// two subprotocols, `level4` and `bearer.<token>`. Here it becomes the header that Tokens.ts reads; who may pass is
// decided there.
// Invariants: only the opening of /stream is looked at, and a header that is there wins; the answer names `level4`
// alone, so that no token is ever sent back.
import { Effect } from "effect"
import { Headers, HttpServerRequest } from "effect/http"

/** What the service answers of the subprotocols offered to it. */
export const SUBPROTOCOL = "level4"
const PREFIX = "bearer."
const TOKENS = /^[\w!#$%&'*+\-.^`|~]+(?:[ \t]*,[ \t]*[\w!#$%&'*+\-.^`|~]+)*$/

/** The subprotocols offered, in order; undefined where they are none by RFC 6455, 4.1. */
export const offeredSubprotocols = (header: string | undefined): ReadonlyArray<string> | undefined => {
  if (header === undefined) return []
  if (!TOKENS.test(header)) return undefined
  const offered = header.split(",").map((name) => name.trim())
  return new Set(offered).size === offered.length ? offered : undefined
}

/** Hands the token of a browser's opening on as the header that other clients send. */
export const withStreamToken = <A, E, R>(app: Effect.Effect<A, E, R>) =>
  Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) => {
    const token = tokenOf(request)
    if (token === undefined) return app
    const headers = Headers.set(request.headers, "authorization", `Bearer ${token}`)
    return Effect.provideService(app, HttpServerRequest.HttpServerRequest, request.modify({ headers }))
  })

const tokenOf = ({ headers, url }: HttpServerRequest.HttpServerRequest): string | undefined => {
  if (headers["upgrade"] === undefined || headers["authorization"] !== undefined) return undefined
  if (url.split(/[?#]/, 1)[0] !== "/stream") return undefined
  const offered = offeredSubprotocols(headers["sec-websocket-protocol"])
  const sent = offered?.find((name) => name.startsWith(PREFIX))?.slice(PREFIX.length)
  return sent === undefined ? undefined : decoded(sent)
}

/** What a subprotocol can't hold, such as `/` or `=`, is percent-encoded in it. */
const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
