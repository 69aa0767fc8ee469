// Owns which exchanges and market types a pattern of tags concerns: those whose listing has to be read to find what it
// matches. Where it can match nothing, a sentence says which part of it is wrong and what would be right. Pure.
import type { MarketType } from "../domain/MarketType.ts"
import { distanceOf } from "../domain/editDistance.ts"
import { isPattern, marketPattern } from "../domain/MarketPattern.ts"
import { schemes } from "./Schemes.ts"
import type { TranslationScheme } from "./TranslationScheme.ts"

type Known = ReadonlyArray<Pick<TranslationScheme, "exchange" | "status" | "listing" | "marketTypes">>

export interface PatternTarget {
  /** As its scheme spells it. */
  readonly exchange: string
  readonly marketTypes: ReadonlyArray<MarketType>
}

/** Why a pattern can match nothing. */
export interface NoTarget {
  readonly detail: string
  /** The exchange that is meant, most likely. */
  readonly nearest: string | null
}

/**
 * An exchange that is spelled out is a target whatever its state; one that a `*` stands for only while it is live and
 * has a listing.
 */
export const patternTargets = (pattern: string, known: Known = schemes): ReadonlyArray<PatternTarget> | NoTarget => {
  const { head, exchange } = partsOf(pattern)
  const open = isPattern(exchange)
  const targets = offersOf(known).flatMap(({ marketTypes, name, usable }) => {
    const types = marketTypes.filter((type) => (!open || usable.has(type)) && mayMatch(pattern, head, name, type))
    return types.length === 0 ? [] : [{ exchange: name, marketTypes: types }]
  })
  return targets.length > 0 ? targets : noTarget(pattern, known)
}

/** What stands before the colon of a pattern, or all of it, and of that the exchange. */
const partsOf = (pattern: string): { readonly head: string; readonly exchange: string } => {
  const [head = ""] = pattern.split(":", 1)
  const [exchange = ""] = head.split(".", 1)
  return { head, exchange }
}

const offersOf = (known: Known) =>
  [...new Set(known.map(({ exchange }) => exchange))].toSorted().map((name) => {
    const own = known.filter(({ exchange }) => exchange === name)
    const listed = own.filter(({ listing, status }) => listing !== null && status === "live")
    return {
      name,
      marketTypes: [...new Set(own.flatMap(({ marketTypes }) => marketTypes))],
      usable: new Set(listed.flatMap(({ marketTypes }) => marketTypes))
    }
  })

/** Whether some tag of this exchange and type could match: a tag has one colon, which only a `*` can stand for. */
const mayMatch = (pattern: string, head: string, exchange: string, type: MarketType): boolean => {
  const start = `${exchange}.${type}`.toUpperCase()
  if (head.length < pattern.length) return marketPattern(head).matches(start)
  const [first = ""] = pattern.toUpperCase().split("*", 1)
  return isPattern(pattern) && (`${start}:`.startsWith(first) || first.startsWith(`${start}:`))
}

const noTarget = (pattern: string, known: Known): NoTarget => {
  const { exchange, head } = partsOf(pattern)
  const offers = offersOf(known)
  const names = offers.map(({ name }) => name)
  const meant = offers.find(({ name }) => name.toUpperCase() === exchange.toUpperCase())
  if (meant !== undefined) {
    const types = meant.marketTypes.join(", ")
    if (pattern === exchange)
      return { detail: `${pattern} names no markets; ${pattern}.* names all`, nearest: meant.name }
    const named = meant.marketTypes.some((type) => head.toUpperCase() === `${exchange}.${type}`.toUpperCase())
    if (named) return { detail: `${pattern} names no markets; ${head}:* names all of its type`, nearest: meant.name }
    return { detail: `${pattern} names no market type of ${meant.name}, which has ${types} here`, nearest: meant.name }
  }
  const follows = `level4 can follow ${names.join(", ")}`
  if (isPattern(exchange))
    return { detail: `${exchange} names no live exchange that can be asked; ${follows}`, nearest: null }
  const nearest = nearestOf(exchange, names)
  const hint = nearest === null ? follows : `did you mean ${nearest}?`
  return { detail: `${exchange} names no exchange of a tag such as KRAKEN.SPOT:*-USD; ${hint}`, nearest }
}

/** A name with more than a third of its letters wrong means anything. */
const nearestOf = (exchange: string, names: ReadonlyArray<string>): string | null => {
  let least = Math.floor(exchange.length / 3) + 1
  let nearest: string | null = null
  for (const name of names) {
    const distance = distanceOf(exchange.toUpperCase(), name.toUpperCase(), least)
    if (distance >= least) continue
    least = distance
    nearest = name
  }
  return nearest
}
