// Owns what a client's words mean: names of channels, and numbers, tags and patterns of markets. Markets that the hub
// knows are found at once; the catalog is asked only for others. Invariant: an order holds what exists, or every fault
// is named.
import { Effect } from "effect"
import { type ConsolidatedName, isConsolidated, type MarketChannelName, readChannel } from "../../domain/ChannelName.ts"
import type { Market } from "../../domain/Market.ts"
import { tagOf } from "../../domain/Market.ts"
import { choose as chooseByName, folded } from "../../domain/Names.ts"
import type { Catalog } from "../../layers/Catalog.ts"
import { isOfPair } from "../../hub/Consolidated.ts"
import type { Hub } from "../../hub/Hub.ts"
import type { MarketChannel } from "../../hub/MarketChannel.ts"
import type { Place } from "../../hub/Place.ts"
import type { SchemaFault } from "../schemaFaults.ts"
import { isPattern, type MarketPattern, marketPattern } from "../../domain/MarketPattern.ts"
import type { Subscribe, Unsubscribe } from "./Protocol.ts"
import type { Order } from "./Subscriber.ts"

export interface Markets {
  readonly hub: Hub
  readonly catalog: Catalog["Service"]
}

type Faults = ReadonlyArray<SchemaFault>

/** The order of a message, or its faults. */
export const readOrder = (markets: Markets, message: Subscribe | Unsubscribe): Effect.Effect<Order, Faults> =>
  Effect.gen(function* () {
    const faults: Array<SchemaFault> = []
    const channels: Array<MarketChannelName<string>> = []
    const consolidated: Array<ConsolidatedName> = []
    for (const [index, text] of message.channels.entries()) {
      const name = readChannel<string>(text, markets.hub.kinds)
      if (typeof name === "string") faults.push({ path: `/channels/${index}`, message: name })
      else if (isConsolidated(name)) consolidated.push(name)
      else channels.push(name)
    }
    if (channels.length > 0 && (message.markets === undefined || message.markets.length === 0)) {
      const example = '[1,"KRAKEN.SPOT:BTC-USD","*.SPOT:BTC-*"] or "*"'
      faults.push({ path: "/markets", message: `Required for ${channels[0]!.name}: e.g. ${example}` })
    }
    faults.push(...(yield* introduce(markets, message.channels, consolidated)))
    const chosen = yield* choose(markets, message.markets === "*" ? ["*"] : (message.markets ?? []))
    faults.push(...chosen.faults)
    const since = message.op === "subscribe" ? readSince(message, chosen.markets, faults) : new Map<number, Place>()
    if (faults.length > 0) return yield* Effect.fail(faults)
    const delivery = (message.op === "subscribe" ? message.delivery : undefined) ?? "lossless"
    return { channels, consolidated, markets: chosen.markets, patterns: chosen.patterns, delivery, since }
  })

/** Makes the hub know every market of the pairs, so that those that are not live are named as left out. */
const introduce = ({ hub, catalog }: Markets, names: ReadonlyArray<string>, wanted: ReadonlyArray<ConsolidatedName>) =>
  Effect.gen(function* () {
    if (wanted.length === 0) return []
    const listed = yield* catalog.markets({}).pipe(
      // what the hub knows can be answered without the catalog
      Effect.catchTag("CatalogUnavailable", () => Effect.succeed([]))
    )
    return wanted.flatMap(({ name, pair, type }): Faults => {
      for (const market of listed) if (isOfPair(market, pair, type)) hub.channel(market)
      if ([...hub.channels.values()].some(({ market }) => isOfPair(market, pair, type))) return []
      return [{ path: `/channels/${names.indexOf(name)}`, message: `There is no ${type} market of ${pair}` }]
    })
  })

const readSince = (
  { since = {}, run }: Subscribe,
  markets: ReadonlyArray<MarketChannel>,
  faults: Array<SchemaFault>
): ReadonlyMap<number, Place> => {
  const chosen = new Set<number>(markets.map(({ id }) => id))
  const places = new Map<number, Place>()
  for (const [key, place] of Object.entries(since)) {
    if (/^[1-9]\d{0,15}$/.test(key) && chosen.has(Number(key))) places.set(Number(key), { run, ...place })
    else faults.push({ path: `/since/${key}`, message: `${key.slice(0, 32)} is not the number of a market in markets` })
  }
  return places
}

type Selector = number | string

const choose = (
  { hub, catalog }: Markets,
  selectors: ReadonlyArray<Selector>
): Effect.Effect<{ markets: ReadonlyArray<MarketChannel>; patterns: ReadonlyArray<MarketPattern>; faults: Faults }> =>
  Effect.gen(function* () {
    const patterns = selectors
      .filter((one) => typeof one === "string")
      .filter(isPattern)
      .map(marketPattern)
    const exact = selectors.filter((one) => typeof one === "number" || !isPattern(one))
    const found = new Set<MarketChannel>()
    const faults: Array<SchemaFault> = []
    const running = known(hub)
    // a tag that differs in case alone may be the exact one of a market that the hub does not know yet
    const unknown = exact.filter((one) => !isExact(one, running(one)))
    const listed = unknown.length === 0 ? running : yield* listing(catalog)
    for (const [index, selector] of selectors.entries()) {
      if (typeof selector === "string" && isPattern(selector)) continue
      const here = running(selector)
      const market = isExact(selector, here) || typeof listed === "string" ? here : listed(selector)
      const message = typeof listed === "string" ? listed : noSuch(selector)
      if (typeof market === "object") found.add(hub.channel(market))
      else faults.push({ path: `/markets/${index}`, message: market ?? message })
    }
    for (const channel of hub.channels.values()) {
      if (patterns.some(({ matches }) => matches(channel.tag))) found.add(channel)
    }
    return { markets: [...found], patterns, faults }
  })

const noSuch = (selector: Selector): string =>
  typeof selector === "number"
    ? `There is no market with id ${selector}; GET /markets lists those that exist`
    : `There is no market ${selector}; GET /markets lists those that exist, and * stands for any text`

const isExact = (selector: Selector, market: Market | string | undefined): boolean =>
  typeof market === "object" && (typeof selector === "number" || tagOf(market) === selector)

/**
 * Finds markets by number or tag, the exact one first, else the only one but for case; says it where there are several.
 */
const finder = (markets: ReadonlyArray<Market>): ((selector: Selector) => Market | string | undefined) => {
  const byId = new Map<number, Market>(markets.map((market) => [market.id, market]))
  let byTag: Map<string, Array<Market>> | undefined
  return (selector) => {
    if (typeof selector === "number") return byId.get(selector)
    byTag ??= Map.groupBy(markets, (market) => folded(tagOf(market)))
    const alike = byTag.get(folded(selector)) ?? []
    const chosen = chooseByName(alike, selector, tagOf)
    if (chosen !== "several") return chosen === "none" ? undefined : chosen
    return `Several markets have the tag ${selector}; name one by its id: ${alike.map(({ id }) => id).join(", ")}`
  }
}

/** Finds markets that the hub knows; their tags are gathered only where one is asked for. */
const known = (hub: Hub): ((selector: Selector) => Market | string | undefined) => {
  const channels: ReadonlyMap<number, MarketChannel> = hub.channels
  let byTag: ((selector: Selector) => Market | string | undefined) | undefined
  return (selector) => {
    if (typeof selector === "number") return channels.get(selector)?.market
    byTag ??= finder([...channels.values()].map(({ market }) => market))
    return byTag(selector)
  }
}

const listing = (catalog: Catalog["Service"]) =>
  catalog.markets({}).pipe(
    Effect.map(finder),
    Effect.catchTag("CatalogUnavailable", ({ detail }) =>
      Effect.succeed(`Only markets whose feed has run can be named now: ${detail}`)
    )
  )
