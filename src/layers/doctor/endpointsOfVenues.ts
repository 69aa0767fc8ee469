// Owns which addresses a service with these settings would dial, exchange by exchange: those of today's protocols or of
// the ones that settings choose, with overrides in place of the venues' own. Pure. Invariant: an address is in it once
// an exchange, and one whose override can't be read is not replaced by the venue's own.
import { HashMap, Option } from "effect"
import { endpointVariable, type EndpointKind, protocolVariable } from "../../domain/endpointVariable.ts"
import { type Finding, ok } from "../../domain/Finding.ts"
import type { MarketType } from "../../domain/MarketType.ts"
import { schemes } from "../../schemes/Schemes.ts"
import type { TranslationScheme } from "../../schemes/TranslationScheme.ts"
import type { EndpointOverrides } from "../EndpointOverrides.ts"

export interface VenueEndpoint {
  readonly exchange: string
  readonly kind: EndpointKind
  readonly url: string
  readonly marketTypes: ReadonlyArray<MarketType>
  /** The setting that put it in place of the venue's own; null: it is the venue's. */
  readonly variable: string | null
}

/** The schemes that settings choose for a market type. */
const isChosen = (scheme: TranslationScheme, type: MarketType, overrides: EndpointOverrides): boolean => {
  const wanted = Option.getOrNull(HashMap.get(overrides.protocols, protocolVariable(scheme.exchange, type)))
  return (wanted?.toLowerCase() ?? null) === (scheme.alternative?.toLowerCase() ?? null)
}

const endpointsOf = (scheme: TranslationScheme, type: MarketType, overrides: EndpointOverrides) =>
  (["WS", "REST"] as const).flatMap((kind): ReadonlyArray<VenueEndpoint> => {
    const variable = endpointVariable(scheme.exchange, type, kind)
    if (overrides.refused.some(([name]) => name === variable)) return []
    const override = HashMap.get(overrides.urls, variable)
    const { exchange } = scheme
    const marketTypes = [type]
    if (Option.isSome(override)) return [{ exchange, kind, marketTypes, url: override.value, variable }]
    // nothing of a venue that closed is there
    if (scheme.status === "retired") return []
    const own = kind === "WS" ? scheme.lines.map(({ url }) => url) : scheme.rest === null ? [] : [scheme.rest]
    return own.map((url) => ({ exchange, kind, marketTypes, url, variable: null }))
  })

const originOf = (url: string): string => {
  const { protocol, host } = new URL(url)
  return `${protocol}//${host}`
}

/**
 * `exchanges` are compared without case; none: all. `closed` says of the venues asked for by name that have closed,
 * that nothing of them can be reached.
 */
export const endpointsOfVenues = (
  exchanges: ReadonlyArray<string>,
  overrides: EndpointOverrides
): { readonly endpoints: ReadonlyArray<VenueEndpoint>; readonly closed: ReadonlyArray<Finding> } => {
  const named = exchanges.map((name) => name.toLowerCase())
  const asked = schemes.filter(({ exchange }) => named.length === 0 || named.includes(exchange.toLowerCase()))
  const found = new Map<string, VenueEndpoint>()
  for (const scheme of asked) {
    for (const type of scheme.marketTypes.filter((type) => isChosen(scheme, type, overrides))) {
      for (const endpoint of endpointsOf(scheme, type, overrides)) {
        const origin = originOf(endpoint.url)
        const known = found.get(`${scheme.exchange} ${origin}`)
        const marketTypes = [...new Set([...(known?.marketTypes ?? []), type])]
        found.set(`${scheme.exchange} ${origin}`, { ...(known ?? endpoint), url: origin, marketTypes })
      }
    }
  }
  const endpoints = [...found.values()].toSorted((a, b) => a.exchange.localeCompare(b.exchange))
  const closed = new Set(named.length === 0 ? [] : asked.map(({ exchange }) => exchange))
  for (const { exchange } of endpoints) closed.delete(exchange)
  return {
    endpoints,
    closed: [...closed].map((exchange) => ok(exchange, "it has closed, and no setting points its address elsewhere"))
  }
}
