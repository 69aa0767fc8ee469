// Owns how a market is named on the command line: by its number, by its tag, or by ccxt's symbol where only one market
// of the catalog has it (unifiedSymbol.ts). Names are compared without case and looked up in the service's list, which
// is asked for once and only if there is a name. Invariant: what is not sure to be meant is never taken; the refusal
// says which tags may be.
import { Effect, Option, Schema } from "effect"
import { Argument } from "effect/cli"
import { nearestName } from "../domain/editDistance.ts"
import { type ListedMarket, MarketId } from "../domain/Market.ts"
import { choose, folded } from "../domain/Names.ts"
import type { CallFailure, Client } from "./Client.ts"
import { NotInCatalog } from "./Failures.ts"
import { isNamedBy, isOfPair, type UnifiedSymbol, unifiedSymbol } from "./unifiedSymbol.ts"

/** A number, or the text of a name. */
export type MarketReference = MarketId | string

/** A market's number or name as it is typed; none where it can be neither. */
export const parseReference = (text: string): Option.Option<MarketReference> =>
  /^\d+$/.test(text)
    ? Schema.decodeOption(MarketId)(Number(text))
    : /^[^\p{C}]*[^\p{C}\s][^\p{C}]*$/u.test(text)
      ? Option.some(text)
      : Option.none()

export const marketReference = Argument.String("market").pipe(
  Argument.withMetavar("<id|tag>"),
  Argument.withDescription(
    "The market's number, its tag such as KRAKEN.SPOT:BTC-USD, or ccxt's symbol such as BTC/USDT:USDT or kraken:BTC/USD"
  ),
  Argument.filterMap(parseReference, () => "Expected a market's number or tag, such as 3 or KRAKEN.SPOT:BTC-USD")
)

/** A market to speak to, and how to speak of it. */
export interface NamedMarket {
  readonly id: MarketId
  readonly label: string
}

export const resolveMarkets = Effect.fnUntraced(function* (
  client: Client,
  references: ReadonlyArray<MarketReference>
): Effect.fn.Return<ReadonlyArray<NamedMarket>, CallFailure | NotInCatalog> {
  const listed = references.some((reference) => typeof reference === "string") ? yield* client.markets({}) : []
  return yield* Effect.forEach(references, (reference) =>
    typeof reference === "number"
      ? Effect.succeed({ id: reference, label: `market ${reference}` })
      : byName(reference, listed)
  )
})

/** The number of one market. */
export const resolveMarket = (client: Client, reference: MarketReference) =>
  Effect.map(resolveMarkets(client, [reference]), ([market]) => market!.id)

const byName = (name: string, listed: ReadonlyArray<ListedMarket>): Effect.Effect<NamedMarket, NotInCatalog> => {
  const found = find(name, listed)
  return typeof found === "string"
    ? new NotInCatalog({ detail: found })
    : Effect.succeed({ id: found.id, label: found.tag })
}

/** The market, or a sentence that says why none is meant and which may be. */
const find = (name: string, listed: ReadonlyArray<ListedMarket>): ListedMarket | string => {
  const chosen = choose(listed, name, (market) => market.tag)
  if (typeof chosen === "object") return chosen
  if (chosen === "several") {
    // old catalogs may hold a tag more than once
    const alike = listed.filter((market) => folded(market.tag) === folded(name))
    return `several markets have the tag ${name}; name one by its number: ${alike.map(({ id }) => id).join(", ")}`
  }
  const symbol = unifiedSymbol(name)
  const named = symbol === null ? [] : listed.filter((market) => isNamedBy(symbol, market))
  if (named.length > 1) return `several markets are ${name}; name one by its tag: ${tagsOf(named)}`
  const spelled = listed.filter(({ native_symbol }) => folded(native_symbol ?? "") === folded(name))
  return (
    named[0] ??
    (spelled.length > 0
      ? `${name} is an exchange's own spelling; name the market by its tag: ${tagsOf(spelled)}`
      : symbol === null
        ? `no market has the tag ${name}; ${nearest(name, listed)}`
        : noSuchPair(name, symbol, listed))
  )
}

const SEE = "see: level4 markets list"

const nearest = (name: string, listed: ReadonlyArray<ListedMarket>): string => {
  const tags = listed.map((market) => market.tag)
  const tag = nearestName(name, tags)
  return tag === null ? SEE : `did you mean ${tag}?`
}

const noSuchPair = (name: string, symbol: UnifiedSymbol, listed: ReadonlyArray<ListedMarket>): string => {
  const pair = listed.filter((market) => isOfPair(symbol, market))
  const hint = pair.length === 0 ? SEE : `of that pair there are ${tagsOf(pair)}`
  return `no market of the catalog is ${name}, the ${symbol.marketType} of ${symbol.base}-${symbol.quote}; ${hint}`
}

/** Tags that are listed in one message. */
const MOST_TAGS = 10

const tagsOf = (markets: ReadonlyArray<ListedMarket>): string => {
  const tags = markets.slice(0, MOST_TAGS).map(({ tag }) => tag)
  return markets.length > MOST_TAGS ? `${tags.join(", ")} and ${markets.length - MOST_TAGS} more` : tags.join(", ")
}
