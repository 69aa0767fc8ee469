// Owns the way to venues through an HTTP proxy: HTTPS_PROXY, HTTP_PROXY and NO_PROXY as everywhere, in capitals or not.
// The runtime's own tunnels are used, for REST and websockets alike. Loopback is never asked of a proxy, and a
// websocket without TLS (ws://, which no venue has, only an override) is dialled directly. Invariant: an unusable proxy
// is refused at the start, never met by a feed; when the scope closes REST dials directly again.
import { Effect, Schema, type Scope } from "effect"
import { setGlobalProxyFromEnv } from "node:http"
import { Agent } from "node:https"

/** What the environment names is no HTTP proxy; `detail` says what is expected. */
export class ProxyUnusable extends Schema.TaggedError<ProxyUnusable>()("ProxyUnusable", {
  variable: Schema.String,
  detail: Schema.String
}) {}

type Environment = Readonly<Record<string, string | undefined>>

const LOOPBACK = "localhost,127.0.0.1,[::1],::1"

/** What the runtime has to know of the environment. */
const settings = (env: Environment) => {
  const of = (name: string): string => env[name.toLowerCase()] || env[name] || ""
  const spared = of("NO_PROXY")
  return {
    HTTP_PROXY: of("HTTP_PROXY"),
    HTTPS_PROXY: of("HTTPS_PROXY"),
    NO_PROXY: spared === "" ? LOOPBACK : `${spared},${LOOPBACK}`
  }
}

let tunnels: Agent | undefined

/**
 * Dials websockets, through the proxy where one is set for the address. Undefined: nothing but the dial itself is
 * needed.
 */
export const agentFor = (url: string): Agent | undefined => (url.startsWith("wss:") ? tunnels : undefined)

/** Sends what goes to venues through the proxies of the environment, if it names any, and says so. */
export const useProxies = (env: Environment): Effect.Effect<void, ProxyUnusable, Scope.Scope> => {
  const proxyEnv = settings(env)
  const named = [proxyEnv.HTTPS_PROXY, proxyEnv.HTTP_PROXY].filter((one) => one !== "")
  if (named.length === 0) return Effect.void
  const isUnusable = (proxy: string) => proxy !== "" && !/^https?:$/.test(URL.parse(proxy)?.protocol ?? "")
  const variable = (["HTTPS_PROXY", "HTTP_PROXY"] as const).find((name) => isUnusable(proxyEnv[name]))
  if (variable !== undefined) {
    const detail = "expected the address of an HTTP proxy, such as http://proxy.example:3128"
    return Effect.fail(new ProxyUnusable({ variable, detail }))
  }
  return Effect.acquireRelease(
    Effect.sync(() => {
      tunnels = new Agent({ proxyEnv })
      return setGlobalProxyFromEnv(proxyEnv)
    }),
    (restore) =>
      Effect.sync(() => {
        tunnels = undefined
        restore()
      })
  ).pipe(Effect.andThen(Effect.logInfo(`venues are reached through ${[...new Set(named)].map(shown).join(", ")}`)))
}

/** Without the password. */
const shown = (proxy: string): string => new URL(proxy).origin
