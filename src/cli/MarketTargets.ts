// Owns how several markets are named at once on the command line: by numbers, tags and patterns of tags. Patterns mean
// what the catalog holds when they are read; a single name is MarketReference's.
import { Effect, Option } from "effect"
import { Argument } from "effect/cli"
import { isPattern } from "../domain/MarketPattern.ts"
import type { Client } from "./Client.ts"
import { NotInCatalog } from "./Failures.ts"
import { type MarketReference, parseReference, resolveMarkets } from "./MarketReference.ts"

/** All that match. */
export interface Pattern {
  readonly pattern: string
}
export type MarketTarget = MarketReference | Pattern

export const singles = (targets: ReadonlyArray<MarketTarget>): ReadonlyArray<MarketReference> =>
  targets.filter((target) => typeof target !== "object")
export const patterns = (targets: ReadonlyArray<MarketTarget>): ReadonlyArray<Pattern> =>
  targets.filter((target) => typeof target === "object")

const parse = (text: string): Option.Option<MarketTarget> =>
  isPattern(text) ? Option.some({ pattern: text }) : parseReference(text)

export const marketTargets = (min: number) =>
  Argument.String("market").pipe(
    Argument.withMetavar("<id|tag|pattern>"),
    Argument.withDescription("Numbers, tags such as KRAKEN.SPOT:BTC-USD, or quoted patterns such as 'KRAKEN.*'"),
    Argument.filterMap(parse, () => "Expected a market's number or tag, such as 3 or KRAKEN.SPOT:BTC-USD"),
    Argument.variadic({ min })
  )

export const noMatch = (pattern: string) =>
  new NotInCatalog({ detail: `no market matches ${pattern}; see: level4 markets list` })

/** Every market that is named, once; a pattern that none matches is a failure, as a name is that none has. */
export const resolveTargets = Effect.fnUntraced(function* (client: Client, targets: ReadonlyArray<MarketTarget>) {
  const named = yield* resolveMarkets(client, singles(targets))
  const matching = yield* Effect.forEach(patterns(targets), ({ pattern }) =>
    Effect.filterOrFail(
      client.markets({ tag: pattern }),
      (markets) => markets.length > 0,
      () => noMatch(pattern)
    )
  )
  const all = [...named, ...matching.flat().map(({ id, tag }) => ({ id, label: tag }))]
  return [...new Map(all.map((market) => [market.id, market])).values()]
})
