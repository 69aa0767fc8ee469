// Owns the attempt to reach one address of an exchange, on the way that a feed would take (its proxy included), and
// what it means: a websocket's by a connection with TLS and nothing said on it, a REST origin by one HEAD request,
// whose answer carries the venue's clock. Invariants: bounded in time; the connection is closed when it is known.
import { Clock, Effect } from "effect"
import { request as requestPlain, type ClientRequest, type IncomingMessage } from "node:http"
import { request as requestTls } from "node:https"
import { TLSSocket } from "node:tls"
import { type Finding, fail, ok, warn } from "../../domain/Finding.ts"
import { networkFault } from "../../feeds/venue/NetworkFault.ts"
import { agentFor } from "../../feeds/venue/Proxy.ts"
import type { Dated } from "./clockFindings.ts"
import type { VenueEndpoint } from "./endpointsOfVenues.ts"

/** Milliseconds. */
const LIMIT = 8_000

interface Reached {
  readonly finding: Finding
  /** What the venue's clock said; null where it said nothing. */
  readonly dated: Dated | null
}

export const reachEndpoint = (endpoint: VenueEndpoint): Effect.Effect<Reached> =>
  Effect.gen(function* () {
    const clock = yield* Clock.Clock
    const now = () => clock.currentTimeMillisUnsafe()
    const begun = now()
    const touched = yield* attempt(endpoint, now).pipe(
      Effect.timeoutOrElse({
        duration: LIMIT,
        orElse: () => Effect.fail(`no answer within ${LIMIT / 1000} s`)
      }),
      Effect.result
    )
    const { exchange, kind, marketTypes, url } = endpoint
    const what = `${url} (${marketTypes.join(", ")})`
    if (touched._tag === "Failure") {
      return { finding: fail(exchange, `${what} can't be reached: ${touched.failure}`, fixOf(endpoint)), dated: null }
    }
    const { status, at, sentAt, date } = touched.success
    const took = `${what} ${kind === "WS" ? "is reached" : "answers"} in ${Math.max(0, at - begun)} ms`
    return {
      finding: status === null ? ok(exchange, took) : judged(exchange, took, status),
      dated: date === null ? null : { exchange, venue: date, sentAt, receivedAt: at }
    }
  })

interface Touched {
  /** Of the answer; null where none was asked for. */
  readonly status: number | null
  /** When the connection was there, and when what was wanted had come. */
  readonly sentAt: number
  readonly at: number
  readonly date: number | null
}

const attempt = ({ kind, url }: VenueEndpoint, now: () => number): Effect.Effect<Touched, string> =>
  Effect.callback<Touched, string>((resume) => {
    const isTls = /^(?:wss|https):/.test(url)
    const options = { method: "HEAD", agent: agentFor(url), headers: { "user-agent": "level4" } }
    const request = (isTls ? requestTls : requestPlain)(url.replace(/^ws/, "http"), options)
    let sentAt = now()
    let isDone = false
    const done = (result: Effect.Effect<Touched, string>): void => {
      if (isDone) return
      isDone = true
      request.destroy()
      resume(result)
    }
    request.on("error", (error) => done(Effect.fail(networkFault(error).detail)))
    whenConnected(request, isTls, () => {
      sentAt = now()
      if (kind === "WS") done(Effect.succeed({ status: null, sentAt, at: sentAt, date: null }))
    })
    request.on("response", (response) =>
      done(Effect.succeed({ status: response.statusCode ?? 0, sentAt, at: now(), date: dateOf(response) }))
    )
    request.end()
    return Effect.sync(() => request.destroy())
  })

/** Through a proxy the socket comes with its tunnel, and may have shaken hands already. */
const whenConnected = (request: ClientRequest, isTls: boolean, then: () => void): void => {
  request.once("socket", (socket) => {
    const isReady = socket instanceof TLSSocket ? !socket.connecting && socket.getCipher() !== undefined : false
    if (isReady || request.reusedSocket) then()
    else socket.once(isTls ? "secureConnect" : "connect", then)
  })
}

/** A cache's answer shows when it was made, not what time it is. */
const dateOf = ({ headers }: IncomingMessage): number | null => {
  const at = Date.parse(headers.date ?? "")
  return Number.isNaN(at) || Number(headers.age ?? 0) > 0 ? null : at
}

const judged = (exchange: string, took: string, status: number): Finding => {
  const said = `${took}, with ${status}`
  if (status === 451) {
    return fail(exchange, said, "It serves no one in this country: run level4 elsewhere, or leave this exchange out.")
  }
  if (status === 403) return warn(exchange, said, "It may refuse this country or address; its feeds will show that.")
  if (status === 418 || status === 429) return warn(exchange, said, "It limits this address now: ask it less, wait.")
  if (status >= 500) return warn(exchange, said, "It is out of order, or in maintenance: look at its status page.")
  return ok(exchange, took)
}

const fixOf = ({ url, variable }: VenueEndpoint): string =>
  variable === null
    ? `Look at the way out for ${new URL(url).host}: firewall, HTTPS_PROXY, whether the exchange serves this country.`
    : `See whether anything listens there, or correct ${variable}.`
