// Owns whose pages and by which names the service may be called. A browser sends a page's origin with all that could
// change something, and the name that it dialled as Host: a foreign origin is refused where it could do harm, and a
// foreign name is refused always, since a name that an attacker points at loopback (DNS rebinding) makes his page look
// like ours. Pure; who the caller is, is known by tokens (Tokens.ts). Invariant: no origin is ever allowed by a
// wildcard.
import { isIPv4 } from "node:net"
import { hostNotAllowed, originNotAllowed, type Problem } from "./GeneralProblems.ts"

/** What of a request is looked at; header names are lower case. */
interface Caller {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string | undefined>>
}

export interface OriginRules {
  readonly host: string
  readonly allowedHosts: ReadonlyArray<string>
  readonly allowedOrigins: ReadonlyArray<string>
}

/** Which of a request's names is none that may call, and the answer to it. */
interface ForeignName {
  readonly reason: "host" | "origin"
  readonly problem: Problem
}

export interface Origins {
  /** Why this request is refused; undefined: its names are fine. */
  readonly refusal: (caller: Caller) => ForeignName | undefined
  /** Headers by which a browser lets a listed page read the answer; none for others. */
  readonly sharing: (caller: Caller) => Readonly<Record<string, string>>
  /** The answer, in headers, to a listed page that asks whether it may call; undefined: it is no such question. */
  readonly preflight: (
    caller: Caller,
    methods: () => string | undefined
  ) => Readonly<Record<string, string>> | undefined
}

const SAFE: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"])
/**
 * What pages send: tokens, bodies, places, and the headers by which tracing clients (Effect's own among them) link
 * spans.
 */
const ALLOWED_HEADERS = "Authorization, Content-Type, Last-Event-ID, traceparent, tracestate, b3"
const ANY_ADDRESS: ReadonlySet<string> = new Set(["0.0.0.0", "::", "[::]"])

export const makeOrigins = (rules: OriginRules): Origins => {
  const names = new Set([...rules.allowedHosts, bracketed(rules.host.toLowerCase())])
  const origins = new Set(rules.allowedOrigins)
  const anyAddress = ANY_ADDRESS.has(rules.host)
  const isOurs = (name: string) =>
    // a name can be pointed at this machine by anybody, an address can't
    isLoopback(name) || names.has(name) || (anyAddress && (isIPv4(name) || name.startsWith("[")))
  const listed = ({ headers }: Caller): string | undefined =>
    headers["origin"] !== undefined && origins.has(headers["origin"]) ? headers["origin"] : undefined

  const refusal = (caller: Caller): ForeignName | undefined => {
    const authority = authorityOf(caller)
    if (authority !== undefined && !isOurs(nameOf(authority)))
      return { reason: "host", problem: hostNotAllowed(authority) }
    const { origin } = caller.headers
    if (origin === undefined || listed(caller) !== undefined || origin.replace(/^https?:\/\//, "") === authority) {
      return undefined
    }
    return SAFE.has(caller.method) && caller.headers["upgrade"] === undefined
      ? undefined
      : { reason: "origin", problem: originNotAllowed(origin) }
  }
  const sharing = (caller: Caller): Readonly<Record<string, string>> => {
    const origin = listed(caller)
    if (origin === undefined) return origins.size === 0 ? {} : { vary: "Origin" }
    return {
      vary: "Origin",
      "access-control-allow-origin": origin,
      "access-control-expose-headers": "Retry-After, WWW-Authenticate, Allow, Age, Link"
    }
  }
  const preflight = (caller: Caller, methods: () => string | undefined) => {
    const asked = caller.headers["access-control-request-method"]
    if (caller.method !== "OPTIONS" || asked === undefined || listed(caller) === undefined) return undefined
    const known = methods()
    if (known === undefined) return undefined
    return {
      "access-control-allow-methods": known,
      "access-control-allow-headers": ALLOWED_HEADERS,
      "access-control-max-age": "600",
      ...(caller.headers["access-control-request-private-network"] === "true"
        ? { "access-control-allow-private-network": "true" }
        : {})
    }
  }
  return { refusal, sharing, preflight }
}

/** The name dialled, with its port. An absolute address overrules the Host header (RFC 9112, 3.2.2). */
const authorityOf = ({ headers, url }: Caller): string | undefined =>
  (/^https?:\/\/(?:[^/?#@]*@)?([^/?#]*)/i.exec(url)?.[1] ?? headers["host"])?.toLowerCase()

const nameOf = (authority: string): string => authority.replace(/:\d*$/, "").replace(/(?<=.)\.$/, "")

const bracketed = (host: string): string => (host.includes(":") && !host.startsWith("[") ? `[${host}]` : host)

const isLoopback = (name: string): boolean =>
  name === "localhost" || name.endsWith(".localhost") || name === "[::1]" || (isIPv4(name) && name.startsWith("127."))
