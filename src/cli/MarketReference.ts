// Owns how a market is named on the command line: by its number or by its tag. Tags are compared without case and
// looked up in the service's list, which is asked for once and only if there is a tag.
import { Effect, Option, Schema } from "effect"
import { Argument } from "effect/cli"
import { type ListedMarket, MarketId } from "../domain/Market.ts"
import type { CallFailure, Client } from "./Client.ts"
import { choose, folded } from "../domain/Names.ts"
import { NotInCatalog } from "./Failures.ts"

/** A number, or the text of a tag. */
export type MarketReference = MarketId | string

/** A market as it is typed; none where it can be neither number nor tag. */
export const parseReference = (text: string): Option.Option<MarketReference> =>
  /^\d+$/.test(text)
    ? Schema.decodeOption(MarketId)(Number(text))
    : text.includes(":")
      ? Option.some(text)
      : Option.none()

export const marketReference = Argument.String("market").pipe(
  Argument.withMetavar("<id|tag>"),
  Argument.withDescription("The market's number, or its tag such as KRAKEN.SPOT:BTC-USD"),
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
      : byTag(reference, listed)
  )
})

/** The number of one market. */
export const resolveMarket = (client: Client, reference: MarketReference) =>
  Effect.map(resolveMarkets(client, [reference]), ([market]) => market!.id)

// old catalogs may hold a tag more than once
const byTag = (tag: string, listed: ReadonlyArray<ListedMarket>): Effect.Effect<NamedMarket, NotInCatalog> => {
  const chosen = choose(listed, tag, (market) => market.tag)
  if (typeof chosen === "object") return Effect.succeed({ id: chosen.id, label: chosen.tag })
  const alike = listed.filter((market) => folded(market.tag) === folded(tag))
  return new NotInCatalog({
    detail:
      chosen === "none"
        ? `no market has the tag ${tag}; see: level4 markets list`
        : `several markets have the tag ${tag}; name one by its number: ${alike.map(({ id }) => id).join(", ")}`
  })
}
