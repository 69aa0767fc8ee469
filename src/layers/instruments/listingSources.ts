// Owns where the listing of an exchange comes from: which of its schemes is asked, for which market types, at which
// address, or why it can't be. The address of a stand-in, such as a simulator, is asked alone: where only the websocket
// of a market type is overridden, the venue itself would list what the stand-in does not have.
import { Option } from "effect"
import { endpointVariable } from "../../domain/endpointVariable.ts"
import type { Instrument } from "../../domain/Instrument.ts"
import type { MarketType } from "../../domain/MarketType.ts"
import { folded } from "../../domain/Names.ts"
import { retirement, standIn } from "../../feeds/market/Retired.ts"
import type { Listing } from "../../schemes/Listing.ts"
import type { TranslationScheme } from "../../schemes/TranslationScheme.ts"
import { endpointsOf, type Settings } from "../Settings.ts"

/** How a source is read. */
export type Way =
  /** Below this REST origin. */
  | { readonly kind: "asked"; readonly origin: string; readonly listing: Listing }
  /** The venue closed; what it listed last. */
  | { readonly kind: "closed"; readonly instruments: ReadonlyArray<Instrument> }
  | { readonly kind: "none"; readonly why: string }

/** What one scheme lists at one address. */
export interface ListingSource {
  readonly scheme: TranslationScheme
  readonly types: ReadonlyArray<MarketType>
  readonly way: Way
}

const NO_WAY = "level4 has no way to ask it"

const wayOf = (scheme: TranslationScheme, type: MarketType, settings: Settings["Service"]): Way => {
  const { exchange, listing } = scheme
  if (listing === null) return { kind: "none", why: NO_WAY }
  const set = endpointsOf(settings, exchange, type)
  const retired = retirement(scheme, type, set)
  if (retired !== null) {
    return listing.closed === undefined
      ? { kind: "none", why: retired }
      : { kind: "closed", instruments: listing.closed }
  }
  const { rest, ws } = standIn(scheme, set)
  if (rest === undefined && ws !== undefined) {
    const [socket, asked] = [endpointVariable(exchange, type, "WS"), endpointVariable(exchange, type, "REST")]
    return { kind: "none", why: `${socket} names another address, and ${asked} does not say where to ask` }
  }
  const origin = (rest ?? scheme.rest)?.replace(/\/+$/, "")
  return origin === undefined ? { kind: "none", why: NO_WAY } : { kind: "asked", origin, listing }
}

/** The sources of all exchanges, by their names without case; settings choose among the protocols of an exchange. */
export const listingSources = (
  schemes: ReadonlyArray<TranslationScheme>,
  settings: Settings["Service"]
): ReadonlyMap<string, ReadonlyArray<ListingSource>> => {
  const sources = new Map<string, ReadonlyArray<ListingSource>>()
  for (const scheme of schemes) {
    const spoken = scheme.marketTypes.filter((type) => {
      const protocol = Option.getOrNull(settings.protocol(scheme.exchange, type))
      return folded(scheme.alternative ?? "") === folded(protocol ?? "")
    })
    const known = sources.get(folded(scheme.exchange)) ?? []
    sources.set(folded(scheme.exchange), [...known, ...byAddress(scheme, spoken, settings)])
  }
  return sources
}

const byAddress = (
  scheme: TranslationScheme,
  types: ReadonlyArray<MarketType>,
  settings: Settings["Service"]
): ReadonlyArray<ListingSource> => {
  const ways = types.map((type) => ({ type, way: wayOf(scheme, type, settings) }))
  const groups = Map.groupBy(ways, ({ way }) =>
    way.kind === "asked" ? way.origin : way.kind === "none" ? way.why : ""
  )
  return [...groups.values()].map((group) => ({ scheme, types: group.map(({ type }) => type), way: group[0]!.way }))
}
