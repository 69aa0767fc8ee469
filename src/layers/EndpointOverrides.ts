// Owns the reading of LEVEL4_<EXCHANGE>_<MARKET_TYPE>_WS_URL and _REST_URL, which point a venue's endpoint at another
// address, such as a playback server on loopback, and the search for LEVEL4_ variables that nothing reads. What an
// endpoint is without an override is its scheme's; limits are read by LimitOverrides. Invariant: an address that is
// handed out has been parsed.
import { ConfigProvider, Effect, HashMap, Result } from "effect"
import type { EndpointKind } from "../domain/endpointVariable.ts"
import { isLimitVariable, type LimitOverrides, parseLimit, type Rate } from "./LimitOverrides.ts"

export interface EndpointOverrides {
  /** Parsed addresses by their variable. */
  readonly urls: HashMap.HashMap<string, string>
  /** Names of protocols by their variable. */
  readonly protocols: HashMap.HashMap<string, string>
  /** Limits of venues by their variable. */
  readonly limits: LimitOverrides
  /** Variables whose value is unusable, each with what is wrong with it. */
  readonly refused: ReadonlyArray<readonly [variable: string, detail: string]>
  /** LEVEL4_ variables that are neither endpoints nor in `known`: most likely misspelt. */
  readonly unknown: ReadonlyArray<string>
}

const ENDPOINT = /^LEVEL4_.+_(?:SPOT|PERP|INVERSE|FUTURE)_(WS|REST)_URL$/u
const PROTOCOL = /^LEVEL4_.+_(?:SPOT|PERP|INVERSE|FUTURE)_PROTOCOL$/u
const PROTOCOLS = { WS: ["ws:", "wss:"], REST: ["http:", "https:"] }

/** Reads every LEVEL4_ variable of the provider once and sorts them. */
export const readEndpointOverrides = Effect.fnUntraced(function* (known: ReadonlySet<string>) {
  const provider = yield* ConfigProvider.ConfigProvider
  const variables = yield* level4Variables(provider, [])
  let urls = HashMap.empty<string, string>()
  let protocols = HashMap.empty<string, string>()
  const limits = new Map<string, Rate>()
  const refused: Array<readonly [string, string]> = []
  const unknown: Array<string> = []
  for (const [variable, value] of variables) {
    const kind = ENDPOINT.exec(variable)?.[1]
    if (kind === "WS" || kind === "REST") {
      const parsed = parseEndpoint(value, kind)
      if (Result.isSuccess(parsed)) urls = HashMap.set(urls, variable, parsed.success)
      else refused.push([variable, parsed.failure])
    } else if (isLimitVariable(variable)) {
      const parsed = parseLimit(variable, value)
      if (Result.isSuccess(parsed)) limits.set(variable, parsed.success)
      else refused.push([variable, parsed.failure])
    } else if (PROTOCOL.test(variable)) protocols = HashMap.set(protocols, variable, value)
    else if (!known.has(variable)) unknown.push(variable)
  }
  const overrides: EndpointOverrides = { urls, protocols, limits, refused, unknown }
  return overrides
})

const parseEndpoint = (value: string, kind: EndpointKind): Result.Result<string, string> => {
  const allowed = PROTOCOLS[kind]
  if (URL.canParse(value) && allowed.includes(new URL(value).protocol)) return Result.succeed(value)
  return Result.fail(`expected an address that starts with ${allowed.map((protocol) => `${protocol}//`).join(" or ")}`)
}

// A provider shows the environment as a tree cut at each underscore, other sources flat; both have the same leaves.
const level4Variables = (
  provider: ConfigProvider.ConfigProvider,
  path: ReadonlyArray<string>
): Effect.Effect<ReadonlyArray<readonly [string, string]>, ConfigProvider.SourceError> =>
  Effect.gen(function* () {
    const node = yield* provider.load(path)
    if (node === undefined) return []
    const name = path.join("_")
    const own: ReadonlyArray<readonly [string, string]> = node.value === undefined ? [] : [[name, node.value]]
    if (node._tag === "Value") return own
    const keys = node._tag === "Record" ? [...node.keys] : Array.from({ length: node.length }, (_, index) => `${index}`)
    const below = path.length > 0 ? keys : keys.filter((key) => key === "LEVEL4" || key.startsWith("LEVEL4_"))
    const nested = yield* Effect.forEach(below, (key) => level4Variables(provider, [...path, key]))
    return [...own, ...nested.flat()]
  })
